"""Rooms with more listeners than one worker takes: who is where the room is mixed, and who is on a worker that shares it.

Whoever is on stage, or is about to go there, is where the room is mixed; listeners are, until that is full. The first share
is filled before the next begins. Nobody who has sound is moved as long as their worker lives (docs/decisions/0026).
"""

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from rooms import selectors
from rooms.audio import wire
from rooms.domain.roles import Position
from rooms.models import AudioWorker, Participant, RoomShare
from rooms.services.placing import Placement, place_room
from rooms.services.shares import say_look

LISTENERS_SHARE = 0.95  # of what a worker takes: the rest is for those who go on stage


def place_connection(room_public_id: str, connection: str) -> Placement:
    """Where somebody's sound is. It is placed, if it was not yet, or its worker is gone.

    Raises:
        Refused: as `place_room`.
    """
    home = place_room(room_public_id)
    here = Participant.objects.filter(room__public_id=room_public_id, connection=connection, left_at=None)
    me = here.select_related("share__worker").first()
    if me is None:
        return home
    place = _place(me, home)
    share = place.share or None
    if (me.share_id, me.placed_epoch) != (share, home.epoch):
        here.update(share=share, placed_epoch=home.epoch)
    return place


def _place(me: Participant, home: Placement) -> Placement:
    if me.position == Position.STAGE or me.hand_number or me.invited_by_id:
        return home
    if me.share is not None:
        if me.share.ended_at is None and selectors.live_workers().filter(pk=me.share.worker_id).exists():
            return Placement(me.share.worker.worker_id, home.epoch, me.share.pk)
    elif me.placed_epoch == home.epoch or not _is_full(me, home):
        return home
    share = _share_with_room(me, home)
    return Placement(share.worker.worker_id, home.epoch, share.pk) if share is not None else home


def _is_full(me: Participant, home: Placement) -> bool:
    at_home = Participant.objects.filter(room=me.room_id, left_at=None, share=None, placed_epoch=home.epoch)
    if at_home.exclude(pk=me.pk).count() >= settings.MITALK_ROOM_SHARE_PEOPLE:
        return True
    return AudioWorker.objects.filter(worker_id=home.worker, people__gte=F("most_people") * LISTENERS_SHARE).exists()


def _share_with_room(me: Participant, home: Placement) -> RoomShare | None:
    """The first share of a room that takes a listener, a new one if none does; none, if no other worker does."""
    if not AudioWorker.objects.filter(worker_id=home.worker, version=wire.VERSION).exists():
        return None  # it would not send frames
    open_workers = selectors.live_workers().filter(
        ~selectors.is_deaf(), draining=False, version=wire.VERSION, people__lt=F("most_people") * LISTENERS_SHARE
    )
    shares = RoomShare.objects.filter(room=me.room_id, ended_at=None)
    here = Count("participants", filter=Q(participants__left_at=None))
    roomy = shares.annotate(here=here).filter(
        here__lt=settings.MITALK_ROOM_SHARE_PEOPLE, worker__in=_keys(open_workers)
    )
    found = roomy.select_related("worker").order_by("pk").first()
    if found is not None:
        return found
    unfed = RoomShare.objects.filter(room=me.room_id, unfed_at__isnull=False)
    others = selectors.accepting_workers().exclude(worker_id=home.worker).exclude(pk__in=shares.values("worker"))
    chosen = others.exclude(pk__in=unfed.values("worker")).first()
    if chosen is None:
        return None
    share, made = RoomShare.objects.get_or_create(room_id=me.room_id, worker=chosen, ended_at=None)
    if made:
        say_look(me.room, [home.worker])
    return share


def _keys(workers: QuerySet[AudioWorker]) -> list[int]:
    return list(workers.values_list("pk", flat=True))
