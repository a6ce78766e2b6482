"""How evenly a sender's packets arrive: the measure by which the jitter buffer chooses its delay.

A transit is time of arrival minus timestamp, in seconds: only differences mean anything, since the two clocks have nothing in
common. Packets are taken together by 20 ms of arrival. So what a stall of the network held back and then lets go all at once
counts as the one event that it was, a sender of ten times as many packets weighs no more, and the work is the same.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field

from rooms.audio.core.clock import TICK_SECONDS

_SLOTS_KEPT = 200  # 4 s of speech: long enough to have met the jitter, short enough to follow a drifting clock
_SECONDS_KEPT = 10.0  # in silence suppression packets are few, and the clock drifts all the same
_QUANTILE = 0.97  # the six slowest are left to error correction: one stall must not set the delay


@dataclass
class Arrivals:
    """The transits of the last packets, as a sliding window."""

    earliest: float | None = None  # the transit of the packet that the network delayed least; None before the first
    spread: float = 0.0  # seconds by which all but a few were slower than that
    _slots: deque[tuple[float, float]] = field(default_factory=deque)  # when it began, and the slowest transit
    _slowest: list[float] = field(default_factory=list)  # the same transits, sorted
    _minima: deque[tuple[float, float]] = field(
        default_factory=deque
    )  # when, and transit; rising: the first is the least
    _slot_began: float | None = None
    _in_slot: float = 0.0  # the slowest of the slot that is not full yet

    def __len__(self) -> int:
        """Slots of 20 ms in which packets arrived."""
        return len(self._slots)

    def note(self, transit: float, now: float) -> bool:
        """Take the transit of one packet that arrives `now`.

        Returns:
            Whether a slot was completed, so that `spread` is measured anew.
        """
        self._note_minimum(transit, now)
        began = self._slot_began
        if began is not None:
            if now < began + TICK_SECONDS:
                self._in_slot = max(self._in_slot, transit)
                return False
            self._complete_slot(began)
        self._slot_began, self._in_slot = now, transit
        return began is not None

    def forget(self) -> None:
        """The sender's clock or the path is another one now."""
        self._slots.clear()
        self._slowest.clear()
        self._minima.clear()
        self.earliest = self._slot_began = None
        self.spread = 0.0

    def _note_minimum(self, transit: float, now: float) -> None:
        minima = self._minima
        while minima and minima[-1][1] >= transit:
            minima.pop()
        minima.append((now, transit))
        oldest = self._slots[0][0] if self._slots else now - _SECONDS_KEPT
        while minima[0][0] < oldest:
            minima.popleft()
        self.earliest = minima[0][1]

    def _complete_slot(self, began: float) -> None:
        self._slots.append((began, self._in_slot))
        insort(self._slowest, self._in_slot)
        while len(self._slots) > _SLOTS_KEPT or self._slots[0][0] < began - _SECONDS_KEPT:
            _began, transit = self._slots.popleft()
            del self._slowest[bisect_left(self._slowest, transit)]
        assert self.earliest is not None
        self.spread = max(0.0, self._slowest[int(_QUANTILE * (len(self._slowest) - 1))] - self.earliest)
