"""What members may not do in rooms: answered by a higher app, which registers itself (rooms.hooks)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from rooms.domain.limits import NONE, Limits

LimitsOf = Callable[[Iterable[int]], dict[int, Limits]]

_limits_of: LimitsOf | None = None
_silenced: Callable[[], QuerySet[Any, Any]] | None = None


def register_limits(limits_of_many: LimitsOf, silenced: Callable[[], QuerySet[Any, Any]]) -> None:
    """Say what members may not do in rooms, by account; and who may not be heard at all, as a query that the audio workers'
    own can hold."""
    global _limits_of, _silenced
    _limits_of, _silenced = limits_of_many, silenced


def limits_of_many(users: Iterable[int]) -> dict[int, Limits]:
    """What these accounts may not do; those that are limited in nothing may be left out."""
    return _limits_of(users) if _limits_of is not None else {}


def limits_of(user: int | None) -> Limits:
    """What one account may not do in any room; of a guest, nothing beyond the permission table."""
    return NONE if user is None else limits_of_many([user]).get(user, NONE)


def silenced() -> QuerySet[Any, Any] | None:
    """The accounts that may not be heard, or None where nobody says."""
    return None if _silenced is None else _silenced()
