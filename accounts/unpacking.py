"""Pictures that people sent take a hundred megabytes and more while they are unpacked, however small their files are: a few
at a time, whoever else waits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2  # in one process
_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def unpacking() -> Iterator[None]:
    """While a picture is open."""
    with _turns:
        yield
