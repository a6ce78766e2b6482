"""How fast somebody may go on: so many at once, then one in a while. Kept as one number, the moment at which all is paid off
(the generic cell rate algorithm). Time is an argument."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then one every so many seconds."""

    every: float
    burst: int

    def step(self, due: float, now: float) -> float | None:
        """Go on once at `now`, with everything before paid off at `due` (both seconds of one clock).

        Returns:
            When all is paid off then; None, if it is too soon.
        """
        begins = max(due, now)
        if begins - now > self.every * (self.burst - 1):
            return None
        return begins + self.every


CHAT = Pace(every=2.0, burst=5)
ASKING = Pace(every=30.0, burst=2)
VOTING = Pace(every=0.5, burst=10)
REACTING = Pace(every=0.5, burst=6)
ROOM_CHAT = Pace(every=0.05, burst=20)  # everybody's messages together: what a page is sent stays bounded


def seconds_to_wait(said_at: float | None, slow_mode: int, now: float) -> int:
    """How long somebody who wrote at `said_at` still waits in slow mode, in whole seconds; 0: not at all."""
    if said_at is None or slow_mode == 0:
        return 0
    return max(0, ceil(said_at + slow_mode - now))
