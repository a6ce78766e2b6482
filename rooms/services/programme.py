"""Rooms to come: announced, changed, called off, started, missed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import clock, renaming
from accounts.models import User
from accounts.text import tidy
from rooms import limits, selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.domain.programme import MISSED_AFTER, MailKind, NotHeld, may_start
from rooms.domain.roles import Role
from rooms.domain.snapshot import Confidentiality, HandPolicy, Phase, Visibility
from rooms.models import Participant, Room, Topic
from rooms.services.carrying_out import locked
from rooms.services.limiting import demand_able
from rooms.services.programme_mail import tell_those_who_are_going
from rooms.services.words import save_new, settle_room

MOST_ROOMS_AHEAD = 20  # of one host: each can write to everybody who is going
_TOLD_ABOUT = ("title", "starts_at")  # other changes are seen on the page and in calendars


class TooManyRooms(Exception):
    """This host has announced as many rooms as one may have ahead."""


@transaction.atomic
def schedule_room(
    *,
    host: User,
    title: str,
    topic: Topic,
    language: str,
    starts_at: datetime,
    time_zone: str = "UTC",
    description: str = "",
    visibility: str = Visibility.MEMBERS,
    confidentiality: str = Confidentiality.ON_RECORD,
    hand_policy: str = HandPolicy.EVERYONE,
    stage_size: int = 8,
    slow_mode: int = 0,
    speakers: Iterable[User] = (),
) -> Room:
    """A room to come.

    Raises:
        TooManyRooms: the host has announced too many already.
        Refused: `sanctioned_hosting`, `trust_host`.
        TextRefused: a list of terms refuses its words.
    """
    demand_able(host, Ability.HOST)
    if Room.objects.filter(host=host, phase=Phase.SCHEDULED).count() >= MOST_ROOMS_AHEAD:
        raise TooManyRooms
    room = Room(
        host=host,
        opened_by=host,
        title=tidy(title),
        topic=topic,
        language=language,
        starts_at=starts_at,
        time_zone=time_zone,
        description=description.strip(),
        visibility=visibility,
        confidentiality=confidentiality,
        hand_policy=hand_policy,
        stage_size=stage_size,
        slow_mode=slow_mode,
    )
    save_new(room)
    room.speakers.set(speakers)
    return room


@transaction.atomic
def change_scheduled(room_public_id: str, by: User, **fields: Any) -> Room:
    """Change what was announced. `fields` are those of `schedule_room`. If the time or the title is another, those who are
    going are told; saving what is there already changes nothing.

    Raises:
        Refused: `not_allowed` for anybody but the host; `room_ended` when it began or is over; `sanctioned_hosting`,
            `trust_host`: everybody who is going could be written to.
        TextRefused: a list of terms refuses its words.
    """
    room = _announced(room_public_id, by)
    demand_able(by, Ability.HOST)
    speakers = fields.pop("speakers", None)
    if speakers is not None:
        room.speakers.set(speakers)
    fields |= {"title": settle_room(room, "title", tidy(fields.get("title", room.title)), by)}
    description = fields.get("description", room.description).strip()
    fields |= {"description": settle_room(room, "description", description, by)}
    changed = [name for name, value in fields.items() if getattr(room, name) != value]
    if not changed:
        return room
    for name in changed:
        setattr(room, name, fields[name])
    room.revision += 1
    room.announced_at = clock.now()
    room.save(update_fields=[*changed, "revision", "announced_at"])
    if set(changed) & set(_TOLD_ABOUT):
        tell_those_who_are_going(room, MailKind.CHANGED, str(room.revision), but=by)
    return room


@transaction.atomic
def cancel_scheduled(room_public_id: str, by: User) -> None:
    """Call a room off; those who are going are told. Calling it off twice changes nothing.

    Raises:
        Refused: `not_allowed` for anybody but the host; `room_ended` when it began or is over.
    """
    if Room.objects.filter(public_id=room_public_id, host=by, not_held=NotHeld.CANCELLED).exists():
        return
    room = _announced(room_public_id, by)
    _call_off(room, NotHeld.CANCELLED)
    tell_those_who_are_going(room, MailKind.CANCELLED, "", but=by)


def _announced(room_public_id: str, by: User) -> Room:
    room = locked(room_public_id)
    if room.host_id != by.pk:
        raise Refused(Code.NOT_ALLOWED)
    if room.phase != Phase.SCHEDULED:
        raise Refused(Code.ROOM_ENDED)
    return room


def _call_off(room: Room, why: NotHeld) -> None:
    room.phase, room.not_held = Phase.ENDED, why
    room.ended_at = room.announced_at = clock.now()
    room.revision += 1
    room.save(update_fields=["phase", "not_held", "ended_at", "announced_at", "revision"])


@transaction.atomic
def open_scheduled(room_public_id: str, by: User, now: datetime | None = None) -> None:
    """Start a room that was announced: its host or a co-host, from a quarter of an hour before its time. Starting it twice
    changes nothing.

    Raises:
        Refused: `not_allowed` for anybody else, `room_not_open` when it is too early, `room_ended`.
    """
    now = now or clock.now()
    renaming.lock(by)  # as whoever sanctions them does, and before the room as whoever enters one does
    room = locked(room_public_id)
    if not selectors.runs_scheduled(room, by):
        raise Refused(Code.NOT_ALLOWED)
    if room.phase == Phase.LIVE:
        return
    if room.phase == Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    if not may_start(room.starts_at, now):
        raise Refused(Code.ROOM_NOT_OPEN)
    demand_able(by, Ability.HOST)
    room.phase, room.started_at, room.stage_empty_since = Phase.LIVE, now, now
    room.save(update_fields=["phase", "started_at", "stage_empty_since"])
    _seat_co_hosts(room, now)


def _seat_co_hosts(room: Room, now: datetime) -> None:
    """Who accepted to run the room is its moderator with a seat, from the moment in which they come in."""
    asked = [co_host.user for co_host in selectors.accepted_co_hosts(room)]
    lost = limits.limits_of_many([user.pk for user in asked])
    accepted = [user for user in asked if Ability.HOST not in lost.get(user.pk, {})]
    room.speakers.add(*accepted)
    for user in accepted:
        moderator = {"role": Role.MODERATOR, "moderator_since": now, "left_at": now, "connection": ""}
        Participant.objects.get_or_create(room=room, user=user, defaults=moderator)


def close_missed_rooms(now: datetime | None = None) -> int:
    """Quietly give up the rooms that nobody started in time.

    Returns:
        How many.
    """
    limit = (now or clock.now()) - MISSED_AFTER
    missed = Room.objects.filter(phase=Phase.SCHEDULED, starts_at__lt=limit)
    closed = 0
    for public_id in list(missed.values_list("public_id", flat=True)):
        with transaction.atomic():
            room = locked(public_id)
            if room.phase == Phase.SCHEDULED and room.starts_at < limit:
                _call_off(room, NotHeld.NOBODY_CAME)
                closed += 1
    return closed
