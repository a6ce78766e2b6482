"""When the engine works: a tick every 20 ms, by deadlines that do not drift."""

from dataclasses import dataclass

SAMPLE_RATE = 48_000  # Hz; RTP's clock for Opus too (RFC 7587)
TICK_SECONDS = 0.02
TICK_SAMPLES = 960  # 20 ms at 48 kHz

# A machine that slept is not made to catch up: what was not played then is of no use now.
_GIVE_UP_SECONDS = 1.0
# One that has more to do than it can gives up a tick now and then, instead of being later and later.
_BEHIND_SECONDS = 0.06
_TICKS_BEHIND = 25  # in a row: a moment's delay is caught up with
_TICKS_BETWEEN = 5  # those given up, at least


@dataclass
class TickClock:
    """Deadlines `start + n · 20 ms` in the seconds of whatever monotonic clock is passed in."""

    deadline: float
    skipped: int = 0  # deadlines given up
    _behind: int = 0  # ticks in a row that were too late

    @classmethod
    def starting(cls, now: float) -> "TickClock":
        """A clock whose first deadline is one tick from `now`."""
        return cls(now + TICK_SECONDS)

    def wait(self, now: float) -> float:
        """Seconds until the next deadline; 0 when it has passed."""
        return max(0.0, self.deadline - now)

    def advance(self, now: float) -> float:
        """Move to the next deadline.

        Returns:
            How late, in seconds, the one just reached was (≥ 0).
        """
        late = max(0.0, now - self.deadline)
        if late > _GIVE_UP_SECONDS:
            self.skipped += int(late / TICK_SECONDS)
            self.deadline = now + TICK_SECONDS
        else:
            self.deadline += TICK_SECONDS
        self._behind = self._behind + 1 if late > _BEHIND_SECONDS else 0
        if self._behind > _TICKS_BEHIND:
            self.skipped += 1
            self.deadline += TICK_SECONDS
            self._behind -= _TICKS_BETWEEN
        return late
