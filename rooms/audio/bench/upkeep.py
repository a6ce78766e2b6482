"""The signs of life of many clients, evenly over time: checks and receiver reports."""

import asyncio
import heapq
import itertools
import random
import time

from rooms.audio.bench.client import CHECK_SECONDS, REPORT_SECONDS, Client

_TURN_SECONDS = 0.01


class Upkeep:
    """Whoever is added checks and reports until removed."""

    def __init__(self) -> None:
        self._due: list[
            tuple[float, int, Client, bool]
        ] = []  # a heap: when, a number so that none are equal, who, report
        self._numbers = itertools.count()
        self._here: set[Client] = set()

    def add(self, client: Client) -> None:
        """A client that is connected."""
        self._here.add(client)
        for seconds, is_report in ((CHECK_SECONDS, False), (REPORT_SECONDS, True)):
            self._put(time.monotonic() + random.random() * seconds, client, is_report)  # noqa: S311 - in step with nobody

    def remove(self, client: Client) -> None:
        """A client that left."""
        self._here.discard(client)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_TURN_SECONDS)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                due, _number, client, is_report = heapq.heappop(self._due)
                if client not in self._here:
                    continue
                if is_report:
                    client.report()
                else:
                    client.check()
                self._put(due + (REPORT_SECONDS if is_report else CHECK_SECONDS), client, is_report)

    def _put(self, due: float, client: Client, is_report: bool) -> None:
        heapq.heappush(self._due, (due, next(self._numbers), client, is_report))
