"""What waits for the jobs in their broker, a list in Redis or files under var/: how much, and for how long."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings

SENT_AT = "mitalk_sent_at"  # a header of every job: seconds since 1970, by the clock of whoever sent it
_WITHIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Jobs that nobody has taken yet."""

    length: int
    oldest_seconds: float  # 0 of none


def waiting() -> Waiting:
    """As it is now.

    Raises:
        redis.RedisError: Redis does not answer.
        OSError: the folder cannot be read.
    """
    return _in_redis(settings.REDIS_URL) if settings.REDIS_URL else _in_folder(_folder())


def _in_redis(url: str) -> Waiting:
    """The oldest is at the end that is taken from next."""
    name = current_app.conf.task_default_queue
    with redis.Redis.from_url(url, socket_timeout=_WITHIN_SECONDS, socket_connect_timeout=_WITHIN_SECONDS) as client:
        length, oldest = client.pipeline().llen(name).lindex(name, -1).execute()
    return Waiting(length, _age(_sent_at(oldest)) if oldest else 0.0)


def _sent_at(message: bytes) -> float | None:
    try:
        sent_at = json.loads(message)["headers"][SENT_AT]
    except (ValueError, LookupError, TypeError):
        return None  # another version's, or nobody's
    return float(sent_at) if isinstance(sent_at, int | float) else None


def _in_folder(folder: Path) -> Waiting:
    """A file is a job; whichever is taken meanwhile waits no more."""
    name = current_app.conf.task_default_queue
    written = []
    for path in folder.glob(f"*.{name}.msg"):
        try:
            written.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    return Waiting(len(written), _age(min(written, default=None)))


def _folder() -> Path:
    return Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])


def _age(since: float | None) -> float:
    return max(0.0, time.time() - since) if since is not None else 0.0
