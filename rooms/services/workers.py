"""Audio workers: they begin, say that they live and what they carry, and end. Times are the database's own."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now

from accounts import clock
from rooms import selectors
from rooms.audio import wire
from rooms.domain.snapshot import Phase
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Room, RoomShare
from rooms.services.shares import end_share, look_again

_FORGOTTEN_AFTER = timedelta(days=1)
_MOST_LETTERS = 80


def register_worker(
    *, worker_id: str, public_ip: str, udp_port: int, version: int = wire.VERSION, most_people: int = 3_000
) -> None:
    """An audio worker begins at an address; whoever was there before is no more. It has the rooms that one had, by another
    epoch: nobody has sound there yet."""
    now = Now()
    fresh = {
        "worker_id": worker_id,
        "version": version,
        "most_people": most_people,
        "started_at": now,
        "beat_at": now,
        "steady_since": now,
        "draining": False,
        "retired": False,
        "people": 0,
        "late_ms": 0,
        "cpu_percent": 0,
        "unfed_rooms": 0,
        "disk": "",
        "heard_at": now,
    }
    AudioWorker.objects.filter(beat_at__lt=Now() - _FORGOTTEN_AFTER).exclude(rooms__phase=Phase.LIVE).delete()
    with transaction.atomic():
        worker, _made = AudioWorker.objects.update_or_create(public_ip=public_ip, udp_port=udp_port, defaults=fresh)
        AudioWorker.objects.filter(pk=worker.pk).update(epoch=F("epoch") + 1)
        Room.objects.filter(worker=worker, phase=Phase.LIVE).update(media_epoch=F("media_epoch") + 1)
        for share in RoomShare.objects.filter(worker=worker, ended_at=None).select_related("room"):
            end_share(share)
        shared = RoomShare.objects.filter(ended_at=None).values("room")
        for room in Room.objects.filter(worker=worker, phase=Phase.LIVE, pk__in=shared):
            look_again(room)


def beat_worker(*, worker_id: str, load: wire.Load | None = None) -> None:
    """An audio worker says that it lives, and what it carries. Whoever ended, or has lost its address, says nothing by it."""
    clock.agree()
    changes = {} if load is None else _of_load(load)
    begins_again = Q(beat_at__lt=Now() - WORKER_SILENT_AFTER) | ~selectors.hears()
    AudioWorker.objects.filter(worker_id=worker_id, retired=False).update(
        steady_since=Case(When(begins_again, then=Now()), default=F("steady_since")),
        beat_at=Now(),
        **changes,
    )


def _of_load(load: wire.Load) -> dict[str, Any]:
    return {
        "people": load.people,
        "late_ms": load.late_ms,
        "cpu_percent": load.cpu_percent,
        "unfed_rooms": load.unfed,
        "disk": load.disk[:_MOST_LETTERS],
        "heard_at": Now() - timedelta(seconds=load.deaf_for),
    }


def drain_worker(*, worker_id: str) -> None:
    """An audio worker is about to end: it gets no more rooms, and those it has go elsewhere (`move_rooms`)."""
    AudioWorker.objects.filter(worker_id=worker_id).update(draining=True)


def retire_worker(*, worker_id: str) -> None:
    """An audio worker ends of its own accord: no room is placed there from now on. Whoever began at its address since is
    left alone."""
    AudioWorker.objects.filter(worker_id=worker_id).update(retired=True, people=0)
