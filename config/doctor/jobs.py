"""Jobs and clock: whether what is due later is done."""

from collections.abc import Iterator

from accounts import clock
from config.celery import app
from config.doctor.finding import Finding, fail, ok, warn
from config.job_queue import waiting
from rooms import selectors

_SILENT_AFTER_SECONDS = 35.0  # the clock sends every ten
_OLD_AFTER_SECONDS = 60.0  # what waits so long is mail that nobody gets
_WITHIN_SECONDS = 2.0


def examine() -> Iterator[Finding]:
    """See the module. Jobs can live without the clock; of the clock one hears by jobs alone."""
    answers = app.control.ping(timeout=_WITHIN_SECONDS)
    if answers:
        yield ok("jobs.alive", f"{len(answers)} answer")
    else:
        remedy = "Start celery -A config worker; look into its log."
        yield fail("jobs.alive", "no process carries jobs out: no mail, no sweeping, no deletion", remedy)
    yield _queue(alive=bool(answers))
    yield _clock(alive=bool(answers))


def _queue(*, alive: bool) -> Finding:
    found = waiting()
    what = f"{found.length} wait, the oldest for {found.oldest_seconds:.0f} s"
    if found.oldest_seconds < _OLD_AFTER_SECONDS:
        return ok("jobs.queue", what)
    remedy = (
        "Start one more celery -A config worker, or mend what its tasks wait for." if alive else "Start jobs first."
    )
    return warn("jobs.queue", what, remedy)


def _clock(*, alive: bool) -> Finding:
    clock.agree()
    beat = selectors.last_job_of_the_clock()
    silent = None if beat is None else (clock.now() - beat).total_seconds()
    if silent is not None and silent < _SILENT_AFTER_SECONDS:
        return ok("jobs.clock", f"sent something {max(0.0, silent):.0f} s ago")
    since = "never" if silent is None else f"{silent:.0f} s ago"
    remedy = "Start celery -A config beat, one in all; look into its log." if alive else "Start jobs first."
    return fail("jobs.clock", f"what it sent was last carried out: {since}", remedy)
