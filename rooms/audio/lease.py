"""How long a worker may go on with what it last read of its rooms: as long as nobody else can have them.

A reading of the roster that shows it its rooms holds for so long from when it *began*: whatever delayed its end, such as a
process that was stopped, shortens it. Rooms are given to another worker only after more silence than that
(`WORKER_SILENT_AFTER`). While the database is away for everybody nobody can move a room: a witness, a web process asked over
the bus, says so, and the last roster stands. Whoever can reach neither falls silent (docs/decisions/0025).
"""

from dataclasses import dataclass

LEASE_SECONDS = 2.5
ASK_AFTER_SECONDS = 1.0  # without a reading


@dataclass(slots=True)
class Lease:
    """Times are monotonic seconds."""

    confirmed: float  # when the last reading that came back began
    _asked: float = float("-inf")
    _witnessed: float = float("-inf")  # when it was asked last, of which somebody said that the database is away
    _contradicted: bool = False

    @property
    def until(self) -> float:
        """When it is over."""
        return max(self.confirmed, self._witnessed) + LEASE_SECONDS

    def confirm(self, began: float) -> None:
        """A reading that began then came back."""
        self.confirmed = max(self.confirmed, began)
        self._asked = self._witnessed = float("-inf")

    def ask(self, now: float) -> bool:
        """Whether to ask for witnesses now."""
        if now - self.confirmed < ASK_AFTER_SECONDS:
            return False
        self._asked, self._contradicted = now, False
        return True

    def hear(self, *, reached: bool) -> None:
        """What a witness said. One that reaches the database outweighs any number that do not."""
        if reached:
            self._contradicted = True
            self._witnessed = float("-inf")
        elif not self._contradicted:
            self._witnessed = self._asked
