"""What the clock sends is done once in a while, however much of it waits.

Jobs that come back after an hour find 1,800 copies of one sweep in the queue. Celery's own `expires` would drop them, but it
is written by the clock of one machine and read by that of another: where those are minutes apart, everything is dropped. So
each process of jobs goes by how long it is since it took the last one, and by no clock that anybody can set.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery.worker.strategy import default

from rooms.seeing import metrics

logger = logging.getLogger(__name__)

LEFT_OUT = "left_out"
_SENT_BY_THE_CLOCK = "celery_beat_task"  # beat's own header
_LEAST_SHARE = 0.5  # of the time between two runs: that one is late and the next is not is no reason to leave that out
_HELD_UP_SECONDS = 60.0  # at least; a run that goes on for longer holds up no other: its end may have been lost


class Runs:
    """Of each task of the clock: when a run was last taken, and which runs go on. Time is an argument."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}
        self._going_on: dict[str, dict[str, float]] = {}

    def take(self, task: str, every: float, now: float) -> bool:
        """Whether one more run is wanted; taken, if so. The next one comes after `every` seconds anyway."""
        going_on = self._going_on.get(task, {})
        if any(now - began < max(_HELD_UP_SECONDS, 2 * every) for began in list(going_on.values())):
            return False
        if now - self._taken.get(task, float("-inf")) < _LEAST_SHARE * every:
            return False
        self._taken[task] = now
        return True

    def begin(self, task: str, run: str, now: float) -> None:
        """A run begins."""
        self._going_on.setdefault(task, {})[run] = now

    def end(self, task: str, run: str) -> None:
        """It is over, however it went."""
        self._going_on.get(task, {}).pop(run, None)


RUNS = Runs()


def strategy(task: Any, app: Any, consumer: Any, **known: Any) -> Callable[..., None]:
    """How a worker receives a task (Celery's `Task.Strategy`)."""
    receive: Callable[..., None] = default(task, app, consumer, **known)
    every = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}.get(task.name)
    if every is None:
        return receive

    def receive_if_wanted(message: Any, body: Any, ack: Any, *more: Any, **named: Any) -> None:
        by_the_clock = message.headers.get(_SENT_BY_THE_CLOCK)
        if not by_the_clock or RUNS.take(task.name, every, time.monotonic()):
            receive(message, body, ack, *more, **named)
            return
        metrics.JOBS.labels(task.name, LEFT_OUT).inc()
        ack(logger, consumer.connection_errors)

    return receive_if_wanted
