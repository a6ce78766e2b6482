"""Rooms that end without anybody in them saying so."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import clock
from accounts import services as accounts
from accounts.models import User
from rooms.domain import commands
from rooms.domain.snapshot import Phase
from rooms.models import Room
from rooms.services.actors import readable
from rooms.services.carrying_out import change, locked

EMPTY_STAGE_CLOSES_AFTER = timedelta(minutes=5)


@transaction.atomic
def end_from_outside(room_public_id: str, by: User | None, *, reason: str = "") -> None:
    """Staff, or an operator's command (None), end a room without being in it.

    Raises:
        Refused: `room_ended`.
    """
    change(locked(room_public_id), commands.EndRoom(None))
    accounts.record("room.end_room", room_public_id, actor=by, reason=reason)


@transaction.atomic
def freeze_from_outside(room_public_id: str, by: User | None, *, frozen: bool, reason: str = "") -> bool:
    """Freeze a room, or let it go on, without being in it.

    Returns:
        Whether it was not so already.

    Raises:
        Refused: `room_ended`, `room_not_open`.
    """
    if not change(locked(room_public_id), commands.Freeze(None, frozen)):
        return False
    accounts.record("room.freeze" if frozen else "room.unfreeze", room_public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def tell_from_outside(room_public_id: str, by: User | None, *, text: str) -> bool:
    """Say something to everybody in a room, or with nothing take it back, without being in it.

    Returns:
        Whether it was not said already.

    Raises:
        Refused: `room_ended`, `room_not_open`, `text_unreadable`.
    """
    words = readable(text)
    if not change(locked(room_public_id), commands.TellRoom(None, words)):
        return False
    accounts.record("room.message_room", room_public_id, actor=by, reason=words)
    return True


def close_empty_rooms(now: datetime | None = None) -> int:
    """End the live rooms whose stage has been empty for a while.

    Returns:
        How many.
    """
    limit = (now or clock.now()) - EMPTY_STAGE_CLOSES_AFTER
    empty = Room.objects.filter(phase=Phase.LIVE, stage_empty_since__lt=limit)
    closed = 0
    for public_id in list(empty.values_list("public_id", flat=True)):
        with transaction.atomic():
            room = locked(public_id)
            if room.phase == Phase.LIVE and room.stage_empty_since and room.stage_empty_since < limit:
                change(room, commands.EndRoom(None))
                closed += 1
    return closed
