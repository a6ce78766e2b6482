"""`bench latency`: how much later does a listener's packet leave than the speaker's packet with the same sound came in?

Each of several rooms has a speaker who sends a short beep every half second into a soft noise, and a listener who decodes.
The time from sending a beep's first packet to receiving the first that carries it is what the server adds, but for two hops
of the loopback. Speakers begin at different times of the server's tick, since that is a part of the wait.
"""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rooms.audio.bench.figures import percentile
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.testbed import Testbed
from rooms.audio.bench.voice import packets, speak
from rooms.audio.codec import Decoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.levels import level_dbov

_SETTLE_SECONDS = 3.0
_PERIOD_TICKS = 25
_BEEP_TICKS = 3
_BEEP_ABOVE_DBOV = -35.0
_LONGEST_SECONDS = 0.4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--rooms", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)


def _beep() -> NDArray[np.float32]:
    times = np.arange(_PERIOD_TICKS * TICK_SAMPLES) / SAMPLE_RATE
    sound = np.random.default_rng(0).standard_normal(len(times)) * 0.002
    beeping = slice(0, _BEEP_TICKS * TICK_SAMPLES)
    sound[beeping] += 0.4 * np.sin(2 * np.pi * 700 * times[beeping])
    return sound.astype(np.float32)


class Stopwatch:
    """One room: when each beep was sent, and how long after it was heard."""

    def __init__(self) -> None:
        self.delays: list[float] = []  # seconds
        self._decoder = Decoder()
        self._sent_at: float | None = None

    def sent(self, place: int, now: float) -> None:
        """A packet went out; the first of the voice begins the beep."""
        if place % _PERIOD_TICKS == 0:
            self._sent_at = now

    def heard(self, payload: bytes, now: float) -> None:
        """A packet came in."""
        loud = level_dbov(self._decoder.decode(payload)) > _BEEP_ABOVE_DBOV
        if loud and self._sent_at is not None:
            delay, self._sent_at = now - self._sent_at, None
            if delay < _LONGEST_SECONDS:
                self.delays.append(delay)


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name."""
    return await measure(rooms=options["rooms"], seconds=options["seconds"])


async def measure(*, rooms: int, seconds: float) -> dict[str, Any]:
    """So many rooms for so many seconds, after a moment to settle."""
    voice, watches = packets(np.tile(_beep(), 4)), [Stopwatch() for _ in range(rooms)]
    async with Testbed(ServerLink()) as bed:
        speakers = [bed.client(sends=True) for _ in range(rooms)]
        listeners = [bed.client() for _ in range(rooms)]
        await bed.join_all([(client, f"room {number}") for number, client in enumerate(speakers)], speak=True)
        await bed.join_all([(client, f"room {number}") for number, client in enumerate(listeners)])
        for number, (speaker, listener, watch) in enumerate(zip(speakers, listeners, watches, strict=True)):
            listener.on_sound = watch.heard
            bed.begin(speak(speaker, voice, after=number * TICK_SECONDS / rooms, sent=watch.sent))
        await bed.settle(_SETTLE_SECONDS)
        for watch in watches:
            watch.delays.clear()
        stretch = await bed.measure(seconds)
    delays = [1_000 * delay for watch in watches for delay in watch.delays]
    return {
        "rooms": rooms,
        "seconds": round(stretch.wall_seconds, 1),
        "beeps": len(delays),
        "beeps_missed": max(0, round(rooms * seconds / (_PERIOD_TICKS * TICK_SECONDS)) - len(delays)),
        "added_p50_ms": round(percentile(delays, 50), 1),
        "added_p99_ms": round(percentile(delays, 99), 1),
        "added_max_ms": round(max(delays, default=0.0), 1),
        **stretch.figures(),
        **stretch.verdict(),
    }
