"""The audio workers: which of them live, how much they carry, and what they are told of their rooms.

Times are compared with the database's clock, by which they were written: machines' clocks differ.
"""

from datetime import timedelta

from django.db.models import (
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Now

from rooms.audio import wire
from rooms.audio.echo import DEAF_AFTER_SECONDS
from rooms.domain.snapshot import Phase
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Participant, Room
from rooms.selectors.people import admitted

LATE_MS = 20  # a tick: a worker that is later all the time has more than it can do
DEAF_AFTER = timedelta(seconds=DEAF_AFTER_SECONDS)
# Workers notice within a second of each other that the bus is away: when the first is deaf, none seems to hear any more.
_HEARS_WITHIN = timedelta(seconds=2.5)
_LEAST_BURDENED = ("here", "load", "pk")  # by people, then by rooms
FULL_SHARE = 0.9  # of what it takes: the rest is for those who come to the rooms that it has


def live_workers() -> QuerySet[AudioWorker]:
    """The audio workers that were heard of lately, the least burdened first."""
    return _burdened(AudioWorker.objects.filter(retired=False, beat_at__gte=Now() - WORKER_SILENT_AFTER))


def accepting_workers() -> QuerySet[AudioWorker]:
    """The live ones that take a room now, best first: those that are late come last, for late is better than nowhere."""
    fit = live_workers().filter(~is_deaf(), draining=False, version=wire.VERSION)
    accepting = fit.filter(people__lt=F("most_people") * FULL_SHARE)
    late = Case(When(late_ms__gt=LATE_MS, then=1), default=0)
    return accepting.annotate(late=late).order_by("late", *_LEAST_BURDENED)


def workers_given_up() -> QuerySet[AudioWorker]:
    """Those whose rooms belong elsewhere: they ended or drain; or they were silent, or deaf, while another was heard of, and
    heard, the whole time. When all fell silent it was the database that was away, or whoever asks; when all are deaf it is
    Redis."""
    since = Now() - WORKER_SILENT_AFTER
    steady = AudioWorker.objects.filter(hears(), retired=False, beat_at__gte=since, steady_since__lte=since)
    gone = Q(retired=True) | Q(draining=True)
    if steady.exists():
        gone |= Q(beat_at__lt=since) | is_deaf()
    return AudioWorker.objects.filter(gone)


def hears() -> Q:
    """What they send to themselves over the bus came back just now; or they are of a version that does not say so, and what
    stands there is of somebody who was at their address before."""
    return Q(heard_at=None) | Q(heard_at__lt=F("started_at")) | Q(heard_at__gte=Now() - _HEARS_WITHIN)


def is_deaf() -> Q:
    """Nothing comes to them over the bus: nobody can ask them for sound."""
    return Q(heard_at__gte=F("started_at"), heard_at__lt=Now() - DEAF_AFTER)


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
    """With the live rooms of each, and the people who are in them: what it said itself is older. And whether it is deaf."""
    live = Q(rooms__phase=Phase.LIVE)
    at_home = Q(rooms__participants__left_at=None, rooms__participants__isnull=False, rooms__participants__share=None)
    return workers.annotate(
        deaf=Case(When(is_deaf(), then=True), default=False),
        load=Count("rooms", filter=live, distinct=True),
        here=Count("rooms__participants", filter=live & at_home, distinct=True) + _sharing(),
    ).order_by(*_LEAST_BURDENED)


def _sharing() -> Coalesce:
    """How many listeners each has of rooms that are mixed elsewhere. Not by a join: that would multiply with the other."""
    here = Participant.objects.filter(left_at=None, share__ended_at=None, share__worker=OuterRef("pk"))
    return Coalesce(Subquery(here.order_by().values("share__worker").annotate(n=Count("pk")).values("n")), 0)


def state_of_worker(worker: AudioWorker) -> str:
    """In one word; needs a row of `workers_with_load`."""
    silent = worker.age > WORKER_SILENT_AFTER  # type: ignore[attr-defined]
    found = {
        "ended": worker.retired,
        "silent": silent,
        "draining": worker.draining,
        "deaf": worker.deaf,  # type: ignore[attr-defined]
        "other_version": worker.version != wire.VERSION,
        "full": worker.people >= worker.most_people * FULL_SHARE,
        "late": worker.late_ms > LATE_MS,
    }
    return next((state for state, holds in found.items() if holds), "live")


def rooms_of_worker(worker_id: str) -> dict[str, int]:
    """The live rooms that a worker carries, by public id, and the epoch of each."""
    rooms = Room.objects.filter(phase=Phase.LIVE, worker__worker_id=worker_id)
    return dict(rooms.values_list("public_id", "media_epoch"))


def connections_here() -> set[str]:
    """The connections on the rosters of all live rooms."""
    here = admitted(Participant.objects.filter(room__phase=Phase.LIVE))
    return set(here.values_list("connection", flat=True))
