"""`bench soak`: hours of joins and leaves, on stage and off it. Does the server come back to where it was?

An audience and a talker stay all the time; others come and go at a rate, listeners and talkers. What the server holds is
counted when only those who stay are there: once after a first while of coming and going, which fills whatever is kept on
purpose, and once at the end. Memory, descriptors and threads are the kernel's count, tasks and objects Python's.
"""

import argparse
import asyncio
import itertools
from typing import Any

from rooms.audio.bench.churn import Churn
from rooms.audio.bench.client import Client
from rooms.audio.bench.figures import milliseconds
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.testbed import Stretch, Testbed
from rooms.audio.bench.voice import buzz, packets, speak

_WARM_UP_SHARE, _MOST_WARM_UP_SECONDS = 0.25, 600.0
_SETTLE_SECONDS = 2.0
_SAMPLE_SECONDS = 30.0
_TALK_SECONDS = 4.0
_ROOM = "room"
_HELD = ("rss_mb", "descriptors", "threads", "tasks", "objects")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--listeners", type=int, default=100, help="who stay")
    parser.add_argument("--joins-per-second", type=float, default=5.0, help="listeners who come, and leave again")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: nobody stays, or nobody comes.
    """
    minutes, listeners, joins = options["minutes"], options["listeners"], options["joins_per_second"]
    if listeners < 1 or joins <= 0 or minutes <= 0:
        raise NotMeasurable("It takes time, listeners, and joins.")
    link = ServerLink()
    async with Testbed(link) as bed:
        soak = _Soak(bed, link)
        await soak.fill(listeners)
        return await soak.measure(60 * minutes, joins)


class _Soak:
    """One run."""

    def __init__(self, bed: Testbed, link: ServerLink) -> None:
        self._bed, self._link = bed, link
        self._audience: list[Client] = []
        self._voice = packets(buzz(10.0))
        self._samples: list[dict[str, Any]] = []
        self._talks = 0

    async def fill(self, listeners: int) -> None:
        """Those who stay."""
        speaker = self._bed.client(sends=True)
        await self._bed.join(speaker, _ROOM, speaks=True)
        self._bed.begin(speak(speaker, self._voice))
        self._audience = [self._bed.client() for _ in range(listeners)]
        await self._bed.join_all([(client, _ROOM) for client in self._audience])
        await self._bed.settle(_SETTLE_SECONDS)

    async def measure(self, seconds: float, joins: float) -> dict[str, Any]:
        """Warm up, count, let people come and go for so long, count again."""
        await self._come_and_go(min(_MOST_WARM_UP_SECONDS, _WARM_UP_SHARE * seconds), joins)
        before = await self._held()
        self._samples.clear()
        self._talks = 0
        for client in self._audience:
            client.ear.reset()
        churn, stretches = await self._come_and_go(seconds, joins)
        lost = sum(client.ear.lost for client in self._audience)
        gap = max(client.ear.longest_gap for client in self._audience)
        after = await self._held()
        wall = sum(stretch.wall_seconds for stretch in stretches)
        growth = {name: round(100 * (after[name] / before[name] - 1), 1) for name in _HELD}
        reasons = dict.fromkeys(
            verdict["void_because"] for verdict in (stretch.verdict() for stretch in stretches) if verdict["void"]
        )
        return {
            "minutes": round(wall / 60, 2),
            "listeners": len(self._audience),
            **churn.figures(wall),
            "talkers_came_and_went": self._talks,
            "packets_lost": lost,
            "gap_max_ms": milliseconds(gap),
            "tick_late_p99_max_ms": max(stretch.figures()["tick_late_p99_ms"] for stretch in stretches),
            "tick_late_max_ms": max(stretch.figures()["tick_late_max_ms"] for stretch in stretches),
            "ticks_skipped": sum(stretch.figures()["ticks_skipped"] for stretch in stretches),
            "growth_max_percent": max(growth.values()),
            "void": bool(reasons),
            "void_because": "; ".join(reasons),
            "held": [
                {"what": name, "before": before[name], "after": after[name], "growth_percent": growth[name]}
                for name in _HELD
            ],
            "samples": self._samples,
        }

    async def _come_and_go(self, seconds: float, joins: float) -> tuple[Churn, list[Stretch]]:
        """Until all who came have left again."""
        churn = Churn(self._bed, _ROOM)
        coming = self._bed.begin(churn.run(joins))
        talking = self._bed.begin(self._talk())
        stretches = []
        left = seconds
        while left > 0:
            stretch = await self._bed.measure(min(_SAMPLE_SECONDS, left))
            left -= stretch.wall_seconds
            stretches.append(stretch)
            self._sample(stretch)
            _raise_failure(coming, talking)
        talking.cancel()
        await asyncio.wait([talking])
        await churn.end()
        await asyncio.sleep(_SETTLE_SECONDS)
        return churn, stretches

    def _sample(self, stretch: Stretch) -> None:
        at = stretch.wall_seconds + (self._samples[-1]["at_s"] if self._samples else 0.0)
        figures = stretch.figures()
        shown = ("rss_mb", "server_core_percent", "tick_late_p99_ms", "tick_late_max_ms")
        usage = {"descriptors": stretch.server.descriptors, "threads": stretch.server.threads}
        self._samples.append({"at_s": round(at, 1), **{name: figures[name] for name in shown}, **usage})

    async def _talk(self) -> None:
        """Somebody comes, talks for a moment, and leaves; over and over, until cancelled."""
        for number in itertools.count():
            speaker = self._bed.client(sends=True)
            await self._bed.join(speaker, _ROOM, speaks=True)
            talking = asyncio.create_task(speak(speaker, self._voice))
            try:
                await asyncio.sleep(_TALK_SECONDS)
            finally:
                talking.cancel()
                await self._bed.leave(speaker)
            self._talks = number + 1

    async def _held(self) -> dict[str, float]:
        """What the server holds now."""
        inside = await self._link.ask("count")
        usage = self._bed.target.usage()
        return {
            "rss_mb": round(usage.resident_mb, 1),
            "descriptors": usage.descriptors,
            "threads": usage.threads,
            "tasks": inside["tasks"],
            "objects": inside["objects"],
        }


def _raise_failure(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled():
            failure = task.exception()
            if failure is not None:
                raise failure
