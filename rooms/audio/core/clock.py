"""When the engine works: a tick every 20 ms, by deadlines that do not drift."""

from dataclasses import dataclass

SAMPLE_RATE = 48_000  # Hz; RTP's clock for Opus too (RFC 7587)
TICK_SECONDS = 0.02
TICK_SAMPLES = 960  # 20 ms at 48 kHz

# Later than this, what was not played is of no use any more: it is given up. Catching up would take the time that is missing,
# and packets that wait meanwhile make each tick more work: a machine that fell behind once would stay behind.
_GIVE_UP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Tick:
    """One deadline reached. All that is made in it is made as of `due`: lateness is not the network's, and is made up for."""

    due: float
    late: float = 0.0  # seconds
    skipped: int = 0  # deadlines given up before it


@dataclass
class TickClock:
    """Deadlines `start + n · 20 ms` in the seconds of whatever monotonic clock is passed in."""

    deadline: float
    skipped: int = 0  # deadlines given up

    @classmethod
    def starting(cls, now: float) -> "TickClock":
        """A clock whose first deadline is one tick from `now`."""
        return cls(now + TICK_SECONDS)

    def wait(self, now: float) -> float:
        """Seconds until the next deadline; 0 when it has passed."""
        return max(0.0, self.deadline - now)

    def advance(self, now: float) -> Tick:
        """Move to the next deadline; the one just reached, or `now` if deadlines before it were given up."""
        late = max(0.0, now - self.deadline)
        skipped = int(late / TICK_SECONDS) if late > _GIVE_UP_SECONDS else 0
        due = now if skipped else self.deadline
        self.skipped += skipped
        self.deadline = due + TICK_SECONDS
        return Tick(due, late, skipped)
