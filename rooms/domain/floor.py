"""What is known of a room's floor time: what the workers counted, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class FloorSoFar:
    """The time that each person has spoken, in whole seconds, by public id; whose turn it is, and since when.

    A worker counts from when it has the room. When another takes over, its figures begin at nothing: what the one before
    counted is added to them. Time is an argument, in seconds of a clock that only goes forward.
    """

    seconds: dict[str, int] = field(default_factory=dict)
    holder: str = ""
    _told: dict[str, int] = field(default_factory=dict)  # by the worker that has the room
    _before: dict[str, int] = field(default_factory=dict)  # by those before it
    _began: float = 0.0

    def hear(self, seconds: Mapping[str, int], holder: str, held: int, now: float) -> None:
        """Take what a worker says. Whom it does not name is not on stage any more."""
        if any(spoken < self._told.get(person, 0) for person, spoken in seconds.items()):
            self._before |= self.seconds
        self._told = dict(seconds)
        self.seconds = {person: spoken + self._before.get(person, 0) for person, spoken in seconds.items()}
        self.holder, self._began = holder, now - held

    def held(self, now: float) -> int:
        """For how many whole seconds it has been the holder's turn."""
        return int(now - self._began) if self.holder else 0
