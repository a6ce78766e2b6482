"""How much of something may come, on average and at once."""

from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """`a_second` in the long run, `burst` at once. Time is in seconds of whatever monotonic clock is passed in."""

    a_second: float
    burst: float
    _tokens: float | None = None
    _at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more may come now; if so, it is counted."""
        tokens = self.burst if self._tokens is None else self._tokens + (now - self._at) * self.a_second
        self._at = now
        self._tokens = min(self.burst, tokens)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
