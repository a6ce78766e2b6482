"""The only sender: what happened in a room goes onto the bus from here, after the transaction that made it true.

Every message on a room's topic is one of the classes below or comes from the audio worker (rooms.audio.wire).
"""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import transaction

from accounts.models import User
from rooms import selectors
from rooms.audio.wire import room_topic
from rooms.bus import get_bus
from rooms.domain import changes, messages
from rooms.domain.confidentiality import shows_audience
from rooms.domain.links import host_of
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the live protocol for one audience in the room."""

    kind: ClassVar[str] = "frame"
    frame: dict[str, Any]
    audience: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """A person came in again: their sockets by this connection close, but for the one that came `number`th, if it resumed
    the connection."""

    kind: ClassVar[str] = "superseded"
    connection: str
    number: int


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A connection that is off the roster: its socket closes, and says why (`code`) and who did it (`by`, a name)."""

    kind: ClassVar[str] = "dismissed"
    connection: str
    code: str
    by: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something was taken from whoever has this connection: their page says why. The socket stays."""

    kind: ClassVar[str] = "warned"
    connection: str
    code: str


@dataclass(frozen=True, slots=True)
class AudienceMoved:
    """Somebody came or went: whoever shows the audience counts again, at most once a second."""

    kind: ClassVar[str] = "audience_moved"


@dataclass(frozen=True, slots=True)
class StandingsMoved:
    """People stand otherwise than before: their hands, invitations, seats or roles. Maps a person's id to the name of whoever
    did it (empty: nobody else). Places behind them in the queue have moved too."""

    kind: ClassVar[str] = "standings_moved"
    people: dict[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the chat. `version` is how far the talk has come."""

    kind: ClassVar[str] = "said"
    message: dict[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A message that is no more, by id, and the name of whoever took it away."""

    kind: ClassVar[str] = "unsaid"
    message: str
    by: str
    version: int


@dataclass(frozen=True, slots=True)
class QuestionsMoved:
    """Something about the questions is otherwise: whoever shows them reads them again, at most once a second. `asked` are new
    ones, with the names that are not stored."""

    kind: ClassVar[str] = "questions_moved"
    asked: list[dict[str, Any]]
    version: int


@dataclass(frozen=True, slots=True)
class Reacted:
    """How many reacted at one web process since it last said so."""

    kind: ClassVar[str] = "reacted"
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MutesMoved:
    """Somebody here has muted somebody for themselves, or hears from them again. Who, nobody is told."""

    kind: ClassVar[str] = "mutes_moved"


@dataclass(frozen=True, slots=True)
class Met:
    """People meet between whom a block stands: the host is told."""

    kind: ClassVar[str] = "met"
    conflicts: list[dict[str, str]]


BusMessage = (
    Met
    | MutesMoved
    | Said
    | Unsaid
    | QuestionsMoved
    | Reacted
    | Frame
    | Superseded
    | Dismissed
    | Warned
    | AudienceMoved
    | StandingsMoved
)


def publish_change(room: Room, event: changes.Event, seq: int, name: Callable[[str], str]) -> None:
    """Tell its audience what changed, once it is committed. `name` gives that of somebody in the room by public id: see
    `names_in`."""
    frame = frame_of(message_of(room, event, name), seq=seq)
    _after_commit(room.public_id, Frame(frame, event.audience.value))


def publish_standings(room: Room, decided: tuple[changes.Event, ...]) -> None:
    """Tell each person whom events concern how they stand now, once it is committed."""
    people: dict[str, str] = {}
    for event in decided:
        match event:
            case (
                changes.Unseated(person, by)
                | changes.MuteChanged(person, _, by)
                | changes.RoleChanged(person, _, by)
                | changes.HandLowered(person, by)
                | changes.Invited(person, by)
            ):
                people[person] = by
            case changes.Seated(person, by):
                people[person.id] = by
            case changes.HandRaised(hand):
                people[hand.person] = ""
            case changes.InvitationEnded(person):
                people.setdefault(person, "")
            case changes.Frozen(_, by):
                people |= {person.public_id: by for person in selectors.on_stage(room)}
    if people:
        names = {by: name_of(room, by) for by in set(people.values())}
        named = {person: names[by] if by != person else "" for person, by in people.items()}
        _after_commit(room.public_id, StandingsMoved(named))


def publish(room_public_id: str, message: BusMessage) -> None:
    """Tell the web processes that hold sockets of the room, once it is committed."""
    _after_commit(room_public_id, message)


def publish_conflicts(room: Room, user: User | None = None) -> None:
    """Tell the host who meets whom although a block stands between them, once it is committed: this person, or anybody."""
    met = selectors.conflicts(room, user)
    if met:
        _after_commit(room.public_id, Met([dataclasses.asdict(conflict) for conflict in met]))


def message_of(room: Room, event: changes.Event, name: Callable[[str], str]) -> messages.Event:
    """The protocol's event for one of the domain's."""
    match event:
        case changes.Seated(person, by):
            return messages.StageSeated(selectors.person_card(_participant(room, person.id)), name(by))
        case changes.Unseated(person, by):
            return messages.StageUnseated(person, name(by))
        case changes.MuteChanged(person, muted, by):
            return messages.StageMuted(person, muted, name(by))
        case changes.RoleChanged(person, role, by):
            return messages.PersonRole(person, name(person), role.value, name(by))
        case changes.StageLocked(locked, by):
            return messages.StageLocked(locked, name(by))
        case changes.HandPolicyChanged(policy, by):
            return messages.HandsPolicyChanged(policy.value, name(by))
        case changes.SlowModeChanged(seconds, by):
            return messages.SlowModeChanged(seconds, name(by))
        case changes.TurnLimitChanged(seconds, by):
            return messages.TurnLimitChanged(seconds, name(by))
        case changes.LinkPinned(link, by):
            title, host = (link.title, host_of(link.url)) if link else ("", "")
            return messages.LinkPinned(title, host, name(by))
        case changes.Frozen(frozen, by):
            return messages.RoomFrozen(frozen, name(by))
        case changes.StaffEntered(person):
            return messages.StaffEntered(selectors.person_card(_participant(room, person.id)))
        case changes.StaffLeft(person):
            return messages.StaffLeft(person)
        case changes.Told(text, by):
            return messages.RoomTold(text, name(by))
        case changes.Ended(by):
            return messages.RoomEnded(name(by))
        case changes.HandRaised(hand):
            return messages.HandRaised(selectors.hand_card(_participant(room, hand.person)))
        case changes.HandLowered(person, by):
            return messages.HandLowered(person, name(by))
        case changes.Invited(person, by):
            return messages.StageInvited(selectors.person_card(_participant(room, person)), name(by))
        case changes.InvitationEnded(person):
            return messages.StageInvitationEnded(person)
    raise AssertionError(event)


def _participant(room: Room, person: str) -> Participant:
    return Participant.objects.select_related("user__profile").get(room=room, public_id=person)


def name_of(room: Room, person: str) -> str:
    """The name of somebody in the room, by public id; empty for nobody."""
    return _participant(room, person).name if person else ""


def names_in(room: Room) -> Callable[[str], str]:
    """`name_of` in this room, which asks for each person once: a reset names the same one for every hand."""
    return functools.cache(functools.partial(name_of, room))


def names_for_everyone_in(room: Room) -> Callable[[str], str]:
    """The same for what everybody is told: where the audience is not shown, whoever sits in it has no name, but for the host,
    who is known, and staff, who are there openly."""
    if shows_audience(Confidentiality(room.confidentiality)):
        return names_in(room)
    return functools.cache(functools.partial(_name_if_shown, room))


def _name_if_shown(room: Room, person: str) -> str:
    if not person:
        return ""
    participant = _participant(room, person)
    is_shown = participant.position == Position.STAGE or participant.role in (Role.HOST, Role.STAFF)
    return participant.name if is_shown else ""


def frame_of(message: messages.Event, *, seq: int | None = None) -> dict[str, Any]:
    """The JSON object of an event."""
    frame = {"type": message.type, "data": dataclasses.asdict(message)}
    return frame if seq is None else {**frame, "seq": seq}


def _after_commit(room_public_id: str, message: BusMessage) -> None:
    # Frozen now: what is sent is what was true in the transaction.
    data = {"kind": message.kind, **dataclasses.asdict(message)}
    transaction.on_commit(lambda: get_bus().publish_from_thread(room_topic(room_public_id), data), robust=True)
