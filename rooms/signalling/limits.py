"""How often one socket may speak, and how far its reader may fall behind. Time is an argument."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

COMMANDS_A_SECOND = 10.0
BURST = 30.0
REFUSALS_BEFORE_CUT = 50


class Verdict(Enum):
    """What to do with one frame."""

    PASS = "pass"  # noqa: S105
    REFUSE = "refuse"
    CUT = "cut"


@dataclass
class FrameLimit:
    """A token bucket of `BURST` frames, refilled by `COMMANDS_A_SECOND`; who goes on regardless is cut off."""

    tokens: float = BURST
    last: float | None = None
    refused: int = field(default=0)

    def take(self, now: float) -> Verdict:
        """Count one frame at `now` (monotonic seconds)."""
        elapsed = 0.0 if self.last is None else now - self.last
        self.last = now
        self.tokens = min(BURST, self.tokens + elapsed * COMMANDS_A_SECOND)
        if self.tokens >= 1:
            self.tokens -= 1
            self.refused = 0
            return Verdict.PASS
        self.refused += 1
        return Verdict.CUT if self.refused > REFUSALS_BEFORE_CUT else Verdict.REFUSE


MOST_UNREAD_BYTES = 128 * 1024  # a page acknowledges every five seconds; in these a busy room says a fifth of it
MOST_UNREAD_FRAMES = 1_000


@dataclass
class Unread:
    """What was sent to one socket and not yet acknowledged: daphne's send never pushes back, so pages say what came."""

    bytes: int = 0  # of JSON, as characters: about that
    _sizes: deque[int] = field(default_factory=deque)
    _received: int = 0

    def sent(self, size: int) -> bool:
        """Count one frame of so many bytes.

        Returns:
            Whether the reader still keeps up.
        """
        self._sizes.append(size)
        self.bytes += size
        return self.bytes <= MOST_UNREAD_BYTES and len(self._sizes) <= MOST_UNREAD_FRAMES

    def received(self, count: int) -> None:
        """The page says how many frames came in all; less than it said before, or more than were sent, is not believed."""
        if count > self._received + len(self._sizes):
            return
        while self._received < count and self._sizes:
            self.bytes -= self._sizes.popleft()
            self._received += 1
