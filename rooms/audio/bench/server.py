"""The worker under measurement, in a process of its own: `python -m rooms.audio.bench.server CORE`.

It is spoken to over standard input and output, a JSON object a line; each request has an `id` that its answer repeats. What
only the process itself knows is asked of it; what the kernel knows of it is measured from outside (see `usage`).
"""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from rooms.audio import wire
from rooms.audio.bench.figures import percentile, pin_to
from rooms.audio.media_link import give_way
from rooms.audio.speech.messages import Plan, Setup
from rooms.audio.speech.watch import Watch
from rooms.audio.worker import AudioWorker, Config, keep_for_ever

LISTEN_FOR = "MITALK_BENCH_LISTEN_FOR"  # JSON: engine, budget, phrases
_MEGABYTE = 1 << 20
_COLLECT_SECONDS = 10.0  # media remembers the lateness of a minute


class Server:
    """A worker whose bus is the pipe and whose roster is whoever came."""

    def __init__(self) -> None:
        self._config = Config(public_ip="127.0.0.1", udp_port=0, bind_ip="127.0.0.1", most_peers=10_000)
        self._worker = AudioWorker(
            self._config,
            self,
            read_truth=self._truth,
            heartbeat=lambda load: None,
            without_media=lambda silent: None,
            watch=self._watch(),
        )
        self._receive: Callable[[dict[str, Any]], None] = lambda message: None
        self._present: dict[str, set[str]] = {}
        self._may_speak: dict[str, set[str]] = {}
        self._version = 0
        self._late: list[float] = []  # seconds, of each tick since `begin`
        self._before: dict[str, Any] = {}  # what media had counted at `begin`

    def _watch(self) -> Watch | None:
        """Whoever listens for phrases, if that is measured."""
        given = os.environ.get(LISTEN_FOR)
        if not given:
            return None
        wanted = json.loads(given)
        phrases = tuple(("en", phrase) for phrase in wanted["phrases"])

        return Watch(
            Setup(wanted["engine"], {"en": ""}, wanted["budget"]),
            plan=lambda rooms: Plan(phrases, dict.fromkeys(rooms, "en")),
            spotted=lambda spotted: None,
            tell=lambda state, load: None,
        )

    async def serve(self) -> None:
        """Answer requests until the input ends."""
        await self._worker.start()
        give_way()
        keep_for_ever()
        loop = asyncio.get_running_loop()
        collecting = asyncio.create_task(self._collect())
        reader = asyncio.StreamReader(limit=_MEGABYTE)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        async for line in reader:
            await self._answer(json.loads(line))
        collecting.cancel()
        self._worker.stop()
        await self._worker.run_until_stopped()

    # --- the worker's bus and roster --------------------------------------------------------------------------------------

    async def subscribe(self, topic: str, receive: Callable[[dict[str, Any]], None]) -> None:
        """The worker's own topic is the only one."""
        self._receive = receive

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Only what is asked for goes back, and what the worker sends to itself."""
        match wire.decode(message):
            case wire.Answer(request=request, sdp=sdp):
                _write({"id": int(request), "sdp": sdp})
            case wire.OfferRefused(request=request, code=code):
                _write({"id": int(request), "refused": code})
            case wire.Echo():
                self._receive(message)

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
                self._may_speak.setdefault(room, set()).add(connection)
                self._change_stage(room)
                _write({"id": number})
            case {"do": "leave", "id": number, "room": room, "connection": connection}:
                self._leave(room, connection)
                _write({"id": number})
            case {"do": "begin", "id": number}:
                await self._begin()
                _write({"id": number})
            case {"do": "report", "id": number}:
                _write({"id": number, **await self._report()})
            case {"do": "listening", "id": number}:
                _write({"id": number, **self._worker.listening()})
            case {"do": "count", "id": number}:
                _write({"id": number, **_count()})

    def _change_stage(self, room: str) -> None:
        self._version += 1
        self._receive(wire.encode(wire.Stage(room, self._version, tuple(self._may_speak[room]))))

    def _leave(self, room: str, connection: str) -> None:
        self._present[room].discard(connection)
        if connection in self._may_speak.get(room, ()):
            self._may_speak[room].discard(connection)
            self._change_stage(room)
        self._receive(wire.encode(wire.Hangup(room, connection)))

    # --- what only the worker knows -----------------------------------------------------------------------------------------

    async def _collect(self) -> None:
        while True:
            await asyncio.sleep(_COLLECT_SECONDS)
            await self._take_lateness()

    async def _take_lateness(self) -> dict[str, Any]:
        """What media has counted; it forgets the lateness that it tells."""
        figures = (await self._worker.census()).figures
        self._late += figures["lateness"]
        return figures

    async def _begin(self) -> None:
        self._before = await self._take_lateness()
        self._late.clear()

    async def _report(self) -> dict[str, Any]:
        now = await self._take_lateness()
        late = [seconds * 1_000 for seconds in self._late]
        return {
            "ticks": now["ticks"] - self._before["ticks"],
            "ticks_skipped": now["skipped"] - self._before["skipped"],
            "tick_late_p50_ms": percentile(late, 50),
            "tick_late_p99_ms": percentile(late, 99),
            "tick_late_max_ms": max(late, default=0.0),
            "packets_unsent": now["unsent"] - self._before["unsent"],
            "complexity": now["complexity"],
        }


def _count() -> dict[str, int]:
    """What Python holds in the control process, once what is garbage has been collected."""
    gc.collect()
    return {"tasks": len(asyncio.all_tasks()), "objects": len(gc.get_objects())}


def _write(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    pin_to(int(sys.argv[1]))
    asyncio.run(Server().serve())
