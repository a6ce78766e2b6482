"""What operators are shown of processes: who lives, how they fare, and what a listener costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet, Sum

from accounts import clock
from rooms.models import JobsProcess, WebProcess, WorkerMinute
from rooms.selectors.workers import live_workers, workers_with_load

JOBS_SILENT_AFTER = timedelta(seconds=45)  # they beat every ten
WEB_SILENT_AFTER = timedelta(seconds=10)  # one beats every two
_LATELY = timedelta(minutes=2)
_SHOWN_FOR = timedelta(days=1)  # after it was last heard of


@dataclass(frozen=True, slots=True)
class Used:
    """What listening took, over some time."""

    listener_hours: float
    cpu_seconds: float
    sent_bytes: int

    @property
    def cpu_seconds_an_hour(self) -> float | None:
        """Of CPU for one listener and hour; None when nobody listened."""
        return self.cpu_seconds / self.listener_hours if self.listener_hours else None

    @property
    def bytes_an_hour(self) -> float | None:
        """Sent to one listener in an hour; None when nobody listened."""
        return self.sent_bytes / self.listener_hours if self.listener_hours else None


@dataclass(frozen=True, slots=True)
class WorkerNow:
    """An audio worker, as it told last."""

    address: str
    process: str
    version: str
    started_at: datetime
    beat_at: datetime
    is_live: bool
    is_draining: bool
    is_retired: bool  # ended by itself
    rooms: int
    people: int
    cores: float  # in use
    lateness_ms: float  # 99 of 100 ticks began no later; -1: beyond measure
    ticks_skipped: int
    unfed_rooms: int  # mixed by another, and nothing comes from there
    is_deaf: bool  # nothing comes to it over the bus
    disk: str  # what of it cannot be written; mostly nothing
    used: Used  # in the last hour


def workers_now(now: datetime | None = None) -> list[WorkerNow]:
    """The audio workers that were heard of in the last day, by address."""
    now = now or clock.now()
    live = set(live_workers().values_list("pk", flat=True))  # by the clock that places rooms
    found = []
    for worker in workers_with_load().filter(beat_at__gte=now - _SHOWN_FOR):
        minutes = WorkerMinute.objects.filter(public_ip=worker.public_ip, udp_port=worker.udp_port)
        lately = list(minutes.filter(at__gte=now - _LATELY).order_by("at"))
        is_live = worker.pk in live
        found.append(
            WorkerNow(
                address=str(worker),
                process=worker.worker_id,
                version=str(worker.version),
                started_at=worker.started_at,
                beat_at=worker.beat_at,
                is_live=is_live,
                is_draining=worker.draining,
                is_retired=worker.retired,
                rooms=worker.load if is_live else 0,  # type: ignore[attr-defined]
                people=worker.people if is_live else 0,
                cores=_cores(lately) if is_live else 0.0,
                lateness_ms=max((minute.lateness_ms for minute in lately if minute.lateness_ms >= 0), default=0.0)
                if not any(minute.lateness_ms < 0 for minute in lately)
                else -1.0,
                ticks_skipped=sum(minute.ticks_skipped for minute in lately),
                unfed_rooms=worker.unfed_rooms if is_live else 0,
                is_deaf=worker.deaf and is_live,  # type: ignore[attr-defined]
                disk=worker.disk if is_live else "",
                used=_used(minutes.filter(at__gte=now - timedelta(hours=1))),
            )
        )
    return found


def used_lately(now: datetime | None = None) -> Used:
    """By all audio workers in the last hour."""
    return _used(WorkerMinute.objects.filter(at__gte=(now or clock.now()) - timedelta(hours=1)))


def webs_now(now: datetime | None = None) -> list[WebProcess]:
    """The web processes that live."""
    since = (now or clock.now()) - WEB_SILENT_AFTER
    return list(WebProcess.objects.filter(beat_at__gte=since).order_by("started_at"))


def jobs_now(now: datetime | None = None) -> list[JobsProcess]:
    """The processes that do jobs and live."""
    since = (now or clock.now()) - JOBS_SILENT_AFTER
    return list(JobsProcess.objects.filter(beat_at__gte=since).order_by("name"))


def last_job_of_the_clock() -> datetime | None:
    """When something that the clock sends every ten seconds was last done; None: never, as far as is known."""
    return JobsProcess.objects.aggregate(last=Max("beat_at"))["last"]


def _cores(minutes: list[WorkerMinute]) -> float:
    if not minutes:
        return 0.0
    seconds = (minutes[-1].written_at - minutes[0].at).total_seconds()
    return sum(minute.cpu_seconds for minute in minutes) / seconds if seconds > 0 else 0.0


def _used(minutes: QuerySet[WorkerMinute]) -> Used:
    sums = minutes.aggregate(peers=Sum("peer_seconds"), cpu=Sum("cpu_seconds"), sent=Sum("sent_bytes"))
    return Used((sums["peers"] or 0.0) / 3600, sums["cpu"] or 0.0, sums["sent"] or 0)
