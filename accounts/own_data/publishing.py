"""The only writer of documents in the database: staff publish a new version, and change none."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import DocumentVersion, User
from accounts.own_data import documents, rules
from accounts.services import record

LANGUAGES = ("en", "zh-hans", "ko")


class NotPublished(Exception):
    """A version that cannot be; the message is a stable code, `language` where it lies in one text."""

    def __init__(self, code: str, language: str = "") -> None:
        super().__init__(code)
        self.code, self.language = code, language


def check(texts: dict[str, str], from_day: date) -> None:
    """Whether this could be published as it is.

    Raises:
        NotPublished: `rules_unreadable` in a language; `rules_differ`: not as many in each; `day_over`; `day_taken`: a later
            version is announced already.
    """
    counts = {}
    for language in LANGUAGES:
        try:
            counts[language] = len(rules.written(texts.get(language, "")))
        except rules.Unreadable as error:
            raise NotPublished("rules_unreadable", language) from error
    if len(set(counts.values())) > 1:
        raise NotPublished("rules_differ", min(counts, key=lambda language: counts[language]))
    if from_day < timezone.now().date():
        raise NotPublished("day_over")
    latest = max(documents.versions(documents.RULES), default="")
    if latest[:10] > from_day.isoformat():
        raise NotPublished("day_taken")


@transaction.atomic
def publish_rules(texts: dict[str, str], from_day: date, *, by: User) -> DocumentVersion:
    """A new version of the community rules, in every language. From its day on members are asked to agree.

    Raises:
        NotPublished: see `check`.
    """
    documents.forget()
    check(texts, from_day)
    of_the_day = [each for each in documents.versions(documents.RULES) if each[:10] == from_day.isoformat()]
    version = f"{from_day.isoformat()}-{len(of_the_day) + 1}" if of_the_day else from_day.isoformat()
    made = DocumentVersion.objects.create(
        name=documents.RULES, version=version, text_en=texts["en"], text_zh=texts["zh-hans"], text_ko=texts["ko"]
    )
    record("document.published", f"{documents.RULES} {version}", actor=by)
    documents.forget()
    return made
