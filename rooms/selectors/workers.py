"""What the audio workers are told: which of them live, and the truth about their rooms."""

from collections import defaultdict
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Value

from accounts import clock
from rooms import limits
from rooms.audio.wire import RoomTruth
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Participant, Room
from rooms.selectors.people import admitted


def live_workers(now: datetime | None = None) -> QuerySet[AudioWorker]:
    """The audio workers that were heard of lately, the least burdened first."""
    since = (now or clock.now()) - WORKER_SILENT_AFTER
    return (
        AudioWorker.objects.filter(beat_at__gte=since)
        .annotate(load=Count("rooms", filter=Q(rooms__phase=Phase.LIVE)))
        .order_by("load", "pk")
    )


def audio_truth(worker_id: str) -> dict[str, RoomTruth]:
    """Who is in the live rooms of one worker and who may be heard there, in one query. Whoever was suspended or signed out
    is not in it, and whoever staff silenced does not speak, whatever else went wrong."""
    here = Participant.objects.filter(room__phase=Phase.LIVE, room__worker__worker_id=worker_id)
    rows = (
        admitted(here)
        .annotate(silenced=_silenced())
        .values_list("room__public_id", "room__version", "room__frozen", "connection", "position", "muted", "silenced")
        .order_by()
    )
    versions: dict[str, int] = {}
    present: dict[str, set[str]] = defaultdict(set)
    may_speak: dict[str, set[str]] = defaultdict(set)
    for room, version, frozen, connection, position, muted, silenced in rows:
        versions[room] = version
        present[room].add(connection)
        if position == Position.STAGE and not muted and not frozen and not silenced:
            may_speak[room].add(connection)
    return {
        room: RoomTruth(
            room=room, version=version, may_speak=frozenset(may_speak[room]), present=frozenset(present[room])
        )
        for room, version in versions.items()
    }


def _silenced() -> ExpressionWrapper | Value:
    accounts = limits.silenced()
    if accounts is None:
        return Value(False, output_field=BooleanField())
    return ExpressionWrapper(Q(user__in=accounts), output_field=BooleanField())


def rooms_of_worker(worker_id: str) -> QuerySet[Room, str]:
    """The public ids of the live rooms that a worker carries."""
    return Room.objects.filter(phase=Phase.LIVE, worker__worker_id=worker_id).values_list("public_id", flat=True)


def connections_here() -> set[str]:
    """The connections on the rosters of all live rooms."""
    here = admitted(Participant.objects.filter(room__phase=Phase.LIVE))
    return set(here.values_list("connection", flat=True))
