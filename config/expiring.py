"""When tasks expire, told by the one time of all processes (accounts.clock): neither a clock of the clock's machine that is
behind nor one of the jobs' that is ahead keeps every task from being done."""

from contextlib import suppress
from datetime import datetime

from celery.worker.request import Request
from django.db import DatabaseError, close_old_connections

from accounts import clock


class RequestByOneClock(Request):
    """What a worker does with a task that came."""

    def maybe_expire(self) -> bool | None:
        """Whether it has expired; it is noted, then."""
        said: datetime | None = self.expires  # type: ignore[has-type]
        if said is None:
            return None
        agree()
        self.expires = said + clock.ahead()
        try:
            return super().maybe_expire()
        finally:
            self.expires = said


def agree() -> None:
    """Ask what time it is, from whatever thread."""
    close_old_connections()
    with suppress(DatabaseError):  # it is away: what was agreed on last holds
        clock.agree()
    close_old_connections()
