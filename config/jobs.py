"""What is measured and noted of jobs. Counted in the worker's main process, whatever pool it has: its children end, and what
they counted would end with them."""

import logging.config
import time
from typing import Any

from celery import Task, signals
from celery.worker.request import Request
from django.conf import settings
from django.db import connections
from prometheus_client import REGISTRY
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from config.job_queue import SENT_AT
from config.runs import RUNS
from rooms.folders import own_disks
from rooms.seeing import disks, draining, metrics
from rooms.seeing.access import Access
from rooms.seeing.disk_metrics import DisksCollector
from rooms.seeing.logs import name_process
from rooms.seeing.port import open_port
from rooms.seeing.readiness import Readiness
from rooms.seeing.uncaught import log_what_nobody_catches

_REQUEST_ID = "mitalk_request_id"
_NEEDED = frozenset({"database", "jobs", "drain"})


class MeasuredRequest(Request):
    """A job on its way through a worker."""

    _accepted_at = 0.0

    def on_accepted(self, pid: int, time_accepted: float) -> None:
        """It begins."""
        self._accepted_at = time.monotonic()
        RUNS.begin(self.name, self.id, self._accepted_at)
        sent_at = self.request_dict.get(SENT_AT)
        if isinstance(sent_at, int | float):
            metrics.JOB_WAIT_SECONDS.observe(max(0.0, time.time() - sent_at))
        super().on_accepted(pid, time_accepted)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Celery derives a class of its own for each task, whose `on_success` calls nobody's: it is wrapped here."""
        super().__init_subclass__(**kwargs)
        ended = cls.on_success

        def on_success(self: "MeasuredRequest", outcome: tuple[Any, ...], **more: Any) -> Any:
            if not outcome[0]:  # failed ones come by, too, on their way to `on_failure`
                self._count("done")
            return ended(self, outcome, **more)

        cls.on_success = on_success

    def on_failure(self, exc_info: Any, *arguments: Any, **kwargs: Any) -> Any:
        """It failed, or whoever did it died."""
        self._count("failed")
        return super().on_failure(exc_info, *arguments, **kwargs)

    def on_timeout(self, soft: bool, timeout: float) -> Any:
        """It took too long."""
        if not soft:
            self._count("timed_out")
        return super().on_timeout(soft, timeout)

    def _count(self, outcome: str) -> None:
        RUNS.end(self.name, self.id)
        metrics.JOBS.labels(self.name, outcome).inc()
        if self._accepted_at:
            metrics.JOB_SECONDS.labels(self.name).observe(time.monotonic() - self._accepted_at)


class MeasuredTask(Task):
    """What every job is."""

    Request = "config.jobs:MeasuredRequest"
    Strategy = "config.runs:strategy"


@signals.setup_logging.connect
def _log_as_everything_else(**_: Any) -> None:
    """Celery leaves logging alone when somebody listens to this."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _note_when_and_for_whom(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[SENT_AT] = time.time()
        request_id = get_contextvars().get("request_id")
        if request_id:
            headers[_REQUEST_ID] = request_id


@signals.task_prerun.connect
def _bind(task_id: str = "", task: Any = None, **_: Any) -> None:
    if task.request.called_directly or task.request.is_eager:
        return
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name)
    request_id = getattr(task.request, _REQUEST_ID, None)
    if request_id:
        bind_contextvars(request_id=request_id)


@signals.celeryd_init.connect
def _begin_jobs(**_: Any) -> None:
    name_process("jobs")
    log_what_nobody_catches()


@signals.beat_init.connect
def _begin_clock(**_: Any) -> None:
    name_process("clock")
    log_what_nobody_catches()


@signals.worker_ready.connect
def _open_port(**_: Any) -> None:
    REGISTRY.register(DisksCollector(own_disks().look))
    access = Access.of(settings.MITALK_METRICS_TOKEN, settings.MITALK_METRICS_NETWORKS)
    open_port(settings.MITALK_METRICS_BIND, settings.MITALK_JOBS_METRICS_PORT, access, readiness)


@signals.worker_shutting_down.connect
def _drain(**_: Any) -> None:
    draining.begin()


def readiness() -> Readiness:
    """How the jobs are; a disk that cannot be written fails some of them only."""
    from rooms import selectors

    try:
        beats = bool(selectors.jobs_now())
        database, jobs = "ok", "ok" if beats else "silent"
    except Exception as error:
        database, jobs = type(error).__name__, "unknown"
    finally:
        connections.close_all()
    drain = "draining" if draining.is_draining() else "ok"
    disk = disks.said(own_disks().look())
    return Readiness({"database": database, "jobs": jobs, "disk": disk, "drain": drain}, _NEEDED)
