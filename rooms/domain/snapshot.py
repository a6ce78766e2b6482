"""A room's stage at one version: what commands are decided on and events are applied to.

The audience is not in it: listeners are counted, not ordered, so their coming and going locks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from rooms.domain.roles import Position, Role


class Phase(StrEnum):
    """A room's life."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a room, as the rules see them. `number` orders the stage: who came first."""

    id: str
    role: Role
    position: Position
    muted: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stage of one room. `stage` maps a person's id to the person; all of them are in position STAGE."""

    room: str
    phase: Phase
    stage_size: int
    version: int = 0
    stage: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))

    def in_order(self) -> list[Person]:
        """The people on stage, first come first."""
        return sorted(self.stage.values(), key=lambda person: (person.number, person.id))

    def may_be_heard(self) -> frozenset[str]:
        """The ids of the people whose voice is mixed: on stage, unmuted, in a live room. The one rule for the sound."""
        if self.phase is not Phase.LIVE:
            return frozenset()
        return frozenset(person.id for person in self.stage.values() if not person.muted)
