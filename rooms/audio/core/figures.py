"""Sums that the tick keeps of itself: a few additions a tick, none a packet."""

from bisect import bisect_left
from dataclasses import dataclass, field

LATENESS_BOUNDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.012, 0.02, 0.05, 0.1)  # seconds
WORK_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.008, 0.012, 0.016, 0.02, 0.04)  # seconds
_LOSSY = 0.05  # a peer that loses more hears it


@dataclass(slots=True)
class Buckets:
    """How many values were at most each bound; the last count is of those above all bounds."""

    bounds: tuple[float, ...]
    counts: list[int] = field(init=False)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """One more."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True)
class Losses:
    """What peers report to have lost, since it was last asked for."""

    _sum: float = 0.0
    _lossy: int = 0
    _number: int = 0

    def add(self, loss: float) -> None:
        """One peer's, 0 to 1."""
        self._sum += loss
        self._lossy += loss > _LOSSY
        self._number += 1

    def taken(self) -> tuple[float, float]:
        """The mean, and the share of those who lose much; both 0 when nobody was asked. Begins anew."""
        number = self._number or 1
        found = self._sum / number, self._lossy / number
        self._sum, self._lossy, self._number = 0.0, 0, 0
        return found


def at_most(bounds: tuple[float, ...], counts: tuple[int, ...] | list[int], share: float) -> float:
    """The least bound that this share of all values was not above; infinity, if there is none; 0 of no values."""
    total, seen = sum(counts), 0
    if not total:
        return 0.0
    for bound, count in zip(bounds, counts, strict=False):
        seen += count
        if seen >= share * total:
            return bound
    return float("inf")
