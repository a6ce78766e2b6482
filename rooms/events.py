"""The only sender: what happened in a room goes onto the bus from here, after the transaction that made it true.

Every message on a room's topic is one of the classes below or comes from the audio worker (rooms.audio.wire).
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import transaction

from rooms import selectors
from rooms.audio.wire import room_topic
from rooms.bus import get_bus
from rooms.domain import messages, state
from rooms.models import Participant, Room


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the live protocol for every page in the room."""

    kind: ClassVar[str] = "frame"
    frame: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Superseded:
    """A connection whose person came in again elsewhere: its socket closes."""

    kind: ClassVar[str] = "superseded"
    connection: str


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A connection that is off the roster: its socket closes."""

    kind: ClassVar[str] = "dismissed"
    connection: str


@dataclass(frozen=True, slots=True)
class AudienceMoved:
    """Somebody came or went: whoever shows the audience counts again, at most once a second."""

    kind: ClassVar[str] = "audience_moved"


BusMessage = Frame | Superseded | Dismissed | AudienceMoved


def publish_stage(room: Room, event: state.Event, seq: int) -> None:
    """Tell everyone in the room what changed on stage, once it is committed."""
    frame = frame_of(stage_message(room, event), seq=seq)
    _after_commit(room.public_id, Frame(frame))


def publish(room_public_id: str, message: BusMessage) -> None:
    """Tell the web processes that hold sockets of the room, once it is committed."""
    _after_commit(room_public_id, message)


def stage_message(room: Room, event: state.Event) -> messages.Event:
    """The protocol's event for one of the domain's."""
    match event:
        case state.Seated(person):
            participant = Participant.objects.select_related("user__profile").get(room=room, public_id=person.id)
            return messages.StageSeated(selectors.person_card(participant))
        case state.Unseated(person):
            return messages.StageUnseated(person)
        case state.MuteChanged(person, muted):
            return messages.StageMuted(person, muted)
        case state.Ended(by):
            actor = Participant.objects.select_related("user__profile").filter(public_id=by).first() if by else None
            return messages.RoomEnded(actor.user.name if actor else "")


def frame_of(message: messages.Event, *, seq: int | None = None) -> dict[str, Any]:
    """The JSON object of an event."""
    frame = {"type": message.type, "data": dataclasses.asdict(message)}
    return frame if seq is None else {**frame, "seq": seq}


def _after_commit(room_public_id: str, message: BusMessage) -> None:
    # Frozen now: what is sent is what was true in the transaction.
    data = {"kind": message.kind, **dataclasses.asdict(message)}
    transaction.on_commit(lambda: get_bus().publish_from_thread(room_topic(room_public_id), data), robust=True)
