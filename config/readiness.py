"""Whether this web process can serve people, part by part, as it is now: nothing here is remembered.

Without database, migrations, bus, or while it drains, a process is not ready: whoever came would be turned away. Without an
audio worker, jobs, or a disk that can be written it is degraded: pages and talk go on, and taking it out of service would
help nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rooms import selectors
from rooms.audio.blocking import BlockingCalls
from rooms.folders import own_disks
from rooms.hub import get_hub, start_live
from rooms.seeing import disks, draining
from rooms.seeing.readiness import OK, Readiness

logger = logging.getLogger(__name__)

WITHIN_SECONDS = 2.0
_NEEDED = frozenset({"database", "migrations", "bus", "drain"})


class Examiner:
    """Examines one part at a time in threads of its own, so that a database that hangs holds up nothing else. Whoever asks
    while somebody else's answer is on its way shares it."""

    def __init__(self) -> None:
        self._database = BlockingCalls("ready-database")
        self._redis = BlockingCalls("ready-redis")
        self._disks = BlockingCalls("ready-disks")
        self._examining: asyncio.Task[Readiness] | None = None
        self._joining: asyncio.Task[None] | None = None

    async def readiness(self) -> Readiness:
        """As it is now."""
        if self._examining is None or self._examining.done():
            self._examining = asyncio.create_task(self._examine())
        return await asyncio.shield(self._examining)

    async def _examine(self) -> Readiness:
        unknown = {"database": "no answer", "migrations": "unknown", "audio": "unknown", "jobs": "unknown"}
        rows, disk, bus = await asyncio.gather(
            _answer(self._database, database_parts, unknown),
            _answer(self._disks, disk_part, {"disk": "no answer"}),
            self._bus(),
        )
        drain = "draining" if draining.is_draining() else OK
        return Readiness({**rows, **disk, "bus": bus, "drain": drain}, _NEEDED)

    async def _bus(self) -> str:
        if not get_hub().is_live:
            if self._joining is None or self._joining.done():
                self._joining = asyncio.create_task(_join())
            return "not joined"
        if not settings.REDIS_URL:
            return OK
        answers = await _answer(self._redis, _redis_answers, {"redis": "no answer"})
        return answers["redis"]


async def _answer(calls: BlockingCalls, ask: Callable[[], dict[str, str]], otherwise: dict[str, str]) -> dict[str, str]:
    try:
        return await calls.call(ask, within=WITHIN_SECONDS)
    except Exception as error:
        logger.warning("ready.no_answer", extra={"part": next(iter(otherwise)), "error": type(error).__name__})
        return otherwise


async def _join() -> None:
    try:
        await start_live()
    except Exception:
        logger.exception("live.bus_unavailable")


def _redis_answers() -> dict[str, str]:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=WITHIN_SECONDS, socket_connect_timeout=WITHIN_SECONDS
    ) as client:
        client.ping()
    return {"redis": OK}


def database_parts() -> dict[str, str]:
    """What the database says of itself, of the audio workers and of the jobs.

    Raises:
        Exception: it cannot be asked.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if _missing_migrations():
            return {"database": OK, "migrations": "missing", "audio": "unknown", "jobs": "unknown"}
        return {
            "database": OK,
            "migrations": OK,
            "audio": OK if selectors.live_workers().exists() else "no worker",
            "jobs": OK if selectors.jobs_now() else "silent",
        }
    finally:
        connections.close_all()


def disk_part() -> dict[str, str]:
    """Whether what this process writes to can be written, by the last attempt."""
    return {"disk": disks.said(own_disks().look())}


def _missing_migrations() -> bool:
    return bool(_known_migrations() - set(MigrationRecorder(connection).applied_migrations()))


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Of this code, which does not change while it runs."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(loader.disk_migrations or ())


@cache
def get_examiner() -> Examiner:
    """This process's."""
    return Examiner()
