"""Who is in charge when the host is gone: the longest-serving moderator, else whoever has been on stage longest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Person


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the room now. `moderator_since` is None for those who are none."""

    person: Person
    moderator_since: datetime | None = None


def successor(candidates: Iterable[Candidate]) -> Person | None:
    """The next host, or None when nobody moderates and nobody is on stage."""
    moderators, speakers = [], []
    for candidate in candidates:
        person = candidate.person
        if person.role is Role.MODERATOR and candidate.moderator_since is not None:
            moderators.append((candidate.moderator_since, person.number, person.id, person))
        elif person.role is Role.MEMBER and person.position is Position.STAGE:
            speakers.append((person.number, person.id, person))
    if moderators:
        return min(moderators)[-1]
    return min(speakers)[-1] if speakers else None
