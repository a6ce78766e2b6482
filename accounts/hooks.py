"""Where a higher app answers what accounts cannot know: registered in that app's AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User

IsWanted = Callable[[list[str]], bool]  # of the keyed hashes of a contact

_gates: dict[str, IsWanted] = {}


def register_gate(kind: str, is_wanted: IsWanted) -> None:
    """Have this asked before a message of a kind is sent."""
    _gates[kind] = is_wanted


def is_wanted(kind: str, contact_keys: list[str]) -> bool:
    """Whether a message of this kind may go to a contact."""
    gate = _gates.get(kind)
    return gate is None or gate(contact_keys)


WhenSanctioned = Callable[["User", str], None]  # who, and by which measure

_listeners: list[WhenSanctioned] = []


def when_sanctioned(listener: WhenSanctioned) -> None:
    """Have this called when staff sanction somebody."""
    _listeners.append(listener)


def sanctioned(user: User, cause: str) -> None:
    """Staff sanctioned somebody. `cause` names the measure: told twice, it is one."""
    for listener in _listeners:
        listener(user, cause)


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
