"""`/healthz`, `/readyz` and `/metrics` of a web process: answered before Django, so that no host name, no redirect to HTTPS
and no busy thread stands in the way of whoever looks after it."""

import asyncio
import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from config.readiness import get_examiner
from config.state import from_broker, from_database, from_disks
from rooms.audio.blocking import BlockingCalls
from rooms.seeing.access import Access
from rooms.seeing.readiness import OK, Readiness

logger = logging.getLogger(__name__)

_STATE_WITHIN_SECONDS = 4.0


class Probes:
    """Answers probes and passes on everything else."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._database = BlockingCalls("metrics-database")
        self._broker = BlockingCalls("metrics-broker")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        answer = {"/healthz": self._health, "/readyz": self._ready, "/metrics": self._metrics}.get(
            scope.get("path", "")
        )
        if scope["type"] != "http" or answer is None or scope["method"] not in ("GET", "HEAD"):
            await self._application(scope, receive, send)
            return
        status, kind, body = await answer(scope)
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _health(self, scope: dict[str, Any]) -> tuple[int, str, bytes]:
        """The process lives: its loop came round to this."""
        return 200, "text/plain", b"ok\n"

    async def _ready(self, scope: dict[str, Any]) -> tuple[int, str, bytes]:
        status, told = (await get_examiner().readiness()).answer
        return status, "application/json", json.dumps(told).encode()

    async def _metrics(self, scope: dict[str, Any]) -> tuple[int, str, bytes]:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not access().allows((scope.get("client") or ("",))[0], headers):
            return 404, "text/plain", b"not found\n"
        readiness, rows, jobs = await asyncio.gather(
            get_examiner().readiness(),
            _told(self._database, "database", from_database),
            _told(self._broker, "broker", from_broker),
        )
        state = CollectorRegistry(auto_describe=False)
        state.register(_Told([*_readiness_metrics(readiness), *rows, *jobs, *from_disks()]))
        return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY) + generate_latest(state)


async def _told(calls: BlockingCalls, part: str, ask: Callable[[], list[Metric]]) -> list[Metric]:
    """What a part tells; nothing while it is away: that is told by readiness."""
    try:
        return await calls.call(ask, within=_STATE_WITHIN_SECONDS)
    except Exception as error:
        logger.warning("metrics.part_unavailable", extra={"part": part, "error": type(error).__name__})
        return []


class _Told(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _readiness_metrics(readiness: Readiness) -> list[Metric]:
    up = GaugeMetricFamily("mitalk_part_up", "Whether a part of the installation is well", labels=["part"])
    for part, state in readiness.parts.items():
        up.add_metric([part], float(state == OK))
    return [up, GaugeMetricFamily("mitalk_ready", "Whether this web process is ready", float(readiness.is_ready))]


@cache
def access() -> Access:
    """Who may read metrics, by the settings."""
    return Access.of(settings.MITALK_METRICS_TOKEN, settings.MITALK_METRICS_NETWORKS)
