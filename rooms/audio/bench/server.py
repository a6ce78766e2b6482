"""The worker under measurement, in a process of its own: `python -m rooms.audio.bench.server CORE`.

It is spoken to over standard input and output, a JSON object a line; each request has an `id` that its answer repeats.
"""

import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rooms.audio import wire
from rooms.audio.bench.figures import percentile, pin_to
from rooms.audio.media_link import give_way
from rooms.audio.worker import AudioWorker, Config, keep_for_ever

_MEGABYTE = 1 << 20
_PAGE_BYTES = resource.getpagesize()


class Server:
    """A worker whose bus is the pipe and whose roster is whoever came."""

    def __init__(self) -> None:
        self._config = Config(public_ip="127.0.0.1", udp_port=0, bind_ip="127.0.0.1", most_peers=10_000)
        self._worker = AudioWorker(
            self._config, self, read_truth=self._truth, heartbeat=lambda: None, without_media=lambda silent: None
        )
        self._receive: Callable[[dict[str, Any]], None] = lambda message: None
        self._present: dict[str, set[str]] = {}
        self._may_speak: dict[str, set[str]] = {}
        self._version = 0
        self._cpu = self._wall = self._waited = 0.0

    async def serve(self) -> None:
        """Answer requests until the input ends."""
        await self._worker.start()
        give_way()
        self._processes = [os.getpid(), *_children()]
        keep_for_ever()
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_MEGABYTE)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        async for line in reader:
            await self._answer(json.loads(line))
        self._worker.stop()
        await self._worker.run_until_stopped()

    # --- the worker's bus and roster --------------------------------------------------------------------------------------

    async def subscribe(self, topic: str, receive: Callable[[dict[str, Any]], None]) -> None:
        """The worker's own topic is the only one."""
        self._receive = receive

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Only what is asked for goes back."""
        match wire.decode(message):
            case wire.Answer(request=request, sdp=sdp):
                _write({"id": int(request), "sdp": sdp})
            case wire.OfferRefused(request=request, code=code):
                _write({"id": int(request), "refused": code})

    def _truth(self) -> dict[str, wire.RoomTruth]:
        return {
            room: wire.RoomTruth(room, self._version, frozenset(self._may_speak.get(room, ())), frozenset(present))
            for room, present in list(self._present.items())
        }

    # --- requests ---------------------------------------------------------------------------------------------------------

    async def _answer(self, request: dict[str, Any]) -> None:
        match request:
            case {"do": "offer", "id": number, "room": room, "connection": connection, "sdp": sdp}:
                self._present.setdefault(room, set()).add(connection)
                self._receive(wire.encode(wire.Offer(str(number), "bench", room, connection, connection, sdp)))
            case {"do": "allow", "id": number, "room": room, "connection": connection}:
                self._version += 1
                allowed = self._may_speak.setdefault(room, set())
                allowed.add(connection)
                self._receive(wire.encode(wire.Stage(room, self._version, tuple(allowed))))
                _write({"id": number})
            case {"do": "begin", "id": number}:
                await self._begin()
                _write({"id": number})
            case {"do": "report", "id": number}:
                _write({"id": number, **await self._report()})

    async def _begin(self) -> None:
        await self._worker.census()  # which begins to count lateness anew
        self._cpu, self._wall, self._waited = self._cpu_seconds(), time.monotonic(), self._waited_seconds()

    def _cpu_seconds(self) -> float:
        """User and system, of both processes."""
        return sum(_cpu_seconds(process) for process in self._processes)

    def _waited_seconds(self) -> float:
        return sum(_waited_seconds(process) for process in self._processes)

    async def _report(self) -> dict[str, Any]:
        census = await self._worker.census()
        late = [seconds * 1_000 for seconds in census.figures["lateness"]]
        return {
            "cpu_seconds": self._cpu_seconds() - self._cpu,
            "wall_seconds": time.monotonic() - self._wall,
            "waited_seconds": self._waited_seconds() - self._waited,
            "ticks_skipped": census.figures["skipped"],
            "complexity": census.figures["complexity"],
            "ticks": len(late),
            "tick_late_p50_ms": percentile(late, 50),
            "tick_late_p99_ms": percentile(late, 99),
            "tick_late_max_ms": max(late, default=0.0),
            "rss_mb": sum(map(_resident_bytes, self._processes)) / _MEGABYTE,
        }


def _cpu_seconds(process: int) -> float:
    return sum(ran for ran, _waited in _scheduling(process))


def _waited_seconds(process: int) -> float:
    """How long a process was ready to run while others had its core."""
    return max(waited for _ran, waited in _scheduling(process))


def _scheduling(process: int) -> list[tuple[float, float]]:
    """How long each of its threads ran, and waited to run, in seconds."""
    found = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            ran, waited, _slices = (thread / "schedstat").read_text().split()
            found.append((int(ran) / 1e9, int(waited) / 1e9))
    return found


def _resident_bytes(process: int) -> int:
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES


def _children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(number) for number in file.read().split()]


def _write(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    pin_to(int(sys.argv[1]))
    asyncio.run(Server().serve())
