"""Which processes were heard of, for whoever looks after the installation."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts import clock
from rooms.models import AudioWorker, WebProcess

_LATELY = timedelta(days=1)


def web_processes(within: timedelta, now: datetime | None = None) -> QuerySet[WebProcess]:
    """Those that carried sockets so lately."""
    return WebProcess.objects.filter(beat_at__gte=(now or clock.now()) - within).order_by("name")


def silent_workers(silent_for: timedelta, now: datetime | None = None) -> QuerySet[AudioWorker]:
    """Audio workers that were heard of within a day, and not for so long."""
    moment = now or clock.now()
    return AudioWorker.objects.filter(beat_at__gte=moment - _LATELY, beat_at__lt=moment - silent_for).order_by("pk")
