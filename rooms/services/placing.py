"""Which audio worker carries a room: placed when somebody comes, moved when its worker is gone or drains.

A room is on one worker, and each placement has an epoch. One conditional update decides of those that place it at once, and
what was placed before is told apart by its epoch from then on (docs/decisions/0025).
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from rooms import selectors
from rooms.audio import wire
from rooms.bus import get_bus
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Phase
from rooms.models import AudioWorker, Participant, Room
from rooms.services.shares import end_shares, look_again
from rooms.services.spreading import spread_ms
from rooms.services.workers import drain_worker


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a room's sound is, or somebody's, and by which epoch of the room."""

    worker: str
    epoch: int
    share: int = 0  # of the room, that this worker has; 0: it is the room's own, which mixes


def place_room(room_public_id: str) -> Placement:
    """Where a room's sound is. It is placed on the least burdened live worker, if it has none or lost it.

    Raises:
        Refused: `media_unavailable` when no worker takes it, or its own is silent and not given up yet: ask again.
    """
    room = Room.objects.select_related("worker").get(public_id=room_public_id)
    worker = room.worker
    if worker is not None and selectors.live_workers().filter(pk=worker.pk).exists():
        return Placement(worker.worker_id, room.media_epoch)
    if worker is not None and not selectors.workers_given_up().filter(pk=worker.pk).exists():
        raise Refused(Code.MEDIA_UNAVAILABLE)
    chosen = _choose()
    if chosen is None:
        raise Refused(Code.MEDIA_UNAVAILABLE)
    _move(room, chosen, people=_people_in(room))
    room.refresh_from_db(fields=["worker", "media_epoch"])  # of two that place it at once both use the winner's choice
    if room.worker is None:
        raise Refused(Code.MEDIA_UNAVAILABLE)
    return Placement(room.worker.worker_id, room.media_epoch)


def move_rooms() -> int:
    """Move the rooms of workers that ended, drain, or were given up, each to the least burdened worker of that moment; those
    for which there is none stay. Any process may do this at any time, and several at once.

    Returns:
        How many.
    """
    end_shares()
    moved = 0
    total = 0
    for room in list(selectors.stranded_rooms()):
        chosen = _choose()
        if chosen is None or chosen.pk == room.worker_id:
            break
        total += room.people  # type: ignore[attr-defined]
        moved += _move(room, chosen, people=total)
    return moved


def empty_worker(*, worker_id: str) -> int:
    """Let a worker drain: it gets no more rooms, and those it has go to others.

    Returns:
        How many with people in them stay, for there is no other that takes them.
    """
    drain_worker(worker_id=worker_id)
    move_rooms()
    here = Participant.objects.filter(left_at=None, room__phase=Phase.LIVE, room__worker__worker_id=worker_id)
    return here.values("room").distinct().count()


def _choose() -> AudioWorker | None:
    return selectors.accepting_workers().first()


def _move(room: Room, chosen: AudioWorker, *, people: int) -> bool:
    """Place a room, unless somebody else has since it was read, or its worker is heard of again."""
    unchanged = Room.objects.filter(pk=room.pk, worker=room.worker_id, media_epoch=room.media_epoch, phase=Phase.LIVE)
    if room.worker_id is not None:
        unchanged = unchanged.filter(worker__in=selectors.workers_given_up())
    with transaction.atomic():
        moved = unchanged.update(worker=chosen, media_epoch=F("media_epoch") + 1)
        if moved:
            epoch = room.media_epoch + 1
            placed = wire.Placed(room.public_id, epoch, spread_ms(people) if room.media_epoch else 0)
            topic, data = wire.room_topic(room.public_id), wire.encode(placed)
            transaction.on_commit(lambda: get_bus().publish_from_thread(topic, data), robust=True)
            look_again(room)
    return bool(moved)


def _people_in(room: Room) -> int:
    return Participant.objects.filter(room=room, left_at=None).count()
