"""`bench speech`: what listening to stages costs, and whether ticks come later for it.

Talkers in one room say sentences over and over, first with nobody listening, then with a recogniser, in one run: the ratio of
both counts, not either figure. Only pocketsphinx is measured; it brings its model.
"""

import argparse
import json
import os
from typing import Any

from rooms.audio.bench import speech
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.server import LISTEN_FOR
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.testbed import Stretch, Testbed
from rooms.audio.bench.usage import Usage, usage
from rooms.audio.bench.voice import packets, speak
from rooms.audio.core.clock import TICK_SECONDS
from rooms.audio.speech.engines import missing

_SETTLE_SECONDS = 5.0
_ENGINE = "pocketsphinx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--talkers", type=int, default=2)
    parser.add_argument("--listeners", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--budget", type=int, default=50, help="of a core that the recogniser may use, in percent")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: espeak-ng or pocketsphinx is not here, or nobody talks.
    """
    for wrong, remedy in missing(_ENGINE, {"en": ""}):
        raise NotMeasurable(f"{wrong} {remedy}")
    if not 1 <= options["talkers"] <= speech.MOST_PASSAGES:
        raise NotMeasurable(f"1 to {speech.MOST_PASSAGES} can talk.")
    talkers, listeners, seconds = options["talkers"], options["listeners"], options["seconds"]
    without, _nothing, _load = await _measure(talkers, listeners, seconds, None)
    with_it, recogniser, load = await _measure(talkers, listeners, seconds, options["budget"])
    late, late_without = with_it.inside["tick_late_p99_ms"], without.inside["tick_late_p99_ms"]
    return {
        "talkers": talkers,
        "listeners": listeners,
        "seconds": round(seconds, 1),
        "recogniser_core_percent": round(100 * recogniser.cpu_seconds / with_it.wall_seconds, 1),
        "speech_listened_seconds": load["listened"],
        "speech_left_out_seconds": load["left_out"],
        "cpu_seconds_per_second_of_speech": round(recogniser.cpu_seconds / load["listened"], 3)
        if load["listened"]
        else 0,
        "tick_late_p99_ms_without": round(late_without, 2),
        "tick_late_p99_ms_with": round(late, 2),
        "tick_late_p99_ratio": round(late / late_without, 2) if late_without else 0,
        "ticks_skipped_without": without.figures()["ticks_skipped"],
        "ticks_skipped_with": with_it.figures()["ticks_skipped"],
        **_verdict(without, with_it),
    }


def _verdict(without: Stretch, with_it: Stretch) -> dict[str, Any]:
    """Void if either is; that the recogniser uses the server's core is what is measured."""
    verdicts = {"without": without.verdict(), "with": with_it.verdict()}
    because = [f"{name}: {each['void_because']}" for name, each in verdicts.items() if each["void"]]
    return {"void": bool(because), "void_because": "; ".join(because)}


async def _measure(
    talkers: int, listeners: int, seconds: float, budget: int | None
) -> tuple[Stretch, Usage, dict[str, float]]:
    """A stretch of talk, and what the recogniser used and did in it."""
    voices = [packets(passage.sound) for passage in speech.script(talkers, warm_up=1.0).passages]
    os.environ.pop(LISTEN_FOR, None)
    if budget is not None:
        os.environ[LISTEN_FOR] = json.dumps({"engine": _ENGINE, "budget": budget, "phrases": ["send me your passport"]})
    try:
        link = ServerLink()
        async with Testbed(link) as bed:
            clients = [bed.client(sends=True) for _ in range(talkers)]
            audience = [bed.client() for _ in range(listeners)]
            await bed.join_all(((client, "room") for client in clients), speak=True)
            await bed.join_all((client, "room") for client in audience)
            for number, (client, voice) in enumerate(zip(clients, voices, strict=True)):
                bed.begin(speak(client, [*voice, *[b""] * 50], after=TICK_SECONDS * number / talkers))
            await bed.settle(_SETTLE_SECONDS)
            before = await link.ask("listening")
            used = usage(before["pid"]) if before["pid"] else Usage()
            stretch = await bed.measure(seconds)
            after = await link.ask("listening")
            recogniser = usage(after["pid"]).since(used) if after["pid"] else Usage()
    finally:
        os.environ.pop(LISTEN_FOR, None)
    return stretch, recogniser, {name: round(after[name] - before[name], 1) for name in ("listened", "left_out")}
