"""What terms and privacy notice say of reports, evidence and machines: in three languages, with the numbers that hold."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import Consent, User
from accounts.own_data import consents, documents
from accounts.own_data.figures import FIGURES, filled
from tests.factories import a_member

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans", "ko")
NAMED = {
    "privacy": {
        *("report_after_days", "attendance_hours", "ring_minutes", "evidence_before_seconds", "evidence_after_seconds"),
        *("evidence_days", "chat_days", "timeline_days", "former_contact_days", "report_holds_days"),
    },
    "terms": {"ring_minutes", "appeal_days", "strike_days", "report_after_days"},
}


def raw(settings, name: str, language: str) -> str:
    document = documents.find(name)
    assert document is not None
    return (Path(settings.DOCUMENTS_DIR) / name / document.version / f"{language}.html").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMED)
def test_each_language_names_the_same_numbers_and_they_are_known(settings, name: str, language: str) -> None:
    text = raw(settings, name, language)
    named = set(re.findall(r"\{(.*?)\}", text))
    assert named == NAMED[name]
    assert named <= FIGURES.keys()
    assert "{" not in filled(text)


@pytest.mark.parametrize("name", NAMED)
def test_each_language_has_the_same_parts(settings, name: str) -> None:
    parts = {tuple(re.findall(r"<(\w+)", raw(settings, name, language))) for language in LANGUAGES}
    assert len(parts) == 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "After 41 days"), ("zh-hans", "41 天后销毁"), ("ko", "41일 뒤 파기")]
)
def test_the_page_says_the_number_that_is_set(client, settings, language: str, words: str) -> None:
    settings.MITALK_EVIDENCE_DAYS = 41
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("accounts:document", args=["privacy"])).content.decode()
    assert words in page
    assert "{" not in page[page.index("<article") : page.index("</article")]


def test_who_agreed_to_what_was_before_is_asked_for_both_once(client) -> None:
    member = a_member()
    Consent.objects.filter(user=member, document__in=NAMED).update(version="2026-11-01")
    User.objects.filter(pk=member.pk).update(agreed_to="")
    client.force_login(member)
    page = client.get(reverse("accounts:agreements"), headers={"accept": "text/html"})
    assert {document.name for document in page.context["new"]} == {"terms", "privacy"}
    client.post(reverse("accounts:agreements"), {"agrees": "on"})
    assert not consents.must_be_asked(User.objects.get(pk=member.pk))


def test_what_stands_in_braces_and_is_no_number_stays() -> None:
    assert (
        filled("{evidence_days} {unknown} {0.__class__}") == f"{FIGURES['evidence_days']()} {{unknown}} {{0.__class__}}"
    )
