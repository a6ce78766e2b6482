"""`manage.py doctor`: examines an installation from where it is run, and says what to do.

One file for each thing that is examined. None of them changes anything but a file of its own that it deletes again.
"""

import logging
from collections.abc import Iterable, Iterator

from config.doctor import (
    backups,
    certificates,
    clock,
    database,
    disk,
    jobs,
    limits,
    messages,
    processes,
    redis,
    site,
    turn,
    udp,
)
from config.doctor.finding import Examine, Finding, Verdict, fail

__all__ = ["THINGS", "Finding", "Verdict", "examine"]

logger = logging.getLogger(__name__)

THINGS: dict[str, Examine] = {  # in the order in which one would mend them
    "database": database.examine,
    "redis": redis.examine,
    "clock": clock.examine,
    "disk": disk.examine,
    "limits": limits.examine,
    "processes": processes.examine,
    "jobs": jobs.examine,
    "udp": udp.examine,
    "turn": turn.examine,
    "certificates": certificates.examine,
    "site": site.examine,
    "messages": messages.examine,
    "backups": backups.examine,
}


def examine(things: Iterable[str]) -> Iterator[Finding]:
    """What each of them is found to be; one that cannot be examined does not hide the others."""
    for thing in things:
        try:
            yield from THINGS[thing]()
        except Exception as error:  # whatever is broken here is what the doctor is for
            logger.debug("doctor.failed", exc_info=True)
            first = (str(error).splitlines() or [""])[0]
            what = f"could not be examined: {type(error).__name__}: {first}"
            yield fail(f"{thing}.unexamined", what, "Mend what failed above first, then run the doctor again.")
