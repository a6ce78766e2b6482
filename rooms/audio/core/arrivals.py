"""How evenly a sender's packets arrive: the measure by which the jitter buffer chooses its delay."""

from collections import deque
from dataclasses import dataclass, field

_PACKETS_KEPT = 128  # 2.5 s of speech: long enough to have met the jitter, short enough to follow a drifting clock
_QUANTILE = 0.95  # packets later than these are left to error correction


@dataclass
class Arrivals:
    """The transits of the last packets. A transit is time of arrival minus timestamp, in seconds: only differences mean
    anything, since the two clocks have nothing in common."""

    earliest: float | None = None  # the transit of the packet that the network delayed least; None before the first
    spread: float = 0.0  # seconds by which all but a few were slower than that
    _transits: deque[float] = field(default_factory=lambda: deque(maxlen=_PACKETS_KEPT))

    def __len__(self) -> int:
        return len(self._transits)

    def note(self, transit: float) -> None:
        """Take the transit of one packet."""
        self._transits.append(transit)
        ordered = sorted(self._transits)
        self.earliest = ordered[0]
        self.spread = ordered[int(_QUANTILE * (len(ordered) - 1))] - ordered[0]

    def forget(self) -> None:
        """The sender's clock or the path is another one now."""
        self._transits.clear()
        self.earliest = None
        self.spread = 0.0
