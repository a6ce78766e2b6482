"""What people write, before it is kept: whoever has the lists of terms is asked whether it may stand (accounts.hooks).

Every service that keeps words asks here. Forms ask the same first, so that a refusal stands beside the field.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import hooks

if TYPE_CHECKING:
    from accounts.models import User

ALLOW, FLAG, HOLD, REFUSE = "allow", "flag", "hold", "refuse"
REFUSED = _("MiTalk does not accept these words.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a text: `allow`, `flag` (it passes and staff are told), `hold` (it waits for staff), `refuse`. `reason`
    is for who wrote it, `because` for staff: the terms."""

    outcome: str = ALLOW
    reason: str | Promise = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written, and by whom, as far as may be kept.

    Args:
        where: a stable name: `profile.headline`, `room.title`, `chat`.
        target: public id of what it belongs to: a person, a room, a topic.
        language: of the room or the profile, if it has one.
        keeps_words: whether staff may be shown the words later; off the record they may not.
    """

    where: str
    target: str = ""
    language: str = ""
    by: "User | None" = None
    room: Any = None
    participant: Any = None
    keeps_words: bool = True


class TextGate(Protocol):
    """Judges texts, and keeps what staff have to look at."""

    def check(
        self, where: str, text: str, *, language: str = "", by: "User | None" = None, room: Any = None
    ) -> Verdict:
        """What becomes of a text. Nothing else happens."""

    def flag(self, place: Place, text: str, verdict: Verdict) -> None:
        """Tell staff."""

    def hold(self, place: Place, text: str, before: str, verdict: Verdict) -> str:
        """Keep it for staff, in place of what waited there before; its public id."""

    def drop(self, where: str, target: str) -> None:
        """What waits there is not wanted any more."""


class TextRefused(Exception):
    """The lists refuse it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.because)
        self.verdict = verdict


def check_text(where: str, text: str, language: str = "", by: "User | None" = None, room: Any = None) -> Verdict:
    """What becomes of a text; nothing else happens."""
    if not text:
        return Verdict()
    return hooks.text_gate().check(where, text, language=language, by=by, room=room)


def judged(place: Place, text: str) -> Verdict:
    """The verdict on a text that is about to be kept; staff are told of it, if they have to be. What is held is the caller's
    to hand over: see `hold`.

    Raises:
        TextRefused: it may not be kept.
    """
    verdict = check_text(place.where, text, place.language, place.by, place.room)
    if verdict.outcome == REFUSE or (verdict.outcome == HOLD and not place.keeps_words):
        raise TextRefused(verdict)
    if verdict.outcome == FLAG:
        hooks.text_gate().flag(place, text, verdict)
    return verdict


def settled(place: Place, text: str, before: str = "") -> str:
    """What stands from now on: the text, or while it waits for staff what was there before. Told once more what stands
    already, nothing happens.

    Raises:
        TextRefused: it may not be kept.
    """
    if text == before:
        return text
    verdict = judged(place, text)
    if verdict.outcome == HOLD:
        hold(place, text, before, verdict)
        return before
    hooks.text_gate().drop(place.where, place.target)
    return text


def hold(place: Place, text: str, before: str, verdict: Verdict) -> str:
    """Have it wait for staff; the public id of what waits."""
    return hooks.text_gate().hold(place, text, before, verdict)


def refusal(verdict: Verdict) -> ValidationError:
    """What a form says of it."""
    return ValidationError(
        _("%(refused)s %(reason)s"), code="text_refused", params={"refused": REFUSED, "reason": verdict.reason}
    )


def refuse_in_form(form: forms.BaseForm, fields: Iterable[tuple[str, str]], *, language: str = "") -> None:
    """Put a refusal beside each field whose words are refused.

    Args:
        fields: names of fields, and where it is that they are written.
    """
    for name, where in fields:
        value = form.cleaned_data.get(name)
        text = "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")
        verdict = check_text(where, text, language)
        if verdict.outcome == REFUSE:
            form.add_error(name, refusal(verdict))
