"""Clocks: of this machine, the database and Redis. Seats, reports and TURN credentials go by them."""

import ctypes
import time
from collections.abc import Callable, Iterator

import redis
from django.conf import settings
from django.db import connection

from config.doctor.finding import Finding, fail, ok, warn

_MOST_SECONDS = 1.0
_TIMEX_BYTES = 512  # struct timex has 208 on 64-bit Linux; zeroes ask and change nothing
_TIME_ERROR = 5
_MEND = "Run a time service (chrony, systemd-timesyncd) on both machines."


def examine() -> Iterator[Finding]:
    """See the module."""
    yield _kept_by_ntp()
    if connection.vendor == "postgresql":
        yield _apart("clock.database", "the database", _database_seconds)
    if settings.REDIS_URL:
        yield _apart("clock.redis", "Redis", _redis_seconds)


def _kept_by_ntp() -> Finding:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex"):
        return warn("clock.ntp", "this kernel does not say whether a time service keeps it", _MEND)
    state = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state < 0 or state == _TIME_ERROR:
        return warn("clock.ntp", "no time service keeps this machine's clock", _MEND)
    return ok("clock.ntp", "a time service keeps this machine's clock")


def _apart(id: str, whose: str, read: Callable[[], float]) -> Finding:
    before = time.time()
    theirs = read()
    ours = (before + time.time()) / 2
    apart = theirs - ours
    what = f"{whose} is {abs(apart):.1f} s {'ahead of' if apart > 0 else 'behind'} this machine"
    if abs(apart) > _MOST_SECONDS:
        return fail(id, what, _MEND)
    return ok(id, what)


def _database_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])


def _redis_seconds() -> float:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=5) as client:
        seconds, microseconds = client.time()
    return float(seconds) + float(microseconds) / 1e6
