"""Reports, as they are made."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from moderation.models import Report
from moderation.services.evidence import want
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.messages import ReportCategory
from rooms.models import Participant, Room

MOST_REPORTS_AN_HOUR = 20  # by one member, wherever they are; by a guest in one room: each has sound sealed
_AN_HOUR = timedelta(hours=1)


@transaction.atomic
def take_report(
    *,
    room: Room,
    reporter: Participant,
    target: Participant | None,
    category: ReportCategory,
    line: str,
    message: str = "",
) -> None:
    """Keep a report with the moment it was made: how far into the room, and who was on stage, muted or not, and what the
    message says that it is about.

    Raises:
        Refused: `too_many_messages` for who reports without end.
    """
    now = timezone.now()
    theirs = Q(reporter=reporter) if reporter.user_id is None else Q(reporter__user=reporter.user_id)
    if Report.objects.filter(theirs, at__gt=now - _AN_HOUR).count() >= MOST_REPORTS_AN_HOUR:
        raise Refused(Code.TOO_MANY_MESSAGES)
    Report.objects.create(
        at=now,
        room=room,
        reporter=reporter,
        target=target,
        target_user=target.user if target else None,
        category=category.value,
        line=line,
        message=message,
        seconds_in=int((now - room.started_at).total_seconds()) if room.started_at else 0,
        stage=[{"person": person.public_id, "muted": person.muted} for person in selectors.on_stage(room)],
        evidence=want(room, now),
    )
