"""What happens to a stage: `decide` turns a command into events or refuses it, `apply` turns an event into the next stage.

Both are pure. Services run `decide` under the room's lock; every page runs the same `apply` in JavaScript.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

from rooms.domain.errors import Code, Refused
from rooms.domain.roles import Act, Position, Role, may
from rooms.domain.snapshot import Person, Phase, Snapshot


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """A person arrives, or comes back, with a place on stage."""

    actor: Person


@dataclass(frozen=True, slots=True)
class GiveUpSeat:
    """A person leaves the room, or has been gone too long."""

    actor: Person


@dataclass(frozen=True, slots=True)
class SetMuted:
    """A person mutes or unmutes themselves."""

    actor: Person
    muted: bool


@dataclass(frozen=True, slots=True)
class EndRoom:
    """The host ends the room; without an actor, the room ends by itself because the stage stayed empty."""

    actor: Person | None


Command = TakeSeat | GiveUpSeat | SetMuted | EndRoom


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody is on stage now."""

    person: Person


@dataclass(frozen=True, slots=True)
class Unseated:
    """Somebody is on stage no more."""

    person: str


@dataclass(frozen=True, slots=True)
class MuteChanged:
    """Somebody on stage muted or unmuted."""

    person: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The room is over. `by` is None when nobody ended it."""

    by: str | None


Event = Seated | Unseated | MuteChanged | Ended


def decide(snapshot: Snapshot, command: Command) -> tuple[Event, ...]:
    """What a command does to a stage; nothing, if it already is so.

    Raises:
        Refused: the rules do not allow it. `room_not_open`, `room_ended`, `not_allowed`, `not_on_stage`, `stage_full`.
    """
    _demand_live(snapshot)
    match command:
        case TakeSeat(actor):
            return _take_seat(snapshot, actor)
        case GiveUpSeat(actor):
            return (Unseated(actor.id),) if actor.id in snapshot.stage else ()
        case SetMuted(actor, muted):
            return _set_muted(snapshot, actor, muted)
        case EndRoom(actor):
            if actor is not None:
                _demand(actor, Act.END_ROOM)
            return (Ended(actor.id if actor else None),)


def _take_seat(snapshot: Snapshot, actor: Person) -> tuple[Event, ...]:
    seated = snapshot.stage.get(actor.id)
    if seated == actor:
        return ()
    if seated is None and len(snapshot.stage) >= snapshot.stage_size and actor.role is not Role.HOST:
        raise Refused(Code.STAGE_FULL)
    return (Seated(replace(actor, position=Position.STAGE)),)


def _set_muted(snapshot: Snapshot, actor: Person, muted: bool) -> tuple[Event, ...]:
    seated = snapshot.stage.get(actor.id)
    if seated is None:
        raise Refused(Code.NOT_ON_STAGE)
    _demand(seated, Act.MUTE_SELF if muted else Act.UNMUTE_SELF)
    return () if seated.muted == muted else (MuteChanged(actor.id, muted),)


def _demand_live(snapshot: Snapshot) -> None:
    if snapshot.phase is Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    if snapshot.phase is Phase.SCHEDULED:
        raise Refused(Code.ROOM_NOT_OPEN)


def _demand(actor: Person, act: Act) -> None:
    if not may(actor.role, actor.position, act):
        raise Refused(Code.NOT_ALLOWED)


def apply(snapshot: Snapshot, event: Event) -> Snapshot:
    """The stage after one event; its version is one higher."""
    stage = dict(snapshot.stage)
    phase = snapshot.phase
    match event:
        case Seated(person):
            stage[person.id] = person
        case Unseated(person):
            stage.pop(person, None)
        case MuteChanged(person, muted):
            stage[person] = replace(stage[person], muted=muted)
        case Ended():
            stage, phase = {}, Phase.ENDED
    return replace(snapshot, phase=phase, stage=MappingProxyType(stage), version=snapshot.version + 1)
