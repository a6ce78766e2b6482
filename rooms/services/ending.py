"""Rooms that end without anybody in them saying so."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from rooms.domain import commands
from rooms.domain.snapshot import Phase
from rooms.models import Room
from rooms.services.carrying_out import change, locked

EMPTY_STAGE_CLOSES_AFTER = timedelta(minutes=5)


@transaction.atomic
def end_from_outside(room_public_id: str, by: User) -> None:
    """Staff end a room without being in it.

    Raises:
        Refused: `room_ended`.
    """
    change(locked(room_public_id), commands.EndRoom(None))
    accounts.record("room.end_room", room_public_id, actor=by)


def close_empty_rooms(now: datetime | None = None) -> int:
    """End the live rooms whose stage has been empty for a while.

    Returns:
        How many.
    """
    limit = (now or timezone.now()) - EMPTY_STAGE_CLOSES_AFTER
    empty = Room.objects.filter(phase=Phase.LIVE, stage_empty_since__lt=limit)
    closed = 0
    for public_id in list(empty.values_list("public_id", flat=True)):
        with transaction.atomic():
            room = locked(public_id)
            if room.phase == Phase.LIVE and room.stage_empty_since and room.stage_empty_since < limit:
                change(room, commands.EndRoom(None))
                closed += 1
    return closed
