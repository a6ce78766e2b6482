"""The audio workers: which of them live, how much they carry, and what they are told of their rooms.

Times are compared with the database's clock, by which they were written: machines' clocks differ.
"""

from collections import defaultdict

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Now

from rooms import limits
from rooms.audio import wire
from rooms.audio.wire import RoomTruth
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Participant, Room
from rooms.selectors.people import admitted

LATE_MS = 20  # a tick: a worker that is so late all the time has more than it can do
_LEAST_BURDENED = ("here", "load", "pk")  # by people, then by rooms
FULL_SHARE = 0.9  # of what it takes: the rest is for those who come to the rooms that it has


def live_workers() -> QuerySet[AudioWorker]:
    """The audio workers that were heard of lately, the least burdened first."""
    return _burdened(AudioWorker.objects.filter(retired=False, beat_at__gte=Now() - WORKER_SILENT_AFTER))


def accepting_workers() -> QuerySet[AudioWorker]:
    """The live ones that take a room now, best first: those that are late come last, for late is better than nowhere."""
    accepting = live_workers().filter(draining=False, version=wire.VERSION, people__lt=F("most_people") * FULL_SHARE)
    late = Case(When(late_ms__gte=LATE_MS, then=1), default=0)
    return accepting.annotate(late=late).order_by("late", *_LEAST_BURDENED)


def workers_given_up() -> QuerySet[AudioWorker]:
    """Those whose rooms belong elsewhere: they ended or drain; or they were silent while another was heard of the whole time.
    When all fell silent it was the database that was away, or whoever asks."""
    since = Now() - WORKER_SILENT_AFTER
    steady = AudioWorker.objects.filter(retired=False, beat_at__gte=since, steady_since__lte=since)
    gone = Q(retired=True) | Q(draining=True)
    if steady.exists():
        gone |= Q(beat_at__lt=since)
    return AudioWorker.objects.filter(gone)


def stranded_rooms() -> QuerySet[Room]:
    """The live rooms of workers that were given up, those with the most people first."""
    here = Count("participants", filter=Q(participants__left_at=None))
    rooms = Room.objects.filter(phase=Phase.LIVE, worker__in=workers_given_up())
    return rooms.annotate(people=here).order_by("-people", "pk")


def workers_with_load() -> QuerySet[AudioWorker]:
    """Every worker that there is or lately was: `load` live rooms with `here` people in them, silent for `age`."""
    age = ExpressionWrapper(Now() - F("beat_at"), output_field=DurationField())
    return _burdened(AudioWorker.objects.all()).annotate(age=age).order_by("public_ip", "udp_port")


def _burdened(workers: QuerySet[AudioWorker]) -> QuerySet[AudioWorker]:
    """With the live rooms of each, and the people who are in them: what it said itself is older."""
    live = Q(rooms__phase=Phase.LIVE)
    here = live & Q(rooms__participants__left_at=None, rooms__participants__isnull=False)
    return workers.annotate(
        load=Count("rooms", filter=live, distinct=True),
        here=Count("rooms__participants", filter=here, distinct=True),
    ).order_by(*_LEAST_BURDENED)


def state_of_worker(worker: AudioWorker) -> str:
    """In one word; needs a row of `workers_with_load`."""
    silent = worker.age > WORKER_SILENT_AFTER  # type: ignore[attr-defined]
    found = {
        "ended": worker.retired,
        "silent": silent,
        "draining": worker.draining,
        "other_version": worker.version != wire.VERSION,
        "full": worker.people >= worker.most_people * FULL_SHARE,
        "late": worker.late_ms >= LATE_MS,
    }
    return next((state for state, holds in found.items() if holds), "live")


def audio_truth(worker_id: str) -> dict[str, RoomTruth]:
    """Who is in the live rooms of one worker and who may be heard there, in one query. Whoever was suspended or signed out
    is not in it, and whoever staff silenced does not speak, whatever else went wrong. Rooms that were placed elsewhere are
    not."""
    here = Participant.objects.filter(room__phase=Phase.LIVE, room__worker__worker_id=worker_id)
    rows = (
        admitted(here)
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
        )
        .order_by()
    )
    known: dict[str, tuple[int, int]] = {}
    present: dict[str, set[str]] = defaultdict(set)
    may_speak: dict[str, set[str]] = defaultdict(set)
    for room, version, epoch, frozen, connection, position, muted, silenced in rows:
        known[room] = version, epoch
        present[room].add(connection)
        if position == Position.STAGE and not muted and not frozen and not silenced:
            may_speak[room].add(connection)
    return {
        room: RoomTruth(room, version, frozenset(may_speak[room]), frozenset(present[room]), epoch)
        for room, (version, epoch) in known.items()
    }


def _silenced() -> ExpressionWrapper | Value:
    accounts = limits.silenced()
    if accounts is None:
        return Value(False, output_field=BooleanField())
    return ExpressionWrapper(Q(user__in=accounts), output_field=BooleanField())


def rooms_of_worker(worker_id: str) -> dict[str, int]:
    """The live rooms that a worker carries, by public id, and the epoch of each."""
    rooms = Room.objects.filter(phase=Phase.LIVE, worker__worker_id=worker_id)
    return dict(rooms.values_list("public_id", "media_epoch"))


def connections_here() -> set[str]:
    """The connections on the rosters of all live rooms."""
    here = admitted(Participant.objects.filter(room__phase=Phase.LIVE))
    return set(here.values_list("connection", flat=True))
