"""`bench fanout`: one speaker, many listeners. What does a listener cost, and does anybody miss anything?"""

import argparse
import asyncio
import contextlib
import time
from typing import Any

from rooms.audio.bench.client import Client, Poller, join_all, keep_in_touch
from rooms.audio.bench.figures import allow_many_sockets, cores, pin_to
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.voice import buzz, packets, speak
from rooms.audio.core.clock import TICK_SECONDS
from rooms.audio.transport.dtls import certificate

_SETTLE_SECONDS = 2.0
_CLIENTS_SATURATED = 0.9  # of their core: then what they miss is their own fault
_MOST_WAITED = 0.05  # of the time: more, and others had the server's core
_LEAST_RECEIVED = 0.98  # of a packet a tick: less, and others had the speaker's


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name."""
    return await measure(listeners=options["listeners"], seconds=options["seconds"])


async def measure(*, listeners: int, seconds: float) -> dict[str, Any]:
    """One speaker and so many listeners for so many seconds, after a moment to settle."""
    _server_core, client_core = cores()
    allow_many_sockets()
    async with ServerLink() as link:
        pin_to(client_core)
        poller, identity = Poller(), certificate()
        speaker = Client(poller, identity, sends=True)
        audience = [Client(poller, identity) for _ in range(listeners)]
        everybody = [speaker, *audience]
        await link.ask("begin")
        joining = time.monotonic()
        await join_all(link, [(client, "room") for client in everybody])
        joined = await link.ask("report")
        join_seconds = time.monotonic() - joining
        await link.ask("allow", room="room", connection="client 0")
        background = [
            asyncio.create_task(speak(speaker, packets(buzz(10.0)))),
            asyncio.create_task(keep_in_touch(everybody)),
        ]
        await asyncio.sleep(_SETTLE_SECONDS)
        for client in audience:
            client.ear.reset()
        own_cpu = time.process_time()
        await link.ask("begin")
        await asyncio.sleep(seconds)
        server = await link.ask("report")
        own_cpu = time.process_time() - own_cpu
        for task in background:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        poller.close()
        for client in everybody:
            client.close()
    share = own_cpu / server["wall_seconds"]
    waited = server["waited_seconds"] / server["wall_seconds"]
    received = sum(client.ear.packets for client in audience)
    expected = listeners * server["wall_seconds"] / TICK_SECONDS
    return {
        "listeners": listeners,
        "seconds": round(server["wall_seconds"], 1),
        "cpu_ms_per_s_per_listener": round(1_000 * server["cpu_seconds"] / server["wall_seconds"] / listeners, 3),
        "server_core_percent": round(100 * server["cpu_seconds"] / server["wall_seconds"], 1),
        "tick_late_p50_ms": round(server["tick_late_p50_ms"], 2),
        "tick_late_p99_ms": round(server["tick_late_p99_ms"], 2),
        "tick_late_max_ms": round(server["tick_late_max_ms"], 2),
        "packets_received": received,
        "packets_lost": sum(client.ear.lost for client in audience),
        "packets_refused": sum(client.ear.refused for client in audience),
        "gap_max_ms": round(1_000 * max(client.ear.longest_gap for client in audience), 1),
        "rss_mb": round(server["rss_mb"], 1),
        "join_cpu_ms": round(1_000 * joined["cpu_seconds"] / len(everybody), 2),
        "joins_per_s": round(len(everybody) / join_seconds, 1),
        "join_tick_late_p99_ms": round(joined["tick_late_p99_ms"], 2),
        "clients_core_percent": round(100 * share, 1),
        "server_waited_percent": round(100 * waited, 1),
        "void": share > _CLIENTS_SATURATED or waited > _MOST_WAITED or received < _LEAST_RECEIVED * expected,
    }
