"""Whether this process is about to end: it is not ready for anybody new, and finishes what it has."""

_draining = False


def begin() -> None:
    """From now on this process is not ready. Called by whoever drains it, on SIGTERM."""
    global _draining
    _draining = True


def is_draining() -> bool:
    """Whether it is."""
    return _draining


def end() -> None:
    """Ready again: for tests."""
    global _draining
    _draining = False
