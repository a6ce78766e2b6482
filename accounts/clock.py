"""One time for all processes: the database's.

The clocks of machines drift apart, and nobody may be swept off a roster, nor a claim be taken over, because of that. What one
process writes and another compares within seconds or minutes is told by `now`; a process that lives long calls `agree` again
and again. A process that never does goes by its own clock, as does everything on one machine.

Audio workers' rows are written and compared in the database itself (`Now()`): a worker is silent after three seconds, and
that is too close for what is agreed on every twenty, to half a second.

What is counted in days (sessions, invitations, claims) and what a library counts by itself (allauth's limits, and when
somebody showed last who they are) goes by each machine's own clock.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

AGREE_EVERY_SECONDS = 20.0
_LEAST = timedelta(seconds=0.5)  # closer than that clocks are one
_WORTH_SAYING = timedelta(seconds=2)


class _Agreed:
    ahead = timedelta()  # by how much our clock is ahead of the database's
    at: float | None = None  # monotonic


def now() -> datetime:
    """What time it is for all of us."""
    return timezone.now() - _Agreed.ahead


def ahead() -> timedelta:
    """By how much this machine's clock was ahead of the database's when last asked."""
    return _Agreed.ahead


def agree() -> None:
    """Ask the database what time it is, unless that was done lately.

    Raises:
        DatabaseError: it is away.
    """
    if connection.vendor == "sqlite":  # on this machine, by this clock
        return
    if _Agreed.at is not None and time.monotonic() - _Agreed.at < AGREE_EVERY_SECONDS:
        return
    _Agreed.at = time.monotonic()  # also when it fails: nobody waits for a database that is away again and again
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
        ours = before + (timezone.now() - before) / 2
    found = ours - theirs
    _Agreed.ahead = found if abs(found) > _LEAST else timedelta()
    if abs(found) > _WORTH_SAYING:
        logger.warning("clock.apart", extra={"seconds_ahead": round(found.total_seconds(), 1)})


def forget() -> None:
    """Go by one's own clock again."""
    _Agreed.ahead, _Agreed.at = timedelta(), None
