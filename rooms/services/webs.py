"""Processes that carry sockets: of whom they carry one hears nothing while they are away."""

from datetime import datetime, timedelta

from accounts import clock
from rooms.domain.messages import ABSENT_AFTER_SECONDS
from rooms.models import WebProcess

SILENT_AFTER = timedelta(seconds=4.5)  # one beats every 2 s; sooner than who dropped is swept
_NEVER_AGAIN_AFTER = timedelta(minutes=5)  # nobody waits longer for a web that does not come back


def beat_web(name: str, now: datetime | None = None) -> None:
    """A process says that it lives. One that could not say so for a while begins again: the database was away, and whom it
    heard meanwhile could not be written down."""
    if now is None:
        clock.agree()
        now = clock.now()
    mine = WebProcess.objects.filter(name=name)
    if mine.filter(beat_at__gte=now - SILENT_AFTER).update(beat_at=now):
        return
    if not mine.update(started_at=now, beat_at=now):
        WebProcess.objects.filter(beat_at__lt=now - _NEVER_AGAIN_AFTER * 2).delete()
        WebProcess.objects.create(name=name, started_at=now, beat_at=now)


def silence_counts(now: datetime) -> bool:
    """Whether somebody of whom nothing was heard is gone: some process could have heard them for long enough. When the only
    one begins again, its people have as long to come back as anybody whose socket is lost."""
    processes = WebProcess.objects.filter(beat_at__gt=now - _NEVER_AGAIN_AFTER)
    if not processes.exists():
        return True
    up_long_enough = processes.filter(
        beat_at__gte=now - SILENT_AFTER, started_at__lte=now - timedelta(seconds=ABSENT_AFTER_SECONDS)
    )
    return up_long_enough.exists()
