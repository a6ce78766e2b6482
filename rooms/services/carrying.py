"""What processes tell of themselves for operators: audio workers what they used, the jobs that they are done."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from accounts import clock
from rooms.audio.usage import Usage
from rooms.models import JobsProcess, WorkerMinute

MINUTES_KEPT = timedelta(days=30)
_JOBS_KEPT = timedelta(days=1)  # of processes that are no more


def record_usage(usage: Usage, *, public_ip: str, udp_port: int) -> None:
    """Add what an audio worker used to the minute that it is."""
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    lateness = usage.lateness * 1000 if usage.lateness >= 0 else -1.0
    with transaction.atomic():
        row, _made = WorkerMinute.objects.select_for_update().get_or_create(
            public_ip=public_ip, udp_port=udp_port, at=minute
        )
        WorkerMinute.objects.filter(pk=row.pk).update(
            written_at=now,
            rooms=usage.rooms,
            peers=usage.peers,
            peer_seconds=F("peer_seconds") + usage.peer_seconds,
            cpu_seconds=F("cpu_seconds") + usage.cpu_seconds,
            sent_bytes=F("sent_bytes") + usage.octets,
            ticks=F("ticks") + usage.ticks,
            ticks_skipped=F("ticks_skipped") + usage.skipped,
            lateness_ms=-1.0 if -1.0 in (lateness, row.lateness_ms) else max(lateness, row.lateness_ms),
        )


def forget_usage() -> int:
    """Delete what is kept no more.

    Returns:
        How many minutes.
    """
    now = clock.now()
    JobsProcess.objects.filter(beat_at__lt=now - _JOBS_KEPT).delete()
    return WorkerMinute.objects.filter(at__lt=now - MINUTES_KEPT).delete()[0]


def beat_jobs(name: str) -> None:
    """A process that does jobs is there."""
    now = clock.now()
    if not JobsProcess.objects.filter(name=name).update(beat_at=now):
        JobsProcess.objects.get_or_create(name=name, defaults={"started_at": now, "beat_at": now})
