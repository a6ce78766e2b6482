"""Two who work on the same rows at once, in an order that a test gives."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from django.db import connection, connections, transaction
from django.db.models import Model


class Workers:
    """Work in threads and connections of its own."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._started: list[Future] = []

    def start(self, work: Callable[[], object]) -> Future:
        def run() -> object:
            try:
                return work()
            finally:
                connections.close_all()

        self._started.append(self._pool.submit(run))
        return self._started[-1]

    def until_waiting(self, number: int) -> None:
        """Until so many wait for a row. SQLite has one lock for all that is written: there, one is done before the next."""
        if connection.vendor != "postgresql":
            wait(self._started, 30)
            return
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute(asked)
                if cursor.fetchone()[0] >= number:
                    return
            time.sleep(0.01)
        raise AssertionError("nobody waits")


@contextmanager
def held(row: Model) -> Iterator[None]:
    """Somebody else works on this row meanwhile; nobody does on SQLite, where they would keep everybody from everything."""
    if connection.vendor != "postgresql":
        yield
        return
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
                taken.set()
                done.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()
