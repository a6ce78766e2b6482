"""What the sanctioned are told by mail, in their language. It always goes out. The link in it opens their standing to whoever
reads that mailbox, also when the account is kept out."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import contacts, notices, outbox
from accounts.models import User
from accounts.notices import Kind
from accounts.own_data import documents
from accounts.own_data.rules import Rule
from accounts.writing import absolute, language_of
from moderation.models import Appeal, AppealState, Decider, Sanction, SanctionKind

KIND = "sanction"
_SALT = "mitalk.moderation.standing"

# What each sanction is called to the person, and what it means.
WORDS: dict[str, tuple[Promise, Promise]] = {
    SanctionKind.WARN: (gettext_lazy("A warning"), gettext_lazy("Nothing is taken from you. It counts as a strike.")),
    SanctionKind.MUTE: (
        gettext_lazy("You are muted in rooms"),
        gettext_lazy("You may listen, write and sit on stages. You cannot unmute."),
    ),
    SanctionKind.NO_STAGE: (
        gettext_lazy("You are kept off stages"),
        gettext_lazy("You may listen and write. You cannot raise a hand or sit on a stage."),
    ),
    SanctionKind.NO_HOSTING: (
        gettext_lazy("You run no rooms"),
        gettext_lazy("You may listen, write and speak. You cannot open, announce, moderate or take over rooms."),
    ),
    SanctionKind.SUSPEND: (
        gettext_lazy("Your account is suspended"),
        gettext_lazy("You cannot sign in. Your address and phone are kept out, also for other accounts."),
    ),
    SanctionKind.BAN: (
        gettext_lazy("You are banned"),
        gettext_lazy("You cannot sign in. Your address and phone are kept out, also for other accounts."),
    ),
}
ANSWERS: dict[str, Promise] = {
    AppealState.UPHELD: gettext_lazy("The sanction stands."),
    AppealState.SHORTENED: gettext_lazy("The sanction is shortened."),
    AppealState.OVERTURNED: gettext_lazy("The sanction was a mistake. It is lifted, and counts as no strike."),
}
DECIDERS: dict[str, Promise] = {
    Decider.STAFF: gettext_lazy("A member of MiTalk’s staff decided this, no machine."),
    Decider.MACHINE: gettext_lazy("A machine decided this. If you appeal, a person looks at it."),
    Decider.OPERATOR: gettext_lazy("Those who run this MiTalk decided this, no machine."),
}


def register() -> None:
    """Declare the kind."""
    notices.register(
        Kind(
            KIND,
            gettext_lazy("What staff decide about you"),
            gettext_lazy("A sanction, its end, and the answer to an appeal."),
            always=True,
        )
    )


def rule_of(sanction: Sanction, language: str = "") -> Rule | None:
    """The rule that was broken, in the words of the version that held then."""
    document = documents.find(documents.RULES, sanction.rules_version)
    rules = document.rules(language) if document else []
    return next((rule for rule in rules if rule.number == sanction.rule), None)


def imposed(sanction: Sanction, user: User) -> None:
    """What, why, until when, and how to appeal."""
    with translation.override(language_of(user)):
        title, meaning = WORDS[sanction.kind]
        rule = rule_of(sanction)
        broken = (
            _("Rule %(number)d, %(title)s") % {"number": rule.number, "title": rule.title} + f"\n{rule.text}"
            if rule
            else ""
        )
        appeal = _(
            "You can appeal until %(day)s; somebody else of staff decides. Read all of it, and appeal, here:"
        ) % {"day": _day(sanction.appeal_until)}
        text = [
            str(title) + ".",
            str(meaning),
            _lasts(sanction),
            broken,
            sanction.facts,
            str(DECIDERS[sanction.decider]),
        ]
        _post(user, f"imposed {sanction.public_id}", str(title), [*text, f"{appeal}\n{link_for(user)}"])


def lifted(sanction: Sanction, user: User) -> None:
    """It was taken back."""
    with translation.override(language_of(user)):
        words = (
            _("“%(what)s” was a mistake. It is lifted, and counts as no strike. We are sorry.")
            if sanction.overturned
            else _("“%(what)s” is lifted before its time.")
        ) % {"what": WORDS[sanction.kind][0]}
        _post(user, f"lifted {sanction.public_id}", _("A sanction is lifted"), [words, link_for(user)])


def ended(sanction: Sanction, user: User) -> None:
    """Its time is over."""
    with translation.override(language_of(user)):
        words = _("“%(what)s” is over.") % {"what": WORDS[sanction.kind][0]}
        _post(user, f"ended {sanction.public_id}", _("A sanction is over"), [words, link_for(user)])


def appeal_decided(appeal: Appeal, user: User) -> None:
    """The answer, with reasons."""
    with translation.override(language_of(user)):
        text = [str(ANSWERS[appeal.state]), _lasts(appeal.sanction), appeal.reasons, link_for(user)]
        if appeal.state == AppealState.OVERTURNED:
            del text[1]
        _post(user, f"appeal {appeal.public_id}", _("Your appeal was decided"), text)


def _lasts(sanction: Sanction) -> str:
    if sanction.kind == SanctionKind.WARN:
        return ""
    if sanction.until is None:
        return _("It has no end.")
    return _("It ends on %(moment)s (UTC).") % {"moment": _moment(sanction.until)}


def _moment(at: datetime) -> str:
    with timezone.override("UTC"):
        return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _day(at: datetime) -> str:
    with timezone.override("UTC"):
        return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


def _post(user: User, occasion: str, subject: str, parts: list[str]) -> None:
    text = "\n\n".join(part for part in parts if part)
    outbox.post(contacts.email(user.email), kind=KIND, occasion=occasion, subject=subject, text=f"{text}\n")


def link_for(user: User) -> str:
    """Where whoever reads this mailbox reads their standing, for a while."""
    return absolute(reverse("moderation:standing_link", args=[signing.dumps(user.public_id, salt=_SALT)]))


def of_link(token: str) -> User | None:
    """Whose link it is; nobody's when it is old or none of ours."""
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=settings.STANDING_LINK_DAYS * 86_400)
    except (signing.BadSignature, ValueError):
        return None
    return User.objects.filter(public_id=public_id).first() if isinstance(public_id, str) else None
