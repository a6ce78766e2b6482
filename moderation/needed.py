"""What must not be forgotten of a room yet: whoever decides on a report, or an appeal after it, has to see it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from moderation.models import NOT_DECIDED, Report
from rooms.hooks import Needed
from rooms.models import Participant, Room


def needed(now: datetime) -> Needed:
    """By and about whom something was reported that is not decided, or so lately that its evidence may be kept."""
    lately = now - timedelta(days=max(settings.MITALK_EVIDENCE_DAYS, settings.APPEAL_DAYS))
    open_case = Q(case__state__in=NOT_DECIDED) | Q(case__decided_at__gt=lately) | Q(case=None, at__gt=lately)
    reports = Report.objects.filter(open_case)
    return Needed(
        places=Participant.objects.filter(Q(reports_made__in=reports) | Q(reports_received__in=reports)).values("pk"),
        rooms=Room.objects.filter(reports__in=reports).values("pk"),
    )
