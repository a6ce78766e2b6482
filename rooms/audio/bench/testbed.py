"""Server on one core, clients on another, and what both did in a stretch of time: the frame of every measurement here."""

import asyncio
import gc
import itertools
import os
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from rooms.audio.bench.client import Client, Poller
from rooms.audio.bench.figures import allow_many_sockets, cores, pin_to
from rooms.audio.bench.network import Path
from rooms.audio.bench.target import Target
from rooms.audio.bench.upkeep import Upkeep
from rooms.audio.bench.usage import Usage, core_seconds
from rooms.audio.bench.voice import Mouth
from rooms.audio.core.clock import TICK_SECONDS
from rooms.audio.transport.dtls import certificate

_CLIENTS_SATURATED = 0.9  # of their core: then what they miss is their own fault
_SERVER_SATURATED = 0.95  # of its core: it cannot do what is asked of it
_MOST_OTHERS = 0.05  # of the server's core: more, and others had it
MOST_LATE_MS = 5.0  # of one tick in a hundred: more, and what is heard late says nothing of how it was played
_LEAST_RECEIVED = 0.98  # of a packet a tick: less, and others had the speaker's


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was used in a stretch of time."""

    wall_seconds: float
    server: Usage
    clients_cpu_seconds: float
    others_seconds: float  # of the server's core, for neither server nor clients
    inside: dict[str, Any]  # what the server says of itself

    def figures(self) -> dict[str, Any]:
        """Those that every measurement reports. Only a server that says when it ticks has figures of its ticks."""
        ticks = {}
        if self.inside:
            ticks = {
                name: round(self.inside[name], 2)
                for name in ("tick_late_p50_ms", "tick_late_p99_ms", "tick_late_max_ms")
            }
            ticks["encoder_complexity"] = self.inside["complexity"]
            ticks["ticks_skipped"] = max(0, int(self.wall_seconds / TICK_SECONDS) - 1 - self.inside["ticks"])
        return {
            "server_core_percent": self.server_core_percent,
            **ticks,
            "rss_mb": round(self.server.resident_mb, 1),
            "server_threads": self.server.threads,
            "server_waited_percent": round(100 * self.server.waited_seconds / self.wall_seconds, 1),
            "others_core_percent": round(100 * self.others_seconds / self.wall_seconds, 1),
            "clients_core_percent": round(100 * self.clients_cpu_seconds / self.wall_seconds, 1),
        }

    @property
    def server_core_percent(self) -> float:
        """User and system time of the server, of one core."""
        return round(100 * self.server.cpu_seconds / self.wall_seconds, 1)

    def verdict(
        self, *, received: int | None = None, streams: int = 0, most_late_ms: float | None = None
    ) -> dict[str, Any]:
        """Whether this stretch says what the server costs, and if not, why: the clients were too slow, others used the
        server's core, less was received than a packet a tick of each stream, or, where it is the sound that is measured,
        the ticks came late."""
        because = []
        if self.clients_cpu_seconds > _CLIENTS_SATURATED * self.wall_seconds:
            because.append("the clients saturated their core")
        if self.others_seconds > _MOST_OTHERS * self.wall_seconds:
            because.append("others used the server's core")
        if received is not None and received < _LEAST_RECEIVED * streams * self.wall_seconds / TICK_SECONDS:
            saturated = self.server.cpu_seconds > _SERVER_SATURATED * self.wall_seconds
            because.append("the server saturated its core" if saturated else "fewer packets came than were sent")
        if most_late_ms is not None and self.inside and self.inside["tick_late_p99_ms"] > most_late_ms:
            because.append("the server was held up")
        return {"void": bool(because), "void_because": "; ".join(because)}


@dataclass
class _Start:
    wall: float
    server: Usage
    clients: float
    core: float


@dataclass(eq=False)
class Testbed:
    """An async context manager: the target runs on a core of its own meanwhile, this process on another."""

    __test__ = False  # no test, whatever pytest makes of its name

    target: Target
    clients: dict[Client, tuple[str, str]] = field(default_factory=dict)  # those here → their room and connection
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> "Testbed":
        self._affinity = os.sched_getaffinity(0)
        self._server_core, client_core = cores()
        self._shared = self._server_core == client_core
        allow_many_sockets()
        await self.target.start(self._server_core)
        pin_to(client_core)
        self._poller, self._certificate, self._upkeep = Poller(), certificate(), Upkeep()
        self.begin(self._upkeep.run())
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(client.leave() for client in self.clients), return_exceptions=True)
        self._poller.close()
        await self.target.stop()
        os.sched_setaffinity(0, self._affinity)
        gc.unfreeze()
        if exception[0] is None:
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome

    # --- clients ------------------------------------------------------------------------------------------------------------

    def client(self, *, sends: bool = False, sending: Path | None = None, receiving: Path | None = None) -> Client:
        """A client that is not in a room yet; see `Client`."""
        return Client(self._poller, self._certificate, sends=sends, sending=sending, receiving=receiving)

    async def join(self, client: Client, room: str, *, speaks: bool = False) -> Mouth:
        """Bring a client into a room; see `Target.join`."""
        connection = f"client {next(self._numbers)}"
        self.clients[client] = room, connection
        mouth = await self.target.join(client, room, connection, speaks=speaks)
        if client.connected:  # else it needs no sign of life
            self._upkeep.add(client)
        return mouth

    async def join_all(
        self, clients: Iterable[tuple[Client, str]], *, speak: bool = False, at_once: int = 10
    ) -> list[Mouth]:
        """Bring clients into rooms, a few at a time; by what each speaks."""
        turn = asyncio.Semaphore(at_once)

        async def join(client: Client, room: str) -> Mouth:
            async with turn:
                return await self.join(client, room, speaks=speak)

        return await asyncio.gather(*(join(client, room) for client, room in clients))

    async def leave(self, client: Client) -> None:
        """A client goes."""
        room, connection = self.clients.pop(client)
        self._upkeep.remove(client)
        await client.leave()
        await self.target.leave(room, connection)

    # --- time ---------------------------------------------------------------------------------------------------------------

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something in the background until the end of the measurement. If it fails, so does the measurement."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def settle(self, seconds: float) -> None:
        """Wait until all is as it will be."""
        # A collection among thousands of clients would look like a gap of the server's.
        gc.collect()
        gc.freeze()
        await asyncio.sleep(seconds)

    async def start(self) -> None:
        """Begin a stretch of time."""
        await self.target.begin()
        self._start = _Start(
            time.perf_counter(), self.target.usage(), time.process_time(), core_seconds(self._server_core)
        )

    async def stretch(self) -> Stretch:
        """What was used since `start`."""
        wall = time.perf_counter() - self._start.wall
        server = self.target.usage().since(self._start.server)
        own = time.process_time() - self._start.clients
        others = (
            core_seconds(self._server_core) - self._start.core - server.cpu_seconds - (own if self._shared else 0.0)
        )
        return Stretch(wall, server, own, max(0.0, others), await self.target.inside())

    async def measure(self, seconds: float) -> Stretch:
        """What is used in the next so many seconds."""
        await self.start()
        await asyncio.sleep(seconds)
        return await self.stretch()
