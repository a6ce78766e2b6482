"""How many tasks the event loop of a web process or an audio worker has: what comes and goes leaves none behind."""

import asyncio

from prometheus_client import Gauge

TASKS = Gauge("mitalk_asyncio_tasks", "Tasks of the event loop")


def count_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Tell those of this loop, whenever somebody asks, from whichever thread."""
    TASKS.set_function(lambda: float(len(asyncio.all_tasks(loop))))
