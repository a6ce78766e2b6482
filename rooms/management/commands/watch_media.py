"""`manage.py watch_media`: hold the rosters against the sound, for operators and tests: a line of JSON a look."""

import asyncio
import contextlib
import json
import secrets
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from rooms import media, selectors
from rooms.audio import wire
from rooms.bus import get_bus

_ANSWER_WITHIN_SECONDS = 0.5


@dataclass
class Difference:
    """Since when (monotonic seconds) something is on one side only."""

    _since: dict[str, float] = field(default_factory=dict)

    def look(self, one_sided: set[str], now: float) -> dict[str, float]:
        """For how many seconds each has been so."""
        self._since = {name: self._since.get(name, now) for name in one_sided}
        return {name: round(now - since, 2) for name, since in sorted(self._since.items())}


class Command(BaseCommand):
    """Asks every live audio worker who has sound, and the database who is there."""

    help = "Show who is in a room without sound, and who has sound without being in a room, and for how long."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long, how often."""
        parser.add_argument("--seconds", type=float, default=10.0, help="for how long to look (10)")
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two looks (0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look until the time is over."""
        asyncio.run(self._watch(options["seconds"], options["every"]))

    async def _watch(self, seconds: float, every: float) -> None:
        bus, topic = get_bus(), wire.web_topic(f"watch-{secrets.token_hex(6)}")
        self._answers: asyncio.Queue[wire.Message] = asyncio.Queue()
        await bus.start()
        await bus.subscribe(topic, lambda data: self._answers.put_nowait(wire.decode(data)))
        without_sound, without_place = Difference(), Difference()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                began = time.monotonic()
                workers, before = await sync_to_async(_read)()
                peers = await self._peers(workers, topic)
                _workers, after = await sync_to_async(_read)()
                self._say(peers, before & after, before | after, without_sound, without_place)
                await asyncio.sleep(max(0.0, began + every - time.monotonic()))
        finally:
            await bus.close()

    async def _peers(self, workers: list[str], topic: str) -> set[str]:
        """The connections that have sound; none of a worker that does not answer."""
        while not self._answers.empty():
            self._answers.get_nowait()
        for worker in workers:
            await media.ask_for_peers(worker, topic)
        found: dict[str, tuple[str, ...]] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
                while found.keys() != set(workers):
                    answer = await self._answers.get()
                    if isinstance(answer, wire.Peers):
                        found[answer.worker] = answer.connections
        return {connection for connections in found.values() for connection in connections}

    def _say(
        self,
        peers: set[str],
        surely_here: set[str],
        perhaps_here: set[str],
        without_sound: Difference,
        without_place: Difference,
    ) -> None:
        now = time.monotonic()
        line = {
            "places": len(surely_here),
            "peers": len(peers),
            "places_without_sound": without_sound.look(surely_here - peers, now),
            "sound_without_place": without_place.look(peers - perhaps_here, now),
        }
        self.stdout.write(json.dumps(line))
        self.stdout.flush()


def _read() -> tuple[list[str], set[str]]:
    close_old_connections()
    return list(selectors.live_workers().values_list("worker_id", flat=True)), selectors.connections_here()
