"""How often one socket may speak. Time is an argument."""

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
