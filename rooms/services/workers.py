"""Audio workers: who lives, and which of them carries a room."""

from accounts import clock
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Room


def register_worker(*, worker_id: str, public_ip: str, udp_port: int) -> None:
    """An audio worker begins at an address; whoever was there before is no more."""
    clock.agree()
    now = clock.now()
    AudioWorker.objects.update_or_create(
        public_ip=public_ip,
        udp_port=udp_port,
        defaults={"worker_id": worker_id, "started_at": now, "beat_at": now},
    )


def beat_worker(*, worker_id: str) -> None:
    """An audio worker says that it lives."""
    clock.agree()
    AudioWorker.objects.filter(worker_id=worker_id).update(beat_at=clock.now())


def retire_worker(*, worker_id: str) -> None:
    """An audio worker stops of its own accord: no room is placed there from now on. Whoever began at its address since is
    left alone."""
    silent = clock.now() - WORKER_SILENT_AFTER * 2
    AudioWorker.objects.filter(worker_id=worker_id).update(beat_at=silent)


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
