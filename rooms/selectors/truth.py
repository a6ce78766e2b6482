"""What an audio worker is told of its rooms: who is there, who may be heard, and with which other workers it shares them."""

from dataclasses import dataclass, field

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from rooms import limits
from rooms.audio.wire import Place, RoomTruth
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import Participant, RoomShare
from rooms.selectors.people import admitted


@dataclass(slots=True)
class _Known:
    """One room, while its rows are read."""

    version: int
    epoch: int
    present: set[str] = field(default_factory=set)
    expected: set[str] = field(default_factory=set)
    may_speak: set[str] = field(default_factory=set)
    home: Place | None = None
    shares: list[Place] = field(default_factory=list)


def audio_truth(worker_id: str) -> dict[str, RoomTruth]:
    """Who is in the live rooms of one worker and who may be heard there, in two queries, and one more for rooms that are
    mixed elsewhere. Whoever was suspended or signed out is not in it, and whoever staff silenced does not speak, whatever
    else went wrong. Rooms that were placed elsewhere are not.

    Somebody on stage may have a peer on two workers, while they go from one that shares the room to the one that mixes it.
    """
    known: dict[str, _Known] = {}
    shared = _read_shares(worker_id, known)
    on_stage = Q(position=Position.STAGE)
    mine = Q(share__worker__worker_id=worker_id, share__ended_at=None)
    at_home = Participant.objects.filter(Q(share=None) | on_stage | mine, room__worker__worker_id=worker_id)
    _read_people(at_home, worker_id, known)
    if shared:
        elsewhere = Participant.objects.filter(mine | on_stage, room__in=shared)
        _read_people(elsewhere, worker_id, known)
    return {
        room: RoomTruth(
            room=room,
            version=found.version,
            may_speak=frozenset(found.may_speak) if found.home is None else frozenset(),
            present=frozenset(found.present),
            epoch=found.epoch,
            expected=frozenset(found.expected),
            home=found.home,
            shares=tuple(found.shares),
        )
        for room, found in known.items()
    }


def _read_shares(worker_id: str, known: dict[str, _Known]) -> list[int]:
    """Note who shares our rooms, and which rooms are mixed elsewhere; the keys of these."""
    shares = RoomShare.objects.filter(
        Q(worker__worker_id=worker_id) | Q(room__worker__worker_id=worker_id),
        ended_at=None,
        room__phase=Phase.LIVE,
        room__worker__isnull=False,
    )
    mixed_elsewhere = []
    for share in shares.select_related("worker", "room__worker"):
        room, home = share.room, share.room.worker
        assert home is not None
        found = known.setdefault(room.public_id, _Known(room.version, room.media_epoch))
        if home.worker_id == share.worker.worker_id:
            continue  # the room came to where it was shared
        if home.worker_id == worker_id:
            found.shares.append(_place(share, share.worker.public_ip, share.worker.udp_port, share.worker.worker_id))
        else:
            found.home = _place(share, home.public_ip, home.udp_port, home.worker_id)
            mixed_elsewhere.append(room.pk)
    return mixed_elsewhere


def _place(share: RoomShare, ip: str, port: int, worker_id: str) -> Place:
    return Place(share.pk, ip, port, worker_id)


def _read_people(here: QuerySet[Participant], worker_id: str, known: dict[str, _Known]) -> None:
    rows = (
        admitted(here.filter(room__phase=Phase.LIVE))
        .annotate(silenced=_silenced())
        .values_list(
            "room__public_id",
            "room__version",
            "room__media_epoch",
            "room__frozen",
            "connection",
            "position",
            "muted",
            "silenced",
            "share",
            "share__worker__worker_id",
        )
        .order_by()
    )
    for room, version, epoch, frozen, connection, position, muted, silenced, share, worker in rows:
        found = known.setdefault(room, _Known(version, epoch))
        found.present.add(connection)
        if worker == worker_id or (share is None and found.home is None):
            found.expected.add(connection)
        if position == Position.STAGE and not muted and not frozen and not silenced:
            found.may_speak.add(connection)


def _silenced() -> ExpressionWrapper | Value:
    accounts = limits.silenced()
    if accounts is None:
        return Value(False, output_field=BooleanField())
    return ExpressionWrapper(Q(user__in=accounts), output_field=BooleanField())


def places_of(room_public_id: str, connections: list[str]) -> dict[str, tuple[str, int]]:
    """Of these connections those whose sound is on a worker that shares the room: which, and which share it is."""
    shared = Participant.objects.filter(
        room__public_id=room_public_id, connection__in=connections, left_at=None, share__isnull=False
    )
    rows = shared.values_list("connection", "share__worker__worker_id", "share")
    return {connection: (worker, share) for connection, worker, share in rows}


def shares_of(rooms: list[str]) -> set[int]:
    """The shares of these rooms that go on."""
    return set(RoomShare.objects.filter(room__public_id__in=rooms, ended_at=None).values_list("pk", flat=True))
