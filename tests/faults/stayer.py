"""Somebody who stays: connects again when the sound is elsewhere, and comes back when the socket is lost, as pages do."""

import asyncio
import dataclasses
import random
import time
from typing import Any

from websockets.exceptions import WebSocketException

from rooms.bench.page import PageRefused
from rooms.domain import messages
from tests.faults.visitor import AUDIBLE_DBFS, Visitor

_AGAIN_AFTER_SECONDS = 1.5  # pages wait as long after an offer that was refused
_BACK_AFTER_SECONDS = 0.4


class Stayer(Visitor):
    """See the module. `ports` are those of web processes: who loses a socket tries one after another, as behind a proxy."""

    ports: tuple[int, ...] = ()
    restarts = 0
    came_back = 0
    _epoch = 0
    _talks_at = 0
    _moving: asyncio.Task[None] | None = None
    _coming: asyncio.Task[None] | None = None

    async def offer(self, room: str, connection: str, sdp: str) -> str:
        """See Page; remembers which place answered."""
        answer = await self.command(messages.MediaOffer.type, sdp=sdp)
        self._epoch = max(self._epoch, answer["epoch"])
        return str(answer["sdp"])

    def talk(self, frequency: int) -> None:
        """See Visitor; goes on by another connection."""
        self._talks_at = frequency
        super().talk(frequency)

    def _note(self, frame: dict[str, Any], now: float) -> None:
        super()._note(frame, now)
        if frame["type"] != messages.MediaRestart.type:
            return
        data = frame["data"]
        if data["epoch"] and data["epoch"] <= self._epoch:
            return
        if self._moving is not None:
            self._moving.cancel()
        self._moving = asyncio.create_task(self._move(data["spread_ms"] / 1000))

    async def _move(self, within: float) -> None:
        await asyncio.sleep(random.random() * within)
        while True:
            try:
                self.ears.forget()
                await self.connect_again()
                self.restarts += 1
                if self._talks_at:
                    self.talk(self._talks_at)
            except (PageRefused, TimeoutError, OSError):
                await asyncio.sleep(_AGAIN_AFTER_SECONDS)
            else:
                return

    def _closed(self, closed: Any) -> None:
        super()._closed(closed)
        if not self._leaving and self.ports and (self._coming is None or self._coming.done()):
            self._coming = asyncio.create_task(self._come_back())

    async def _come_back(self) -> None:
        while True:
            for port in self.ports:
                address = f"ws://127.0.0.1:{port}/{self.door.address.split('/', 3)[3]}"
                try:
                    await self.come_back(dataclasses.replace(self.door, address=address))
                except (PageRefused, TimeoutError, OSError, WebSocketException):
                    await asyncio.sleep(_BACK_AFTER_SECONDS)
                else:
                    self.came_back += 1
                    return

    def close(self) -> None:
        """Be gone without a word."""
        super().close()
        for task in (self._moving, self._coming):
            if task is not None:
                task.cancel()


async def gaps(people: list[Stayer], frequency: int, since: float, *, within: float) -> list[float]:
    """Wait until each of them hears a tone by another connection than the first; the seconds from `since` (monotonic)."""
    found: dict[Stayer, float] = {}
    while len(found) < len(people):
        now = time.monotonic()
        for person in people:
            if person.restarts and person.ears.level_at(frequency) > AUDIBLE_DBFS:
                found.setdefault(person, now - since)
        assert now - since < within, f"{len(found)} of {len(people)} hear again within {within} s"
        await asyncio.sleep(0.01)
    return sorted(found.values())
