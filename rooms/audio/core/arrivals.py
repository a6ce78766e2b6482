"""How evenly a sender's packets arrive: the measure by which the jitter buffer chooses its delay.

A transit is time of arrival minus timestamp, in seconds: only differences mean anything, since the two clocks have nothing in
common. Packets are taken together by 20 ms of arrival. So what a stall of the network held back and then lets go all at once
counts as the one event that it was, and a sender of ten times as many packets weighs and costs no more.
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
    """The transits of the last packets: a sliding window of slots of 20 ms in which any arrived."""

    earliest: float | None = None  # the transit of the packet that the network delayed least; None before the first
    spread: float = 0.0  # seconds by which all but a few were slower than that
    _slots: deque[tuple[float, float]] = field(default_factory=deque)  # when it began, and its slowest transit
    _slowest: list[float] = field(default_factory=list)  # the same transits, sorted
    _fastest: deque[tuple[float, float]] = field(
        default_factory=deque
    )  # the same with the fastest, where none later is less
    _began: float | None = None  # the slot that is not complete
    _slow: float = 0.0
    _fast: float = 0.0

    def note(self, transit: float, now: float) -> bool:
        """Take the transit of one packet that arrives `now`.

        Returns:
            Whether a slot was completed, so that `spread` is measured anew.
        """
        if self._began is not None and now > self._began + _SECONDS_KEPT:
            self.forget()
        began = self._began
        if began is not None and now < began + TICK_SECONDS:
            self._slow = max(self._slow, transit)
            self._fast = min(self._fast, transit)
        else:
            if began is not None:
                self._complete(began)
            self._began, self._slow, self._fast = now, transit, transit
        self.earliest = min(self._fast, self._fastest[0][1]) if self._fastest else self._fast
        return self._began is not began and began is not None

    def forget(self) -> None:
        """The sender's clock or the path is another one now."""
        self._slots.clear()
        self._slowest.clear()
        self._fastest.clear()
        self.earliest = self._began = None
        self.spread = 0.0

    def _complete(self, began: float) -> None:
        self._slots.append((began, self._slow))
        insort(self._slowest, self._slow)
        while len(self._slots) > _SLOTS_KEPT or self._slots[0][0] < began - _SECONDS_KEPT:
            _began, transit = self._slots.popleft()
            del self._slowest[bisect_left(self._slowest, transit)]
        while self._fastest and self._fastest[-1][1] >= self._fast:
            self._fastest.pop()
        self._fastest.append((began, self._fast))
        while self._fastest[0][0] < self._slots[0][0]:
            self._fastest.popleft()
        self.spread = self._slowest[int(_QUANTILE * (len(self._slowest) - 1))] - self._fastest[0][1]
