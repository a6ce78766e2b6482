"""How somebody stands with MiTalk: their sanctions and strikes, what they are trusted with, and what they may hear of the
evidence. Also for those who are kept out: who has shown that an account is theirs, by signing in or by the link in their
mail, may read it for a while."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language

from accounts import clock
from accounts.models import User
from accounts.own_data.rules import Rule
from moderation.models import KEEPS_OUT, Appeal, EvidenceState, Sanction
from moderation.notices import ANSWERS, DECIDERS, WORDS, rule_of
from moderation.strikes import Strike, Strikes, strike_of, strikes_of
from moderation.trust import Trust, trust_of
from rooms.models import Participant

_SESSION_KEY = "may_read_standing"  # in the session of who has shown that an account is theirs
_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class SanctionShown:
    """One sanction as its person reads it."""

    row: Sanction
    title: Promise
    meaning: Promise
    decider: Promise
    rule: Rule | None
    holds: bool
    strike: Strike | None
    appeal: Appeal | None
    answer: Promise | None
    may_appeal: bool
    voice: bool  # they may hear their own voice of the evidence
    has_evidence: bool
    minute: int  # of the room


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it."""

    person: User
    sanctions: list[SanctionShown]
    strikes: Strikes
    trust: Trust


def standing_of(user: User) -> Standing:
    """How somebody stands, in their own eyes."""
    rows = Sanction.objects.filter(user=user).select_related("appeal", "room", "report__evidence")
    return Standing(user, [shown(row) for row in rows], strikes_of(user), trust_of(user))


def shown(sanction: Sanction) -> SanctionShown:
    """One sanction, as its person reads it."""
    title, meaning = WORDS[sanction.kind]
    appeal: Appeal | None = getattr(sanction, "appeal", None)
    in_time = sanction.appeal_until > timezone.now()
    return SanctionShown(
        row=sanction,
        title=title,
        meaning=meaning,
        decider=DECIDERS[sanction.decider],
        rule=rule_of(sanction, get_language() or "en"),
        holds=sanction.holds(),
        strike=strike_of(sanction),
        appeal=appeal,
        answer=ANSWERS.get(appeal.state) if appeal else None,
        may_appeal=appeal is None and in_time and not sanction.overturned,
        voice=own_voice(sanction) is not None,
        has_evidence=sanction.report is not None and sanction.report.evidence is not None,
        minute=(sanction.seconds_in or 0) // 60 + 1,
    )


def own_voice(sanction: Sanction) -> tuple[Any, str] | None:
    """The evidence of what was reported, and under which id the person's own voice is in it; None without either. Nobody
    hears another's."""
    evidence = sanction.report.evidence if sanction.report is not None else None
    if evidence is None or evidence.state != EvidenceState.SEALED or sanction.user_id is None:
        return None
    mine = Participant.objects.filter(room=evidence.room_id, user=sanction.user_id).values_list("public_id", flat=True)
    person = next((each for each in mine if each in evidence.voices), None)
    return (evidence, person) if person is not None else None


def has_news() -> Exists:
    """Whether there is a sanction that an account has not looked at, as a part of a query of accounts."""
    return Exists(Sanction.objects.filter(user=OuterRef("pk"), seen_at=None))


# --- Those who are kept out ---------------------------------------------------------------------------------------


def is_explained(user: User) -> bool:
    """Whether a sanction keeps somebody out, so that they can read why."""
    held = Sanction.objects.filter(user=user, kind__in=KEEPS_OUT, lifted_at=None, ended_at=None)
    return held.exists()


def note_held(request: HttpRequest, user: User) -> str | None:
    """Note that whoever sits here has shown that a held account is theirs (accounts.hooks).

    Returns:
        Where they read why, or None where nothing is written of it.
    """
    if not is_explained(user):
        return None
    note(request, user)
    return reverse("moderation:standing")


def note(request: HttpRequest, user: User) -> None:
    """They may read it for a while in this browser."""
    request.session[_SESSION_KEY] = {"person": user.public_id, "at": int(clock.now().timestamp())}


def reader(request: HttpRequest) -> User | None:
    """Whose standing is read here: of who is signed in, or of who has shown that it is theirs."""
    if isinstance(request.user, User):
        return request.user
    noted = request.session.get(_SESSION_KEY) or {}
    if clock.now().timestamp() - noted.get("at", 0) > _SECONDS:
        return None
    return User.objects.select_related("profile").filter(public_id=noted.get("person", "")).first()
