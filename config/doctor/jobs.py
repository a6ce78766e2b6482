"""Jobs and clock: whether what is due later is done."""

from collections.abc import Iterator

from accounts import clock
from config.celery import app
from config.doctor.finding import Finding, fail, ok
from rooms import selectors

_SILENT_AFTER_SECONDS = 35.0  # the clock sends every ten
_WITHIN_SECONDS = 2.0


def examine() -> Iterator[Finding]:
    """See the module. Jobs can live without the clock; of the clock one hears by jobs alone."""
    answers = app.control.ping(timeout=_WITHIN_SECONDS)
    if answers:
        yield ok("jobs.alive", f"{len(answers)} answer")
    else:
        remedy = "Start celery -A config worker; look into its log."
        yield fail("jobs.alive", "no process carries jobs out: no mail, no sweeping, no deletion", remedy)
    clock.agree()
    beat = selectors.last_job_of_the_clock()
    silent = None if beat is None else (clock.now() - beat).total_seconds()
    if silent is not None and silent < _SILENT_AFTER_SECONDS:
        yield ok("jobs.clock", f"sent something {max(0.0, silent):.0f} s ago")
        return
    since = "never" if silent is None else f"{silent:.0f} s ago"
    remedy = "Start celery -A config beat, one in all; look into its log." if answers else "Start jobs first."
    yield fail("jobs.clock", f"what it sent was last carried out: {since}", remedy)
