"""One scripted page: a WebSocket that speaks the live protocol, and the sound that belongs to it, as cheap as can be."""

import asyncio
import contextlib
import dataclasses
import itertools
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from rooms.audio.bench.client import CHECK_SECONDS, Client
from rooms.audio.bench.link import ServerLink
from rooms.domain import messages
from rooms.domain.snapshot import Audience

_ANSWER_WITHIN_SECONDS = 8.0  # as pages wait
_CHECKS_A_HEARTBEAT = round(messages.HEARTBEAT_SECONDS / CHECK_SECONDS)
_ACKNOWLEDGE_EVERY_FRAMES = 50  # as the page does (wire.js): in a busy room sooner than by the heartbeat
_HISTORIES = {kind: event.ordered for kind, event in messages.EVENTS.items() if hasattr(event, "ordered")}
_VERSIONS = {messages.StageVersion.type: Audience.EVERYONE, messages.DeskVersion.type: Audience.MODERATORS}
# Frames of which a script needs nothing but their size: decoding them for a thousand pages would saturate one core.
_PASSED_OVER = tuple(
    f'{{"type":"{event.type}"'.encode()
    for event in (messages.AudienceCounted, messages.AudienceChanged, messages.StageSpeaking, messages.YouChanged)
)

OnEvent = Callable[[dict[str, Any], float], None]  # a frame, and when it came (perf_counter)


class PageRefused(ConnectionError):
    """The server refused; the message is its code."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a page enters: the socket's address, the origin that its page has, and its person's cookie."""

    address: str
    origin: str
    cookie: str
    as_staff: bool = False
    accepts: str = ""  # the confidentiality that is agreed to


class Page:
    """One stay of one person in a room."""

    def __init__(self, door: Door, media: Client, *, on_event: OnEvent | None = None) -> None:
        self.door = door
        self.media = media
        self.person = ""
        self.connection = ""  # of the last stay: coming back resumes it
        self.muted = True  # as it last wanted
        self.step = ""  # of entering
        self.received_bytes = 0
        self.gaps = 0
        self.media_lost = 0
        self.ended_by_server = ""  # once it had joined: by which code, if it was
        self._on_event = on_event
        self._received = 0
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._hello: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._seqs = dict.fromkeys(Audience, 0)
        self._refusal = ""
        self._leaving = False
        self._hears = False
        self._socket: ClientConnection
        self._tasks: set[asyncio.Task[None]] = set()

    # --- what a person does ---------------------------------------------------------------------------------------------

    async def enter(self) -> float:
        """Open the socket, join, and connect the sound.

        Returns:
            The seconds from opening the socket to the answer of having joined.

        Raises:
            PageRefused, OSError, TimeoutError: one of the steps failed.
        """
        seconds = await self.join()
        self.step = "connecting the sound"
        try:
            # It asks for nothing but `offer`, which over a pipe or a WebSocket is the same.
            await self.media.join(cast(ServerLink, self), "", "")
        except BaseException:
            self.close()
            raise
        self._hears = True
        return seconds

    async def join(self) -> float:
        """The same without sound."""
        try:
            return await self._come_in()
        except BaseException:
            self.close()
            raise

    async def _come_in(self) -> float:
        began = time.perf_counter()
        self.step = "opening the socket"
        self._socket = await connect(
            self.door.address,
            origin=Origin(self.door.origin),
            additional_headers={"Cookie": self.door.cookie},
            compression=None,
            proxy=None,
            ping_interval=None,  # the protocol has its own
            open_timeout=_ANSWER_WITHIN_SECONDS,
        )
        self._spawn(self._read())
        await asyncio.wait_for(self._hello, _ANSWER_WITHIN_SECONDS)
        self.step = "joining"
        entry = messages.Join(
            messages.PROTOCOL,
            muted=self.muted,
            leave_other=True,
            as_staff=self.door.as_staff,
            resume=self.connection,
            accepts=self.door.accepts,
        )
        joined = await self.command(messages.Join.type, **dataclasses.asdict(entry))
        seconds = time.perf_counter() - began
        self.person, self.connection = joined["you"]["id"], joined["connection"]
        self._spawn(self._beat())
        return seconds

    async def come_back(self, door: Door) -> float:
        """Open another socket after one was lost; the sound goes on.

        Raises:
            PageRefused, OSError, TimeoutError: it could not, and may try again.
        """
        self.door, self.ended_by_server, self._refusal, self._received = door, "", "", 0
        self._hello = asyncio.get_running_loop().create_future()
        return await self._come_in()

    async def leave(self) -> None:
        """Leave the room and give up one's place.

        Raises:
            PageRefused, TimeoutError: it could not.
        """
        self._leaving = True
        try:
            await self.command(messages.Leave.type)
        finally:
            self.close()

    def close(self) -> None:
        """Be gone without a word."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        self._hello.cancel()
        if hasattr(self, "_socket"):
            self._socket.transport.abort()
        self.media.close()

    async def offer(self, room: str, connection: str, sdp: str) -> str:
        """The answer to an offer of sound; the socket knows room and connection."""
        answer = await self.command(messages.MediaOffer.type, sdp=sdp)
        return str(answer["sdp"])

    async def command(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send a command; its answer.

        Raises:
            PageRefused: the server refused it, or has closed the socket.
            TimeoutError: no answer came.
        """
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(kind, number, data)
            answer = await asyncio.wait_for(future, _ANSWER_WITHIN_SECONDS)
        except ConnectionClosed as error:
            raise PageRefused(self._refusal or "closed") from error
        finally:
            self._waiting.pop(number, None)
        if answer["type"] == messages.Error.type:
            raise PageRefused(answer["code"])
        return dict(answer["data"])

    # --- what a page does by itself ---------------------------------------------------------------------------------------

    async def _send(self, kind: str, number: int, data: dict[str, Any]) -> None:
        await self._socket.send(json.dumps({"type": kind, "id": number, "data": data}))

    async def _beat(self) -> None:
        await asyncio.sleep(random.random() * CHECK_SECONDS)  # noqa: S311 - so that not all do it at once
        with contextlib.suppress(ConnectionClosed):
            for turn in itertools.count():
                if self._hears:
                    self.media.check()
                if turn % _CHECKS_A_HEARTBEAT == 0:
                    if self._hears:
                        self.media.report()
                    await self._acknowledge()
                await asyncio.sleep(CHECK_SECONDS)

    async def _acknowledge(self) -> None:
        """Say that one is there, and what came so far. Nobody waits for its answer."""
        await self._send(messages.Ping.type, next(self._ids), {"received": self._received})

    async def _read(self) -> None:
        socket = self._socket  # who comes back reads another
        try:
            while True:
                text = await socket.recv(decode=False)
                self._received += 1
                self.received_bytes += len(text)
                if not text.startswith(_PASSED_OVER):
                    self._take(json.loads(text), time.perf_counter())
                if self._received % _ACKNOWLEDGE_EVERY_FRAMES == 0:
                    with contextlib.suppress(ConnectionClosed):  # why is in what comes next
                        await self._acknowledge()
        except ConnectionClosed as closed:
            self._closed(closed)

    def _closed(self, closed: ConnectionClosed) -> None:
        refusal = self._refusal or f"closed {closed.rcvd.code if closed.rcvd else 'without a word'}"
        if self.person and not self._leaving:
            self.ended_by_server = refusal
        waiting: list[asyncio.Future[Any]] = [self._hello, *self._waiting.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(PageRefused(refusal))
                future.exception()  # whether or not somebody waits

    def _take(self, frame: dict[str, Any], now: float) -> None:
        match frame["type"]:
            case messages.Ok.type | messages.Error.type:
                self._answered(frame)
            case messages.Hello.type if not self._hello.done():
                self._hello.set_result(None)
            case messages.MediaRestart.type:
                self.media_lost += 1
            case kind:
                self._follow(kind, frame)
        if self._on_event is not None:
            self._on_event(frame, now)

    def _answered(self, frame: dict[str, Any]) -> None:
        if frame["re"] is None:
            self._refusal = frame["code"]
        data = frame.get("data", {})
        if "snapshot" in data:
            # Here, not where it is waited for: the next frame may be read before that.
            self._seqs[Audience.EVERYONE] = data["snapshot"]["seq"]
            self._seqs[Audience.MODERATORS] = data["desk"]["seq"] if data["desk"] else 0
        future = self._waiting.get(frame["re"])
        if future is not None and not future.done():
            future.set_result(frame)

    def _follow(self, kind: str, frame: dict[str, Any]) -> None:
        """Keep up with both histories; after a gap, ask for everything again, as pages do."""
        if kind in _VERSIONS:
            history, next_seq = _VERSIONS[kind], frame["data"]["seq"]
            missed = next_seq > self._seqs[history]
        elif kind in _HISTORIES:
            history, next_seq = _HISTORIES[kind], frame["seq"]
            missed = next_seq > self._seqs[history] + 1
        else:
            return
        self._seqs[history] = max(self._seqs[history], next_seq)
        if missed:
            self.gaps += 1
            self._spawn(self._sync())

    async def _sync(self) -> None:
        with contextlib.suppress(PageRefused, TimeoutError):
            await self.command(messages.Sync.type)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
