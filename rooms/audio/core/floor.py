"""How long each person has spoken, and since when somebody has the floor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

_PAUSE_SECONDS = 5.0  # of silence end a turn; a breath does not


@dataclass
class FloorTime:
    """One room's. People are opaque names."""

    seconds: dict[str, float] = field(default_factory=dict)  # spoken, by person
    holder: str = ""  # whose turn it is; nobody's, if empty
    held_seconds: float = 0.0  # since their turn began, pauses included
    _silent_seconds: float = 0.0

    def hear(self, speaking: Sequence[str], seconds: float) -> bool:
        """Take who speaks in so many seconds, whoever has the floor first.

        Returns:
            Whether it is somebody else's turn now.
        """
        for person in speaking:
            self.seconds[person] = self.seconds.get(person, 0.0) + seconds
        before = self.holder
        if speaking:
            self._silent_seconds = 0.0
            self.holder = speaking[0]
        else:
            self._silent_seconds += seconds
            if self._silent_seconds >= _PAUSE_SECONDS:
                self.holder = ""
        self.held_seconds = self.held_seconds + seconds if self.holder and self.holder == before else 0.0
        return self.holder != before

    def forget(self, others_than: Collection[str]) -> None:
        """Whoever is not among these has left."""
        self.seconds = {person: spoken for person, spoken in self.seconds.items() if person in others_than}
