"""How long what was reported may wait. Pure: the order of the queue can be told in a sentence."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rooms.domain.messages import ReportCategory

_GRAVEST_FIRST = (
    ReportCategory.DANGER,
    ReportCategory.HARASSMENT,
    ReportCategory.HATE,
    ReportCategory.PRIVACY,
    ReportCategory.FRAUD,
    ReportCategory.OTHER,
)
_MAY_WAIT = {
    ReportCategory.DANGER: timedelta(minutes=15),
    ReportCategory.HARASSMENT: timedelta(hours=24),
    ReportCategory.HATE: timedelta(hours=24),
    ReportCategory.PRIVACY: timedelta(hours=24),
    ReportCategory.FRAUD: timedelta(hours=48),
    ReportCategory.OTHER: timedelta(hours=72),
}
URGENT = frozenset({ReportCategory.DANGER.value})  # before everything else, and staff are paged

UNFOUNDED_COUNTS = 0.25  # a report of somebody whose reports were often unfounded
_FEWEST_DECIDED = 3


def gravest(categories: Iterable[str]) -> str:
    """The gravest of these; what is not known is the least."""
    ranks = {category.value: place for place, category in enumerate(_GRAVEST_FIRST)}
    return min(categories, key=lambda category: ranks.get(category, len(ranks)))


def due(opened_at: datetime, category: str, weight: float) -> datetime:
    """By when a case is to be looked at: two different reporters halve the time that its category may wait."""
    known = {each.value: wait for each, wait in _MAY_WAIT.items()}
    may_wait = known.get(category, _MAY_WAIT[ReportCategory.OTHER])
    return opened_at + may_wait / max(weight, UNFOUNDED_COUNTS)


def counts_for(decided: int, unfounded: int) -> float:
    """How much a reporter counts, of whose latest reports so many were decided and so many of these were unfounded."""
    often = decided >= _FEWEST_DECIDED and unfounded * 2 > decided
    return UNFOUNDED_COUNTS if often else 1.0
