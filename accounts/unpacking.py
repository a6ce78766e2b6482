"""Pictures that people sent take a hundred megabytes and more while they are unpacked, however small their files are: a few
at a time, whoever else waits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2  # in one process
MOST_WAIT_SECONDS = 20.0  # a thread and what was sent wait too
_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others have every turn, for too long."""


@contextmanager
def unpacking() -> Iterator[None]:
    """While a picture is open.

    Raises:
        Busy: it is nobody's turn to come for a while.
    """
    if not _turns.acquire(timeout=MOST_WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
