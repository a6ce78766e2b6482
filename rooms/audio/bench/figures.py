"""Small arithmetic of measurements, and where they run."""

import contextlib
import os
import resource
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many per cent do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def milliseconds(seconds: float) -> float:
    """Rounded to a tenth."""
    return round(1_000 * seconds, 1)


def cores() -> tuple[int, int]:
    """A core for the server and one for the clients; the same where there is but one."""
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


def pin_to(core: int) -> None:
    """Keep this process on one core."""
    os.sched_setaffinity(0, {core})


def allow_many_sockets() -> None:
    """Every client has a socket of its own: raise the limit as far as we may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
