"""Where a higher app answers what accounts cannot know: registered in that app's AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.contacts import Contact
    from accounts.models import User
    from accounts.written import TextGate

IsWanted = Callable[["Contact"], bool]

_gates: dict[str, IsWanted] = {}


def register_gate(kind: str, is_wanted: IsWanted) -> None:
    """Have this asked before a message of a kind is sent."""
    _gates[kind] = is_wanted


def is_wanted(kind: str, contact: Contact) -> bool:
    """Whether a message of this kind may go to a contact."""
    gate = _gates.get(kind)
    return gate is None or gate(contact)


WhenSanctioned = Callable[["User", str], None]  # who, and by which measure

_listeners: list[WhenSanctioned] = []


def when_sanctioned(listener: WhenSanctioned) -> None:
    """Have this called when staff sanction somebody."""
    _listeners.append(listener)


def sanctioned(user: User, cause: str) -> None:
    """Staff sanctioned somebody. `cause` names the measure: told twice, it is one."""
    for listener in _listeners:
        listener(user, cause)


WhenMutesMoved = Callable[["User"], None]  # who mutes

_mutes_listeners: list[WhenMutesMoved] = []


def when_mutes_moved(listener: WhenMutesMoved) -> None:
    """Have this called when somebody mutes somebody for themselves, or hears from them again."""
    _mutes_listeners.append(listener)


def mutes_moved(muter: User) -> None:
    """Whom somebody mutes is otherwise."""
    for listener in _mutes_listeners:
        listener(muter)


WhenRestored = Callable[["User", "User | None", str], None]  # who, by whom, and why

_restored: list[WhenRestored] = []


def when_restored(listener: WhenRestored) -> None:
    """Have this called when staff lift every suspension of somebody at once."""
    _restored.append(listener)


def restored(user: User, by: User | None, reason: str) -> None:
    """Staff lifted every suspension of somebody."""
    for listener in _restored:
        listener(user, by, reason)


HeldPage = Callable[["HttpRequest", "User"], str | None]

_held_pages: list[HeldPage] = []


def register_held_page(held_page: HeldPage) -> None:
    """Have this asked where somebody may read why they are kept out: it notes in their session that they showed who they are,
    and gives an address, or None."""
    _held_pages.append(held_page)


def held_page(request: HttpRequest, user: User) -> str | None:
    """Where somebody who is kept out, and has shown who they are, may read why."""
    return next((address for ask in _held_pages if (address := ask(request, user))), None)


_with_the_account: dict[str, Callable[[], Any]] = {}


def register_with_the_account(name: str, expression: Callable[[], Any]) -> None:
    """Have this read together with whoever is signed in, so that it costs no page a query of its own."""
    _with_the_account[name] = expression


def with_the_account() -> dict[str, Any]:
    """What is read together with whoever is signed in."""
    return {name: expression() for name, expression in _with_the_account.items()}


_explained: list[Callable[[User], bool]] = []


def register_explained(is_explained: Callable[[User], bool]) -> None:
    """Say of whom there is something to read why they are kept out."""
    _explained.append(is_explained)


def is_explained(user: User) -> bool:
    """Whether somebody could read why they are kept out."""
    return any(ask(user) for ask in _explained)


_claimed: list[Callable[[User], bool]] = []


def register_claimed(is_proven: Callable[[User], bool]) -> None:
    """Say who has a claim that is proven and holds now."""
    _claimed.append(is_proven)


def is_claimed(user: User) -> bool:
    """Whether who this person is has been proven in some way."""
    return any(is_proven(user) for is_proven in _claimed)


_in_a_room: list[Callable[[User], bool]] = []


def register_in_a_room(is_there: Callable[[User], bool]) -> None:
    """Say who is in a room. Who enters one locks the account (accounts.renaming.lock), so the answer to whoever has locked it
    holds until their transaction ends."""
    _in_a_room.append(is_there)


def is_in_a_room(user: User) -> bool:
    """Whether this person is in a room, or a place in one waits for them."""
    return any(is_there(user) for is_there in _in_a_room)


@dataclass(frozen=True, slots=True)
class Together:
    """A room that two people were in at the same time."""

    title: str
    url: str
    at: datetime


WereTogether = Callable[["User", "User"], list[Together]]

_together: list[WereTogether] = []


def register_together(were_together: WereTogether) -> None:
    """Say where two people were together, as far as it may be told."""
    _together.append(were_together)


def together(one: User, other: User) -> list[Together]:
    """Where two people were together, the last first."""
    return [room for were_together in _together for room in were_together(one, other)]


WhenLeaving = Callable[["User"], None]

_leaving: list[WhenLeaving] = []


def when_leaving(listener: WhenLeaving) -> None:
    """Have this called in the transaction in which somebody deletes their account: what they run goes to others, or is
    called off."""
    _leaving.append(listener)


def left(user: User) -> None:
    """Somebody deleted their account; it can be undone for a while."""
    for listener in _leaving:
        listener(user)


IsHeld = Callable[["User"], bool]

_holds: list[IsHeld] = []


def register_hold(is_held: IsHeld) -> None:
    """Have this asked before an account may do something again: whether a sanction keeps it out."""
    _holds.append(is_held)


def is_held(user: User) -> bool:
    """Whether a sanction keeps somebody out."""
    return any(hold(user) for hold in _holds)


@dataclass(frozen=True, slots=True)
class Delay:
    """Why an erasure waits, and until when at the latest. `code` is stable, `words` are for the person."""

    code: str
    words: Promise
    until: datetime


Delays = Callable[["User"], Delay | None]

_delays: list[Delays] = []


def register_delay(delays: Delays) -> None:
    """Have this asked before an account is erased."""
    _delays.append(delays)


def delay_of(user: User) -> Delay | None:
    """What delays the erasure of an account the longest."""
    found = [delay for ask in _delays if (delay := ask(user)) is not None]
    return max(found, key=lambda delay: delay.until, default=None)


_text_gate: TextGate | None = None


def register_text_gate(gate: TextGate) -> None:
    """Say who judges what people write."""
    global _text_gate
    _text_gate = gate


def text_gate() -> TextGate:
    """Who judges what people write: see accounts.written."""
    assert _text_gate is not None, "nobody judges texts: is moderation installed?"
    return _text_gate


WaitingWords = Callable[["User"], list[tuple[str, str]]]

_waiting_words: list[WaitingWords] = []


def register_waiting_words(waiting: WaitingWords) -> None:
    """Say what somebody wrote that waits for staff: where it is to stand, in words, and what it says."""
    _waiting_words.append(waiting)


def waiting_words(user: User) -> list[tuple[str, str]]:
    """What somebody wrote outside of rooms that waits for staff."""
    return [each for waiting in _waiting_words for each in waiting(user)]
