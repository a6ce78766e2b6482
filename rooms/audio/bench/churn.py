"""People who join a room, stay for a moment and leave, at a steady rate."""

import asyncio
import itertools
import time
from typing import Any

from rooms.audio.bench.client import Client
from rooms.audio.bench.figures import milliseconds, percentile
from rooms.audio.bench.testbed import Testbed

_STAY_SECONDS = 3.0
_FIRST_SOUND_WITHIN_SECONDS = 5.0
_LOOK_SECONDS = 0.005


class Churn:
    """Those who come and go in one room."""

    def __init__(self, bed: Testbed, room: str) -> None:
        self._bed, self._room = bed, room
        self._visits: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.sound_seconds: list[float] = []  # from offer to first packet
        self.failures: list[str] = []

    async def run(self, a_second: float) -> None:
        """Let so many come a second until `end`, whether or not those before them are in."""
        began = time.perf_counter()
        try:
            for number in itertools.count(1):
                await asyncio.sleep(began + number / a_second - time.perf_counter())
                if self._stopping:
                    return
                visit = asyncio.create_task(self._visit())
                self._visits.add(visit)
                visit.add_done_callback(self._visits.discard)
        finally:
            if not self._stopping:
                for visit in self._visits:
                    visit.cancel()

    async def end(self) -> None:
        """Nobody comes any more, and who is here has left."""
        self._stopping = True
        while self._visits:
            await asyncio.gather(*self._visits)

    def forget(self) -> None:
        """What was counted until now."""
        self.sound_seconds.clear()
        self.failures.clear()

    def figures(self, wall_seconds: float) -> dict[str, Any]:
        """Of those who came since `forget`."""
        return {
            "joins": len(self.sound_seconds),
            "joins_per_s": round(len(self.sound_seconds) / wall_seconds, 1),
            "joins_failed": len(self.failures),
            "join_sound_p50_ms": milliseconds(percentile(self.sound_seconds, 50)),
            "join_sound_p95_ms": milliseconds(percentile(self.sound_seconds, 95)),
        }

    async def _visit(self) -> None:
        client = self._bed.client()
        try:
            await self._bed.join(client, self._room)
            self.sound_seconds.append(await first_sound(client))
        except (OSError, TimeoutError, RuntimeError) as failure:
            self.failures.append(repr(failure))
        await asyncio.sleep(_STAY_SECONDS)
        await self._bed.leave(client)


async def first_sound(client: Client) -> float:
    """Seconds from a client's offer to its first packet of sound.

    Raises:
        TimeoutError: none came.
    """
    async with asyncio.timeout(_FIRST_SOUND_WITHIN_SECONDS):
        while client.ear.first_at is None:  # noqa: ASYNC110 - what counts is the time that the packet came
            await asyncio.sleep(_LOOK_SECONDS)
    return client.ear.first_at - client.moments.began
