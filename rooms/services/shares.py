"""The workers that share rooms: told to look, and ended with those that are gone. Who gets there: `sharing.py`."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from rooms import selectors
from rooms.audio import wire
from rooms.bus import get_bus
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room, RoomShare
from rooms.services.spreading import spread_ms

_EMPTY_AFTER = timedelta(seconds=30)
_FORGOTTEN_AFTER = timedelta(seconds=20)  # whoever has not come back from an ended share by then has no sound
_UNFED_FOR = timedelta(seconds=60)  # so long a worker gets none of a room of which no sound came to it


def look_again(room: Room) -> None:
    """A room's home is another: those that share it look at once, once it is committed."""
    shares = RoomShare.objects.filter(room=room, ended_at=None)
    say_look(room, list(shares.values_list("worker__worker_id", flat=True)))


def say_look(room: Room, workers: list[str]) -> None:
    """These workers look into the database for a room, once it is committed."""
    data = wire.encode(wire.Look(room.public_id))
    for worker in workers:
        publish = partial(get_bus().publish_from_thread, wire.worker_topic(worker), data)
        transaction.on_commit(publish, robust=True)


def end_shares() -> int:
    """End the shares whose worker was given up, whose room is over, or which nobody needs; their listeners, and nobody else,
    are told to come again. Any process may do this at any time.

    Returns:
        How many.
    """
    long_ended = RoomShare.objects.filter(ended_at__lt=Now() - _FORGOTTEN_AFTER)
    left_behind = Participant.objects.filter(share__in=long_ended)
    if left_behind.exists():
        left_behind.update(share=None)
    long_ended.filter(Q(unfed_at=None) | Q(unfed_at__lt=Now() - _UNFED_FOR)).delete()
    active = RoomShare.objects.filter(ended_at=None)
    if not active.exists():
        return 0
    here = Participant.objects.filter(share=OuterRef("pk"), left_at=None)
    unused = Q(began_at__lt=Now() - _EMPTY_AFTER) & ~Exists(here)
    gone = (
        Q(worker__in=list(selectors.workers_given_up().values_list("pk", flat=True)))
        | ~Q(room__phase=Phase.LIVE)
        | unused
    )
    return sum(end_share(share) for share in active.filter(gone).select_related("room"))


def end_unfed_shares(rooms: Collection[str], *, worker_id: str) -> int:
    """No sound of these rooms comes to a worker that shares them, though whoever mixes them lives: the network between the
    two is broken. Their listeners come again, and for a while this worker gets none of them. Where nobody else has room for
    them they wait for the network.

    Returns:
        How many shares ended.
    """
    mine = RoomShare.objects.filter(worker__worker_id=worker_id, room__public_id__in=rooms, ended_at=None)
    ended = 0
    for share in mine.select_related("room"):
        if _others_have_room(share):
            RoomShare.objects.filter(pk=share.pk).update(unfed_at=Now())
            ended += end_share(share)
    return ended


def _others_have_room(share: RoomShare) -> bool:
    home = selectors.live_workers().filter(~selectors.is_deaf(), rooms=share.room_id)
    if not home.exists():
        return False  # it is moved soon, and what is mixed elsewhere may come through
    unfed = RoomShare.objects.filter(room=share.room_id, unfed_at__isnull=False).values("worker")
    others = selectors.accepting_workers().exclude(pk__in=[share.room.worker_id, share.worker_id])
    if others.exclude(pk__in=unfed).exists():
        return True
    people = Participant.objects.filter(share=share, left_at=None).count()
    return home.filter(people__lte=F("most_people") - people).exists()


def end_share(share: RoomShare) -> bool:
    """End one, unless somebody else has."""
    with transaction.atomic():
        ended = RoomShare.objects.filter(pk=share.pk, ended_at=None).update(ended_at=Now())
        if ended:
            people = Participant.objects.filter(share=share, left_at=None).count()
            message = wire.ShareEnded(share.room.public_id, share.pk, spread_ms(people))
            topic, data = wire.room_topic(share.room.public_id), wire.encode(message)
            transaction.on_commit(lambda: get_bus().publish_from_thread(topic, data), robust=True)
    return bool(ended)
