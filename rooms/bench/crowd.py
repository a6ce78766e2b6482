"""The listeners: how they come in, and who comes and goes."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException

from rooms.bench.page import Page

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.4, 8.0  # before trying again, as pages do
_GIVE_UP_SECONDS = 60.0
_FAILURES = (OSError, WebSocketException)  # refusals and timeouts are of the first kind


@dataclass
class Crowd:
    """`quiet` ones listen and nothing else; `lively` ones raise their hands, leave, and are followed by others."""

    make_page: Callable[[str], Page]  # from a cookie
    outside: deque[str]  # the cookies of those who are not in
    quiet: list[Page] = field(default_factory=list)
    lively: list[Page] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)  # of every stay there was
    join_seconds: list[float] = field(
        default_factory=list
    )  # of every stay: from first opening a socket to having joined
    failures: list[str] = field(default_factory=list)  # of tries to enter or leave
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def arrive(self, number: int, a_second: float) -> None:
        """Let so many people come in, so many a second whether or not those before them are in already. Half of them will
        be quiet."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as arriving:
            for place in range(number):
                await asyncio.sleep(began + place / a_second - time.perf_counter())
                arriving.create_task(self._enter(self.lively if place % 2 else self.quiet))

    async def come_and_go(self, a_second: float, stays: Callable[[Page], bool]) -> None:
        """So often a second, one lively listener leaves and another comes in; until cancelled. Some must stay for now."""
        while a_second > 0:
            await asyncio.sleep(random.uniform(0.5, 1.5) / a_second)  # noqa: S311 - in step with nothing
            leaving = [page for page in self.lively if not stays(page)]
            if leaving and self.outside:
                page = random.choice(leaving)  # noqa: S311
                self.lively.remove(page)
                self._spawn(self._leave(page))
                self._spawn(self._enter(self.lively))

    def close(self) -> None:
        """Everybody is gone without a word."""
        for task in self._tasks:
            task.cancel()
        for page in self.pages:
            page.close()

    async def _enter(self, into: list[Page]) -> None:
        cookie, began, wait = self.outside.popleft(), time.perf_counter(), _FIRST_WAIT_SECONDS
        while time.perf_counter() - began < _GIVE_UP_SECONDS:
            page = self.make_page(cookie)
            self.pages.append(page)
            tried = time.perf_counter()
            try:
                seconds = await page.enter()
            except _FAILURES as failure:
                self.failures.append(f"{page.step}: {failure or type(failure).__name__}")
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            else:
                self.join_seconds.append(tried - began + seconds)
                into.append(page)
                return
        self.outside.append(cookie)

    async def _leave(self, page: Page) -> None:
        try:
            await page.leave()
        except _FAILURES as failure:
            self.failures.append(f"leaving: {failure or type(failure).__name__}")
        self.outside.append(page.door.cookie)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
