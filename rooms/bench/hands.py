"""Hands that go up one after another, and how long until the host's page shows each."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from rooms.bench.page import Page, PageRefused
from rooms.domain import messages

HANDS_A_SECOND = 5.0
SEEN_WITHIN_SECONDS = 5.0  # a hand that the host has not seen by then counts with so many
_UP_SECONDS = 0.5  # then the host lowers it, so that the queue stays short
_LINE = "We run this in production, and it is not what the data sheet says."


class Hands:
    """The queue, as the host's page and the script know it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []  # from sending `hand.raise` to `hand.raised` on the host's page
        self.refused = 0
        self._host: Page
        self._raised: dict[str, asyncio.Future[float]] = {}  # person → when the host saw it
        self._up: set[str] = set()  # on its way, up, or on its way down
        self._tasks: set[asyncio.Task[None]] = set()

    def watched_by(self, host: Page) -> None:
        """Whose page sees the hands, and lowers them. It must call `see`."""
        self._host = host

    def see(self, frame: dict[str, Any], now: float) -> None:
        """A frame came to the host's page."""
        if frame["type"] == messages.HandRaised.type:
            raised = self._raised.get(frame["data"]["hand"]["person"]["id"])
            if raised is not None and not raised.done():
                raised.set_result(now)

    def is_up(self, page: Page) -> bool:
        """Whether this person's hand is up, or on its way."""
        return page.person in self._up

    async def raise_some(self, people: Callable[[], Sequence[Page]]) -> None:
        """Raise hands of random people, until cancelled."""
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.5) / HANDS_A_SECOND)  # noqa: S311 - in step with nothing
            able = [page for page in people() if not self.is_up(page) and not page.ended_by_server]
            if able:
                page = random.choice(able)  # noqa: S311
                self._up.add(page.person)
                self._tasks.add(task := asyncio.create_task(self._raise_and_lower(page)))
                task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for those that are on their way, or up."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def close(self) -> None:
        """Wait for nothing."""
        for task in self._tasks:
            task.cancel()

    async def _raise_and_lower(self, page: Page) -> None:
        raised = self._raised[page.person] = asyncio.get_running_loop().create_future()
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(SEEN_WITHIN_SECONDS):
                await page.command(messages.HandRaise.type, line=_LINE)
                self.seconds.append(await raised - sent)
        except TimeoutError:
            self.seconds.append(SEEN_WITHIN_SECONDS)
        except PageRefused:
            self.refused += 1
        else:
            await asyncio.sleep(_UP_SECONDS)
            with contextlib.suppress(PageRefused, TimeoutError):
                await self._host.command(messages.HandLowerOther.type, person=page.person)
        del self._raised[page.person]
        self._up.discard(page.person)
