"""The sockets of this process, by room: one subscription a room, one encoding a frame, however many listen.

Consumers join the hub instead of Channels' groups: group_send to a thousand members sweeps every queue at every receive.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from channels.db import database_sync_to_async

from rooms import events, selectors, services
from rooms.audio import wire
from rooms.bus import Bus, LocalBus, get_bus
from rooms.domain import messages
from rooms.domain.errors import Code

logger = logging.getLogger(__name__)

AUDIENCE_EVERY_SECONDS = 1.0
SEEN_EVERY_SECONDS = 2.0
VERSIONS_EVERY_SECONDS = 2.0


class Socket(Protocol):
    """What the hub needs of a consumer."""

    connection: str

    def push(self, text: str) -> None:
        """Send a frame, soon and in order."""

    def dismiss(self, code: Code) -> None:
        """Say why, and close."""


@dataclass
class LocalRoom:
    """The sockets of one room in this process."""

    sockets: dict[str, Socket] = field(default_factory=dict)
    counting: asyncio.Task[None] | None = None
    speaking: tuple[str, ...] = ()
    seq: int = 0  # of the last ordered frame that came

    def push(self, frame: dict[str, Any]) -> None:
        """Send one frame to everybody, encoded once."""
        text = messages.encode(frame)
        for socket in list(self.sockets.values()):
            socket.push(text)


class Hub:
    """Every room that this process has a socket of."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rooms: dict[str, LocalRoom] = {}
        self._seen: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False

    async def start(self) -> None:
        """Listen to the audio workers, and begin to note who is there. Once a process."""
        if self._started:
            return
        await self._bus.subscribe(wire.WORKERS_TOPIC, self._worker_started)
        self._started = True
        self._spawn(self._flush_seen())
        self._spawn(self._watch_versions())

    async def stop(self) -> None:
        """End what this hub does in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def rooms(self) -> set[str]:
        """The rooms that this process has a socket of."""
        return set(self._rooms)

    async def enter(self, room: str, socket: Socket) -> None:
        """Add a socket; from when this returns it misses no frame."""
        local = self._rooms.get(room)
        if local is None:
            local = self._rooms[room] = LocalRoom()
            local.sockets[socket.connection] = socket
            await self._bus.subscribe(wire.room_topic(room), lambda data: self._receive(room, data))
        else:
            local.sockets[socket.connection] = socket
            if local.speaking:
                socket.push(messages.encode(_speaking_frame(local.speaking)))

    async def exit(self, room: str, connection: str, socket: Socket) -> None:
        """Remove a socket, unless another has resumed its connection; the last one ends the subscription."""
        local = self._rooms.get(room)
        if local is None or local.sockets.get(connection) is not socket:
            return
        del local.sockets[connection]
        if not local.sockets:
            del self._rooms[room]
            if local.counting is not None:
                local.counting.cancel()
            await self._bus.unsubscribe(wire.room_topic(room))

    def knows(self, room: str, seq: int) -> None:
        """A page of the room has a snapshot as of this version."""
        local = self._rooms.get(room)
        if local is not None:
            local.seq = max(local.seq, seq)

    def seen(self, connection: str) -> None:
        """This connection's page is still there."""
        self._seen.add(connection)

    def _receive(self, room: str, data: dict[str, Any]) -> None:
        local = self._rooms.get(room)
        if local is None:
            return
        match data.get("kind"):
            case events.Frame.kind:
                local.push(data["frame"])
                local.seq = max(local.seq, data["frame"].get("seq", 0))
                if data["frame"]["type"] == messages.RoomEnded.type:
                    for socket in list(local.sockets.values()):
                        socket.dismiss(Code.ROOM_ENDED)
            case events.Superseded.kind:
                self._dismiss(local, data["connection"], Code.SUPERSEDED)
            case events.Dismissed.kind:
                self._dismiss(local, data["connection"], Code.NOT_JOINED)
            case events.AudienceMoved.kind:
                if local.counting is None or local.counting.done():
                    local.counting = self._spawn(self._count_audience(room, local))
            case wire.Speaking.kind:
                self._speaking(local, tuple(data["people"]))
            case wire.MediaLost.kind:
                lost = local.sockets.get(data["connection"])
                if lost is not None:
                    lost.push(messages.encode(events.frame_of(messages.MediaRestart())))
            case kind:
                logger.warning("hub.message_unknown", extra={"kind": str(kind)[:40]})

    def _speaking(self, local: LocalRoom, people: tuple[str, ...]) -> None:
        # The worker repeats itself for processes that came later; pages are told of changes only.
        if people != local.speaking:
            local.speaking = people
            local.push(_speaking_frame(people))

    def _dismiss(self, local: LocalRoom, connection: str, code: Code) -> None:
        socket = local.sockets.get(connection)
        if socket is not None:
            socket.dismiss(code)

    async def _count_audience(self, room: str, local: LocalRoom) -> None:
        # Wait first, then count: all who come within the second are in one frame.
        await asyncio.sleep(AUDIENCE_EVERY_SECONDS)
        local.counting = None
        count, faces = await database_sync_to_async(selectors.audience_of)(room)
        local.push(events.frame_of(messages.AudienceChanged(count=count, faces=faces)))

    def _worker_started(self, data: dict[str, Any]) -> None:
        self._spawn(self._restart_media(data["worker"]))

    async def _restart_media(self, worker: str) -> None:
        carried = await database_sync_to_async(lambda: set(selectors.rooms_of_worker(worker)))()
        for room in carried & self._rooms.keys():
            self._rooms[room].push(events.frame_of(messages.MediaRestart()))

    async def _flush_seen(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY_SECONDS)
            seen, self._seen = self._seen, set()
            if seen:
                await _logged(database_sync_to_async(services.seen), seen)

    async def _watch_versions(self) -> None:
        """The bus loses messages: now and then compare what came with what the database says, and tell the pages."""
        while True:
            await asyncio.sleep(VERSIONS_EVERY_SECONDS)
            before = {name: local.seq for name, local in self._rooms.items()}
            if before:
                await _logged(self._compare_versions, before)

    async def _compare_versions(self, before: dict[str, int]) -> None:
        for name, version in (await database_sync_to_async(selectors.versions)(before)).items():
            local = self._rooms.get(name)
            # A frame that is on its way now is not lost: only a room that was behind already is told.
            if local is not None and local.seq == before[name] < version:
                local.seq = version
                local.push(events.frame_of(messages.StageVersion(seq=version)))

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(_logged(lambda: work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _logged(function: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    try:
        await function(*arguments)
    except Exception:
        logger.exception("hub.work_failed")


def _speaking_frame(people: tuple[str, ...]) -> dict[str, Any]:
    return events.frame_of(messages.StageSpeaking(people=list(people)))


async def start_live() -> None:
    """Begin to live: serve or join the bus, and listen to the workers. Idempotent, once a process."""
    bus = get_bus()
    if isinstance(bus, LocalBus):
        await bus.serve_or_start()
    else:
        await bus.start()
    await get_hub().start()


@cache
def get_hub() -> Hub:
    """This process's hub."""
    return Hub(get_bus())
