"""`bench room`: a whole room. How soon does the host see a raised hand, and what does a listener cost the web process?

Web, audio, jobs and clock are real processes on one core; the people are scripted pages with real sound on another. They
come in at a steady pace. Then half of them only listen, while the other half raise hands, which the host lowers, and come
and go.
"""

import argparse
import asyncio
import gc
import json
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError

from rooms.audio.bench.client import Client, Poller
from rooms.audio.bench.figures import allow_many_sockets, cores, percentile
from rooms.audio.bench.voice import buzz, packets, speak
from rooms.audio.transport.dtls import certificate
from rooms.bench.crowd import Crowd
from rooms.bench.hands import Hands
from rooms.bench.page import Door, Page
from rooms.bench.server import Server
from rooms.bench.usage import Usage
from rooms.domain import messages

_SETTLE_SECONDS = 6.0  # the faces of a large audience are told every five
_CLIENTS_SATURATED = 0.9  # of their core: then what is late is their own fault
_SPARE_SECONDS = 4.0  # of coming and going: so many more people there are than places
_LEAST_LISTENERS = 2  # one who only listens, and one who raises a hand
_MOST_SAID = 10
_PROCESSES = {"web": ("run_web",), "audio": ("run_audio",), "jobs": ("config worker", "config beat")}

Figures = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--listeners", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--arrivals", type=float, default=50.0, help="people who come in a second, until all are there")
    parser.add_argument("--churn", type=float, default=5.0, help="people who leave a second, and as many who come")
    parser.add_argument("--talk", action="store_true", help="the host speaks")


async def run(options: dict[str, Any]) -> Figures:
    """Measure; the figures by name.

    Raises:
        CommandError: it could not be measured; with what the server said last.
    """
    listeners, arrivals, churn = options["listeners"], options["arrivals"], options["churn"]
    if listeners < _LEAST_LISTENERS or arrivals <= 0:
        raise CommandError(f"It takes {_LEAST_LISTENERS} listeners or more, and that they arrive.")
    measuring = asyncio.current_task()
    assert measuring is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, measuring.cancel)  # so that the server ends with us
    server_core, clients_core = cores()
    allow_many_sockets()
    async with Server(core=server_core, clients_core=clients_core) as server:
        try:
            people = 1 + listeners + round(churn * _SPARE_SECONDS)
            made = json.loads(await server.manage("make_bench_people", str(people)))
            await server.start()
            room = _Room(server, made)
            try:
                return await room.measure(
                    listeners=listeners,
                    seconds=options["seconds"],
                    arrivals=arrivals,
                    churn=churn,
                    talk=options["talk"],
                )
            finally:
                room.close()
        except asyncio.CancelledError as stopped:
            raise CommandError("Stopped.") from stopped
        except Exception as error:
            said = server.last_words()
            what = str(error) or type(error).__name__
            raise CommandError(f"{what}\nThe server said last:\n{said}" if said else what) from error


class _Room:
    """The host, the crowd, and what they do while the server is watched."""

    def __init__(self, server: Server, made: dict[str, Any]) -> None:
        self._server = server
        self._address = f"ws://127.0.0.1:{server.port}/ws/rooms/{made['room']}/"
        self._poller, self._certificate = Poller(), certificate()
        self._hands = Hands()
        self._host = Page(
            self._door(made["host_cookie"]),
            Client(self._poller, self._certificate, sends=True),
            on_event=self._hands.see,
        )
        self._hands.watched_by(self._host)
        self._crowd = Crowd(self._listener, deque(made["cookies"]))
        self._background: list[asyncio.Task[None]] = []

    async def measure(self, *, listeners: int, seconds: float, arrivals: float, churn: float, talk: bool) -> Figures:
        """So many listeners for so many seconds, after all have come in and a moment has passed."""
        crowd, hands = self._crowd, self._hands
        await self._host.enter()
        if talk:
            await self._host.command(messages.Unmute.type)
            self._begin(speak(self._host.media, packets(buzz(10.0))))
        arrival = await self._arrival(listeners, arrivals)
        if not crowd.quiet or not crowd.lively:
            raise RuntimeError(f"too few came in: {len(crowd.quiet) + len(crowd.lively)}")
        gc.collect()
        gc.freeze()  # a collection among all these pages would look like a delay of the server's
        self._begin(crowd.come_and_go(churn, hands.is_up))
        self._begin(hands.raise_some(lambda: crowd.lively))
        await asyncio.sleep(_SETTLE_SECONDS)
        stay = await self._stay(seconds)
        if self._host.ended_by_server:
            raise RuntimeError(f"nobody saw the hands: the host's page was closed, {self._host.ended_by_server}")
        await self._end()
        await hands.finish()
        pages = self._pages()
        return {
            **stay,
            "hands": len(hands.seconds),
            "hands_refused": hands.refused,
            **_delays("hand", hands.seconds),
            **arrival,
            "unexpected_closes": sum(bool(page.ended_by_server) for page in pages),
            "failed_tries": len(crowd.failures),
            "gaps": sum(page.gaps for page in pages),
            "media_lost": sum(page.media_lost for page in pages),
            "void": max(stay["clients_core_percent"], arrival["join_clients_core_percent"]) > 100 * _CLIENTS_SATURATED,
        }

    def close(self) -> None:
        """Everybody is gone; what went wrong is said."""
        for task in self._background:
            task.cancel()
        wrong = Counter(self._crowd.failures)
        wrong.update(f"closed by the server: {page.ended_by_server}" for page in self._pages() if page.ended_by_server)
        for what, times in wrong.most_common(_MOST_SAID):
            sys.stderr.write(f"{times} × {what}\n")
        self._hands.close()
        self._crowd.close()
        self._host.close()
        self._poller.close()

    # --- parts of it ------------------------------------------------------------------------------------------------------

    async def _arrival(self, listeners: int, a_second: float) -> Figures:
        began, before, own = time.perf_counter(), self._used(), time.process_time()
        await self._crowd.arrive(listeners, a_second)
        seconds, own, after = time.perf_counter() - began, time.process_time() - own, self._used()
        cpu = {name: after[name].cpu_seconds - before[name].cpu_seconds for name in after}
        came = len(self._crowd.join_seconds)
        return {
            "not_in": listeners - came,
            "joins_per_s": round(came / seconds, 1),
            **_delays("join", self._crowd.join_seconds),
            "join_web_cpu_ms": round(1_000 * cpu["web"] / max(1, came), 2),
            "join_audio_cpu_ms": round(1_000 * cpu["audio"] / max(1, came), 2),
            "join_clients_core_percent": round(100 * own / seconds, 1),
        }

    async def _stay(self, seconds: float) -> Figures:
        quiet = list(self._crowd.quiet)
        already = sum(page.received_bytes for page in quiet)
        self._crowd.join_seconds.clear()
        self._hands.seconds.clear()
        began, before, own = time.perf_counter(), self._used(), time.process_time()
        await asyncio.sleep(seconds)
        wall, own, after = time.perf_counter() - began, time.process_time() - own, self._used()
        used = {name: after[name] - before[name] for name in after}
        received = sum(page.received_bytes for page in quiet) - already
        return {
            "listeners": len(quiet) + len(self._crowd.lively),
            "seconds": round(wall, 1),
            "bytes_per_listener_per_s": round(received / wall / len(quiet), 1),
            **{f"{name}_cpu_ms_per_s": round(1_000 * use.cpu_seconds / wall, 1) for name, use in used.items()},
            "web_waited_ms_per_s": round(1_000 * used["web"].waited_seconds / wall, 1),
            "web_rss_mb": round(after["web"].resident_mb, 1),
            "clients_core_percent": round(100 * own / wall, 1),
            **_delays("churn_join", self._crowd.join_seconds),
        }

    def _used(self) -> dict[str, Usage]:
        return {name: self._server.usage(*words) for name, words in _PROCESSES.items()}

    # --- people -----------------------------------------------------------------------------------------------------------

    def _door(self, cookie: str) -> Door:
        return Door(self._address, self._server.origin, cookie)

    def _listener(self, cookie: str) -> Page:
        return Page(self._door(cookie), Client(self._poller, self._certificate))

    def _begin(self, work: Any) -> None:
        self._background.append(asyncio.create_task(work))

    async def _end(self) -> None:
        for task in self._background:
            task.cancel()
        for outcome in await asyncio.gather(*self._background, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    def _pages(self) -> list[Page]:
        return [self._host, *self._crowd.pages]


def _delays(what: str, seconds: Sequence[float]) -> Figures:
    """Percentiles in milliseconds."""
    return {
        f"{what}_p50_ms": round(1_000 * percentile(seconds, 50), 1),
        f"{what}_p95_ms": round(1_000 * percentile(seconds, 95), 1),
        f"{what}_max_ms": round(1_000 * max(seconds, default=0.0), 1),
    }
