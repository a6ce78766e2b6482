"""Which processes were heard of, for whoever looks after the installation."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts import clock
from rooms.models import AudioWorker, RoomShare, WebProcess

_LATELY = timedelta(days=1)


def web_processes(within: timedelta, now: datetime | None = None) -> QuerySet[WebProcess]:
    """Those that carried sockets so lately."""
    return WebProcess.objects.filter(beat_at__gte=(now or clock.now()) - within).order_by("name")


def silent_workers(silent_for: timedelta, now: datetime | None = None) -> QuerySet[AudioWorker]:
    """Audio workers that were heard of within a day, and not for so long; none that ended because it was asked to."""
    moment = now or clock.now()
    lately = AudioWorker.objects.filter(beat_at__gte=moment - _LATELY, retired=False)
    return lately.filter(beat_at__lt=moment - silent_for).order_by("pk")


def homes_of_shares(worker: AudioWorker) -> QuerySet[AudioWorker]:
    """The workers that mix the rooms of which this one carries listeners."""
    rooms = RoomShare.objects.filter(worker=worker, ended_at=None).values("room")
    return AudioWorker.objects.filter(rooms__in=rooms).distinct().order_by("pk")
