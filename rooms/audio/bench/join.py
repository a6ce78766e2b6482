"""`bench join`: people come into a room where somebody talks. How long until they hear it, and what does each cost?

First one after another, each leaving once they hear; then all at once, as when a room opens. An audience that is there from
the beginning tells what it missed meanwhile. CPU is the server's, less what the room costs without joins. Times are from the
offer to the first packet of sound that was decrypted; the page's own work before the offer is not in them.
"""

import argparse
import asyncio
import time
from typing import Any

from rooms.audio.bench.churn import first_sound
from rooms.audio.bench.client import Client
from rooms.audio.bench.figures import milliseconds, percentile
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.testbed import Stretch, Testbed
from rooms.audio.bench.voice import buzz, packets, speak

_SETTLE_SECONDS = 2.0
_QUIET_SECONDS = 3.0  # in which nobody joins
_ROOM = "room"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--joins", type=int, default=100, help="one after another")
    parser.add_argument("--storm", type=int, default=100, help="all at once")
    parser.add_argument("--audience", type=int, default=20, help="who is there all the time")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: nobody joins.
    """
    if min(options["joins"], options["storm"], options["audience"]) < 1:
        raise NotMeasurable("It takes somebody who joins, both ways, and an audience.")
    return await measure(joins=options["joins"], storm=options["storm"], audience=options["audience"])


async def measure(*, joins: int, storm: int, audience: int) -> dict[str, Any]:
    """So many one after another, then so many at once, beside an audience."""
    voice = packets(buzz(10.0))
    async with Testbed(ServerLink()) as bed:
        speaker = bed.client(sends=True)
        listeners = [bed.client() for _ in range(audience)]
        await bed.join(speaker, _ROOM, speaks=True)
        await bed.join_all([(client, _ROOM) for client in listeners])
        bed.begin(speak(speaker, voice))
        await bed.settle(_SETTLE_SECONDS)
        quiet = await bed.measure(_QUIET_SECONDS)

        _listen(listeners)
        await bed.start()
        single = [await _visit(bed) for _ in range(joins)]
        singly = await bed.stretch()
        single_missed = _missed(listeners, "single")

        crowd = [bed.client() for _ in range(storm)]
        _listen(listeners)
        await bed.start()
        began = time.perf_counter()
        together = await asyncio.gather(*(_enter(bed, client) for client in crowd))
        storm_seconds = time.perf_counter() - began
        stormed = await bed.stretch()
        storm_missed = _missed(listeners, "storm")
    verdicts = [singly.verdict(), stormed.verdict()]
    reasons = dict.fromkeys(verdict["void_because"] for verdict in verdicts if verdict["void"])
    return {
        "audience": audience,
        "single_joins": joins,
        "single_sound_p50_ms": milliseconds(percentile(single, 50)),
        "single_sound_p95_ms": milliseconds(percentile(single, 95)),
        "single_cpu_ms_per_join": _cpu(singly, quiet, joins),
        "single_tick_late_p99_ms": singly.figures()["tick_late_p99_ms"],
        **single_missed,
        "storm_joins": storm,
        "storm_joins_per_s": round(storm / storm_seconds, 1),
        "storm_sound_p50_ms": milliseconds(percentile(together, 50)),
        "storm_sound_p95_ms": milliseconds(percentile(together, 95)),
        "storm_cpu_ms_per_join": _cpu(stormed, quiet, storm),
        "storm_tick_late_p99_ms": stormed.figures()["tick_late_p99_ms"],
        "storm_tick_late_max_ms": stormed.figures()["tick_late_max_ms"],
        **storm_missed,
        "storm_clients_core_percent": stormed.figures()["clients_core_percent"],
        "others_core_percent": singly.figures()["others_core_percent"],
        "void": bool(reasons),
        "void_because": "; ".join(reasons),
    }


async def _visit(bed: Testbed) -> float:
    client = bed.client()
    seconds = await _enter(bed, client)
    await bed.leave(client)
    return seconds


async def _enter(bed: Testbed, client: Client) -> float:
    await bed.join(client, _ROOM)
    return await first_sound(client)


def _listen(listeners: list[Client]) -> None:
    for client in listeners:
        client.ear.reset()


def _missed(listeners: list[Client], when: str) -> dict[str, Any]:
    return {
        f"{when}_packets_lost": sum(client.ear.lost for client in listeners),
        f"{when}_gap_max_ms": milliseconds(max(client.ear.longest_gap for client in listeners)),
    }


def _cpu(stretch: Stretch, quiet: Stretch, joins: int) -> float:
    """Milliseconds a join, over what the room costs anyway."""
    anyway = quiet.server.cpu_seconds / quiet.wall_seconds * stretch.wall_seconds
    return round(1_000 * (stretch.server.cpu_seconds - anyway) / joins, 2)
