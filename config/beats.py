"""When clock and jobs were last seen to work: the clock sends a task every ten seconds, jobs note that it came."""

import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

_KEY = "mitalk.beat"
_KEPT_SECONDS = 7 * 24 * 3600


def note() -> None:
    """They worked just now."""
    if settings.REDIS_URL:
        cache.set(_KEY, time.time(), _KEPT_SECONDS)
    else:  # without Redis each process has a cache of its own, but all have one folder
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().touch()


def last() -> float | None:
    """When that was, in seconds since 1970; None: not in a week."""
    if settings.REDIS_URL:
        return cache.get(_KEY)
    try:
        return _file().stat().st_mtime
    except FileNotFoundError:
        return None


def _file() -> Path:
    return Path(settings.VAR_DIR) / "run" / "beat"
