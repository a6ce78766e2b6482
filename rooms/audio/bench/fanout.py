"""`bench fanout`: few speakers, many listeners. What does a listener cost, and does anybody miss anything?

With `--joins-per-second` people join, stay for a moment and leave while it measures, and the figures tell what those who were
there before missed meanwhile. With `--peer` the same clients measure another server right after ours.
"""

import argparse
import time
from typing import Any

from rooms.audio.bench.churn import Churn
from rooms.audio.bench.figures import milliseconds
from rooms.audio.bench.janus import PLUGINS, Janus
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.target import NotMeasurable, Target
from rooms.audio.bench.testbed import Testbed
from rooms.audio.bench.voice import buzz, packets, speak
from rooms.audio.core.clock import TICK_SECONDS

_SETTLE_SECONDS = 2.0
_ROOM = "room"
_COMPARED = ("cpu_ms_per_s_per_listener", "server_core_percent", "join_cpu_ms", "rss_mb")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--talkers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--joins-per-second", type=float, default=0.0, help="who join and leave again meanwhile")
    parser.add_argument(
        "--peer", action="append", default=[], choices=PLUGINS, help="measure this too, after ours (may be repeated)"
    )


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name. Those of peers are under the peer's name, and how many times ours they are under its
    name with `_ratio`.

    Raises:
        NotMeasurable: a peer is not installed, or there is nobody to measure.
    """
    listeners, talkers, peers = options["listeners"], options["talkers"], options["peer"]
    if listeners < 1 or talkers < 1:
        raise NotMeasurable("It takes a listener and a talker.")
    targets = [Janus(peer, talkers=talkers) for peer in peers]  # before anything runs: they may be missing
    how = {
        "listeners": listeners,
        "talkers": talkers,
        "seconds": options["seconds"],
        "joins": options["joins_per_second"],
    }
    figures = await measure(ServerLink(), **how)
    for target in targets:
        theirs = await measure(target, **how)
        ratios = {name: round(theirs[name] / figures[name], 2) for name in _COMPARED if figures[name]}
        figures |= {target.name: theirs, f"{target.name}_ratio": ratios}
    return figures


async def measure(target: Target, *, listeners: int, talkers: int, seconds: float, joins: float) -> dict[str, Any]:
    """So many listeners and talkers for so many seconds, after a moment to settle, and so many joins a second."""
    voices = [packets(buzz(10.0, pitch=120 + 30 * number)) for number in range(talkers)]
    async with Testbed(target) as bed:
        speakers = [bed.client(sends=True) for _ in range(talkers)]
        audience = [bed.client() for _ in range(listeners)]
        await bed.start()
        joining = time.monotonic()
        mouths = await bed.join_all([(speaker, _ROOM) for speaker in speakers], speak=True)
        await bed.join_all([(listener, _ROOM) for listener in audience])
        join_seconds = time.monotonic() - joining
        joined = await bed.stretch()
        for number, (mouth, voice) in enumerate(zip(mouths, voices, strict=True)):
            bed.begin(speak(mouth, voice, after=number * TICK_SECONDS / talkers))
        churn = Churn(bed, _ROOM)
        if joins:
            bed.begin(churn.run(joins))
        await bed.settle(_SETTLE_SECONDS)
        churn.forget()
        for client in audience:
            client.ear.reset()
        stretch = await bed.measure(seconds)
        received = sum(client.ear.packets for client in audience)
        lost = sum(client.ear.lost for client in audience)
        gap = max(client.ear.longest_gap for client in audience)
        refused = sum(client.ear.refused for client in audience)
        arrivals = churn.figures(stretch.wall_seconds) if joins else {}
        await churn.end()
    return {
        "server": target.name,
        "listeners": listeners,
        "talkers": talkers,
        "seconds": round(stretch.wall_seconds, 1),
        "cpu_ms_per_s_per_listener": round(1_000 * stretch.server.cpu_seconds / stretch.wall_seconds / listeners, 3),
        "packets_received": received,
        "packets_lost": lost,
        "packets_refused": refused,
        "gap_max_ms": milliseconds(gap),
        **stretch.figures(),
        **arrivals,
        "join_cpu_ms": round(1_000 * joined.server.cpu_seconds / (listeners + talkers), 2),
        "join_all_per_s": round((listeners + talkers) / join_seconds, 1),
        "join_all_tick_late_p99_ms": joined.figures().get("tick_late_p99_ms"),
        **stretch.verdict(received=received, streams=listeners),
    }
