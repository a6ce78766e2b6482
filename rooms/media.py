"""Stage events become commands to the audio worker. The worker also reads the database, so a lost one is made good."""

from django.db import transaction

from rooms import limits, selectors
from rooms.audio import wire
from rooms.bus import get_bus
from rooms.domain.snapshot import Snapshot
from rooms.models import AudioWorker, Participant, Room, RoomShare


def stage_changed(room: Room, snapshot: Snapshot) -> None:
    """Tell the room's worker who may be heard now, once it is committed."""
    if room.worker is None:
        return
    heard = snapshot.may_be_heard()
    speakers = selectors.admitted(Participant.objects.filter(room=room, public_id__in=heard))
    silenced = limits.silenced()
    if silenced is not None:
        speakers = speakers.exclude(user__in=silenced)
    connections = speakers.values_list("connection", flat=True)
    message = wire.Stage(room=room.public_id, version=snapshot.version, may_speak=tuple(connections))
    _send_after_commit(room.worker, message)


def hang_up(room: Room, connection: str, share: RoomShare | None) -> None:
    """End one connection's media, once it is committed, where the room is mixed or on the worker that shares it."""
    worker = room.worker if share is None else share.worker
    if worker is not None and connection:
        _send_after_commit(worker, wire.Hangup(room=room.public_id, connection=connection))


async def ask_for_peers(worker: str, reply_to: str) -> None:
    """Ask a worker which connections have sound; its `wire.Peers` comes on the topic `reply_to`."""
    await get_bus().publish(wire.worker_topic(worker), wire.encode(wire.PeersWanted(reply_to)))


def _send_after_commit(worker: AudioWorker, message: wire.Message) -> None:
    topic = wire.worker_topic(worker.worker_id)
    data = wire.encode(message)
    transaction.on_commit(lambda: get_bus().publish_from_thread(topic, data), robust=True)
