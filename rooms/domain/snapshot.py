"""A room's stage at one version: what commands are decided on and events are applied to.

The audience is not in it but for those who want something: hands and invitations. Listeners are counted, not ordered, so
their coming and going locks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from rooms.domain.links import Link
from rooms.domain.roles import Position, Role

Value = TypeVar("Value")
SLOW_MODES = (0, 10, 30, 60)  # seconds between two messages of one person
TURN_LIMITS = (0, 60, 120, 180, 300, 600)  # seconds that one turn on stage should take at most


class Phase(StrEnum):
    """A room's life."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"


class Visibility(StrEnum):
    """Who may enter a room."""

    PUBLIC = "public"  # guests too, from the link
    MEMBERS = "members"
    FOLLOWERS = "followers"  # of whoever opened it
    CLOSED = "closed"  # members on its guest list


class Confidentiality(StrEnum):
    """What may be told and kept of a room. Accepted before entering."""

    ON_RECORD = "on_record"
    CHATHAM_HOUSE = "chatham"  # what was said may be used, not who said it or who was there
    OFF_RECORD = "off_record"  # nothing is kept


class HandPolicy(StrEnum):
    """Who may raise a hand."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"  # people whom somebody on stage follows
    NOBODY = "nobody"


class Audience(StrEnum):
    """To whom events are told. Each has a history, and a sequence, of its own."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a room, as the rules see them. `number` orders the stage: who came first."""

    id: str
    role: Role
    position: Position
    muted: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand that is up. `number` orders the queue: who raised first; `at` is the server's time."""

    person: str
    number: int
    at: datetime
    line: str = ""


def empty() -> Mapping[str, Value]:
    """Nobody yet."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stage of one room. Mappings are by a person's id.

    `away` counts the seats that are kept for people who dropped; `last_number` is the highest number ever given on stage or
    in the queue of hands. `invited` maps to whoever invited.
    """

    room: str
    phase: Phase
    stage_size: int
    version: int = 0
    moderators_version: int = 0
    stage: Mapping[str, Person] = field(default_factory=empty)
    staff: Mapping[str, Person] = field(default_factory=empty)
    hands: Mapping[str, Hand] = field(default_factory=empty)
    invited: Mapping[str, str] = field(default_factory=empty)
    hand_policy: HandPolicy = HandPolicy.EVERYONE
    locked: bool = False
    frozen: bool = False
    slow_mode: int = 0
    turn_limit: int = 0
    link: Link | None = None
    notice: str = ""
    away: int = 0
    last_number: int = 0

    def in_order(self) -> list[Person]:
        """The people on stage, first come first."""
        return sorted(self.stage.values(), key=lambda person: (person.number, person.id))

    def queue(self) -> list[Hand]:
        """The hands that are up, first come first."""
        return sorted(self.hands.values(), key=lambda hand: (hand.number, hand.person))

    def may_be_heard(self) -> frozenset[str]:
        """The ids of the people whose voice is mixed: on stage, unmuted, in a live room that is not frozen. The one rule for
        the sound."""
        if self.phase is not Phase.LIVE or self.frozen:
            return frozenset()
        return frozenset(person.id for person in self.stage.values() if not person.muted)
