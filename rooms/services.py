"""The only writer of rooms. A change of the stage takes the room's lock, asks the domain, saves, and tells the others."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import Industry, User
from accounts.text import key, tidy
from rooms import events, media, selectors
from rooms.domain import state
from rooms.domain.errors import Code, Refused
from rooms.domain.messages import ABSENT_AFTER_SECONDS
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Phase, Snapshot
from rooms.models import AudioWorker, Participant, Room, Topic

EMPTY_STAGE_CLOSES_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a page needs after entering."""

    person: str
    connection: str
    number: int  # of this person's sockets in this room: names the one that joined now


# --- Topics and rooms ---------------------------------------------------------------------------------------------


def create_topic(*, name: str, industry: Industry, by: User) -> Topic:
    """A topic; the one that is already there, if its name differs only in case or spacing."""
    defaults = {"name": tidy(name), "created_by": by}
    return Topic.objects.get_or_create(industry=industry, key=key(name), defaults=defaults)[0]


@transaction.atomic
def open_room(*, host: User, title: str, topic: Topic, language: str, speakers: Iterable[User] = ()) -> Room:
    """A room that is live from now on."""
    now = timezone.now()
    room = Room.objects.create(
        host=host,
        title=tidy(title),
        topic=topic,
        language=language,
        phase=Phase.LIVE,
        starts_at=now,
        started_at=now,
        stage_empty_since=now,
    )
    room.speakers.set(speakers)
    return room


@transaction.atomic
def schedule_room(
    *, host: User, title: str, topic: Topic, language: str, starts_at: datetime, speakers: Iterable[User] = ()
) -> Room:
    """A room to come."""
    room = Room.objects.create(host=host, title=tidy(title), topic=topic, language=language, starts_at=starts_at)
    room.speakers.set(speakers)
    return room


def open_scheduled(room_public_id: str, by: User) -> None:
    """The host opens a room that was announced, at its time or when they like. Opening it twice changes nothing.

    Raises:
        Refused: `not_allowed` for anybody else, `room_ended`.
    """
    now = timezone.now()
    hosted = Room.objects.filter(public_id=room_public_id, host=by)
    opened = hosted.filter(phase=Phase.SCHEDULED).update(phase=Phase.LIVE, started_at=now, stage_empty_since=now)
    if not opened and not hosted.filter(phase=Phase.LIVE).exists():
        raise Refused(Code.ROOM_ENDED if hosted.exists() else Code.NOT_ALLOWED)


# --- Coming and going ---------------------------------------------------------------------------------------------


@transaction.atomic
def join(room_public_id: str, user: User, *, muted: bool, resume: str = "") -> Joined:
    """Enter a room, or come back to one's place in it. A listener takes no lock on the room.

    `muted` is what the person's page last wanted; nobody comes back louder than they left. `resume` is the connection that
    the page had: if it is still the person's own, it stays, and the sound with it. When the stage is full, one listens.

    Raises:
        Refused: `room_not_found`, `room_not_open`, `room_ended`, `signed_out` for a suspended account.
    """
    room = selectors.find_room(room_public_id)
    if room is None:
        raise Refused(Code.ROOM_NOT_FOUND)
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Refused(Code.SIGNED_OUT)
    _demand_open(room)
    role = Role.HOST if room.host_id == user.pk else Role.MEMBER
    entry, _created = Participant.objects.get_or_create(room=room, user=user, defaults={"role": role, "connection": ""})
    if entry.position == Position.STAGE or selectors.has_place_on_stage(room, user):
        return _join_stage(room_public_id, entry.pk, muted=muted, resume=resume)
    participant = _locked_participant(entry.pk)
    joined = _connect(participant, resume)
    events.publish(room_public_id, events.AudienceMoved())
    return joined


def _demand_open(room: Room) -> None:
    if room.phase == Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    if room.phase == Phase.SCHEDULED:
        raise Refused(Code.ROOM_NOT_OPEN)


def _join_stage(room_public_id: str, participant_pk: int, *, muted: bool, resume: str) -> Joined:
    room = _locked(room_public_id)  # always before a participant's lock, so that two of us never wait for each other
    _demand_open(room)
    participant = _locked_participant(participant_pk)
    snapshot = selectors.stage_snapshot(room)
    participant.position = Position.STAGE
    participant.number = participant.number or _next_number(room)
    participant.muted = participant.muted or muted
    try:
        decided = state.decide(snapshot, state.TakeSeat(selectors.as_person(participant)))
    except Refused as refusal:
        if refusal.code is not Code.STAGE_FULL:
            raise
        decided = ()
        _sit_in_audience(participant)
    joined = _connect(participant, resume)
    _carry_out(room, snapshot, decided)
    events.publish(room_public_id, events.AudienceMoved())
    return joined


def _sit_in_audience(participant: Participant) -> None:
    participant.position = Position.AUDIENCE
    participant.muted = True
    participant.number = 0


def _connect(participant: Participant, resume: str) -> Joined:
    """Give the person's one place in the room to a connection: the same, if the page resumes it; else a new one, and the
    one before loses socket and sound."""
    if not resume or resume != participant.connection or participant.left_at is not None:
        if participant.connection:
            events.publish(participant.room.public_id, events.Superseded(participant.connection))
            media.hang_up(participant.room, participant.connection)
        participant.connection = secrets.token_urlsafe(12)
    now = timezone.now()
    if participant.left_at is not None:
        participant.arrived_at = now
    participant.left_at = None
    participant.last_seen_at = now
    participant.joins += 1
    participant.save()
    return Joined(participant.public_id, participant.connection, participant.joins)


def _next_number(room: Room) -> int:
    return (room.participants.aggregate(last=Max("number"))["last"] or 0) + 1


def leave(room_public_id: str, connection: str) -> None:
    """Leave a room for good: the place on stage is given up. Nothing happens if the connection is not the person's own
    any more."""
    here = Participant.objects.filter(room__public_id=room_public_id, connection=connection, left_at=None)
    for pk in here.values_list("pk", flat=True):
        _depart(pk, here, keeps_place=False)


def drop(room_public_id: str, connection: str, number: int) -> None:
    """A socket was lost: its person stays on the roster for a while and is then swept, unless they came or come back."""
    gone = timezone.now() - timedelta(seconds=ABSENT_AFTER_SECONDS / 2)
    mine = Participant.objects.filter(room__public_id=room_public_id, connection=connection, joins=number, left_at=None)
    mine.filter(last_seen_at__gt=gone).update(last_seen_at=gone)


def seen(connections: Iterable[str]) -> None:
    """These connections' pages said that they are still there."""
    Participant.objects.filter(connection__in=list(connections), left_at=None).update(last_seen_at=timezone.now())


def sweep_absent(now: datetime | None = None) -> int:
    """Take those off the roster of whom nothing was heard; their place is kept for when they come back.

    Returns:
        How many.
    """
    limit = (now or timezone.now()) - timedelta(seconds=ABSENT_AFTER_SECONDS)
    absent = Participant.objects.filter(left_at=None, last_seen_at__lt=limit, room__phase=Phase.LIVE)
    return sum(_depart(pk, absent, keeps_place=True) for pk in list(absent.values_list("pk", flat=True)))


@transaction.atomic
def _depart(pk: int, still: QuerySet[Participant], *, keeps_place: bool) -> bool:
    """Take one participant off the roster, if the row is still among `still` once it is locked."""
    participant = Participant.objects.select_related("room").get(pk=pk)
    room = participant.room
    on_stage = participant.position == Position.STAGE
    if on_stage:
        room = _locked(room.public_id)
    if not still.select_for_update(of=("self",)).filter(pk=pk, position=participant.position).exists():
        return False
    participant = _locked_participant(pk)
    snapshot = selectors.stage_snapshot(room)
    participant.left_at = timezone.now()
    if not keeps_place:
        _sit_in_audience(participant)
    participant.save(update_fields=["left_at", "position", "muted", "number"])
    if on_stage and room.phase == Phase.LIVE:
        _carry_out(room, snapshot, state.decide(snapshot, state.GiveUpSeat(snapshot.stage[participant.public_id])))
    events.publish(room.public_id, events.AudienceMoved())
    events.publish(room.public_id, events.Dismissed(participant.connection))
    media.hang_up(participant.room, participant.connection)
    return True


def _present(room: Room, connection: str) -> Participant | None:
    return selectors.on_roster(room.participants.all()).filter(connection=connection).first()


# --- On stage -----------------------------------------------------------------------------------------------------


def set_muted(room_public_id: str, connection: str, *, muted: bool) -> None:
    """Mute or unmute oneself.

    Raises:
        Refused: `not_joined`, `not_on_stage`, `room_ended`.
    """
    _change(room_public_id, connection, lambda participant: state.SetMuted(selectors.as_person(participant), muted))


def end(room_public_id: str, connection: str) -> None:
    """End the room for everybody.

    Raises:
        Refused: `not_joined`, `not_allowed`, `room_ended`.
    """
    _change(room_public_id, connection, lambda participant: state.EndRoom(selectors.as_person(participant)))


@transaction.atomic
def end_by_itself(room_public_id: str) -> None:
    """End a room that nobody ended: its stage stayed empty, or staff closed it from outside.

    Raises:
        Refused: `room_ended`.
    """
    room = _locked(room_public_id)
    snapshot = selectors.stage_snapshot(room)
    _carry_out(room, snapshot, state.decide(snapshot, state.EndRoom(None)))


def close_empty_rooms(now: datetime | None = None) -> int:
    """End the live rooms whose stage has been empty for a while.

    Returns:
        How many.
    """
    limit = (now or timezone.now()) - EMPTY_STAGE_CLOSES_AFTER
    closed = 0
    for public_id in Room.objects.filter(phase=Phase.LIVE, stage_empty_since__lt=limit).values_list(
        "public_id", flat=True
    ):
        with transaction.atomic():
            room = _locked(public_id)
            if room.phase == Phase.LIVE and room.stage_empty_since and room.stage_empty_since < limit:
                snapshot = selectors.stage_snapshot(room)
                _carry_out(room, snapshot, state.decide(snapshot, state.EndRoom(None)))
                closed += 1
    return closed


@transaction.atomic
def _change(room_public_id: str, connection: str, command: Callable[[Participant], state.Command]) -> None:
    room = _locked(room_public_id)
    participant = _present(room, connection)
    if participant is None:
        raise Refused(Code.ROOM_ENDED if room.phase == Phase.ENDED else Code.NOT_JOINED)
    snapshot = selectors.stage_snapshot(room)
    _carry_out(room, snapshot, state.decide(snapshot, command(participant)))


def _locked(room_public_id: str) -> Room:
    """The room under its lock. On SQLite the transaction itself is the lock (IMMEDIATE)."""
    return Room.objects.select_for_update(of=("self",)).select_related("worker").get(public_id=room_public_id)


def _locked_participant(pk: int) -> Participant:
    return Participant.objects.select_for_update(of=("self",)).select_related("room__worker").get(pk=pk)


def _carry_out(room: Room, snapshot: Snapshot, decided: tuple[state.Event, ...]) -> None:
    """Save what was decided and tell everybody, in the order of the versions."""
    for event in decided:
        snapshot = state.apply(snapshot, event)
        _save(room, event)
        events.publish_stage(room, event, seq=snapshot.version)
    room.version = snapshot.version
    if snapshot.phase is Phase.LIVE and not snapshot.stage:
        room.stage_empty_since = room.stage_empty_since or timezone.now()
    else:
        room.stage_empty_since = None
    room.save(update_fields=["version", "stage_empty_since", "phase", "ended_at"])
    media.stage_changed(room, snapshot)


def _save(room: Room, event: state.Event) -> None:
    match event:
        case state.MuteChanged(person, muted):
            Participant.objects.filter(room=room, public_id=person).update(muted=muted)
        case state.Ended():
            room.phase = Phase.ENDED
            room.ended_at = timezone.now()
            selectors.on_roster(room.participants.all()).update(left_at=room.ended_at)
        case state.Seated() | state.Unseated():
            pass  # the participant's own row was written by whoever asked: it also holds their connection


# --- Audio workers ------------------------------------------------------------------------------------------------


def register_worker(*, worker_id: str, public_ip: str, udp_port: int) -> None:
    """An audio worker begins at an address; whoever was there before is no more."""
    now = timezone.now()
    AudioWorker.objects.update_or_create(
        public_ip=public_ip,
        udp_port=udp_port,
        defaults={"worker_id": worker_id, "started_at": now, "beat_at": now},
    )


def beat_worker(*, worker_id: str) -> None:
    """An audio worker says that it lives."""
    AudioWorker.objects.filter(worker_id=worker_id).update(beat_at=timezone.now())


def place_room(room_public_id: str) -> str:
    """The id of the worker that carries a room; the least burdened live one, if it has none or lost it.

    Raises:
        Refused: `media_unavailable` when no worker lives.
    """
    room = Room.objects.select_related("worker").get(public_id=room_public_id)
    live = {worker.pk: worker for worker in selectors.live_workers()}
    if room.worker_id in live:
        return live[room.worker_id].worker_id
    if not live:
        raise Refused(Code.MEDIA_UNAVAILABLE)
    chosen = next(iter(live.values()))
    # Conditional: of two that place the room at once, one wins and both use its choice.
    Room.objects.filter(pk=room.pk, worker=room.worker).update(worker=chosen)
    room.refresh_from_db(fields=["worker"])
    return room.worker.worker_id if room.worker else chosen.worker_id
