"""What is forgotten of a room some time after it is over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.hooks import still_needed
from rooms.models import Participant


def forget_attendance(now: datetime | None = None) -> int:
    """Delete who was in rooms whose names are not kept, once nobody can report anything of them any more. Whoever a report is
    by or about stays for as long as somebody has to decide on it (rooms.hooks).

    Returns:
        How many people's places.
    """
    nameless = [mode for mode in Confidentiality if not may_be_kept(mode, Kept.NAMES)]
    now = now or timezone.now()
    over = now - timedelta(hours=settings.ATTENDANCE_HOURS)
    places = Participant.objects.filter(
        room__phase=Phase.ENDED, room__ended_at__lt=over, room__confidentiality__in=nameless
    )
    for needed in still_needed(now):
        places = places.exclude(pk__in=needed.places)
    _, by_model = places.delete()
    return by_model.get(Participant._meta.label, 0)
