"""Where a higher app answers what accounts cannot know: registered in that app's AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

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


def is_claimed(user: User) -> bool:
    """Whether somebody has shown who they are in a way that holds now."""
    from accounts.claims import selectors

    return selectors.is_claimed(user)


def claimed_people() -> QuerySet[User]:
    """Everybody who has: to compare names with."""
    from accounts.claims import selectors

    return selectors.claimed_people()
