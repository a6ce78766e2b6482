"""The control process's side of its media process: starting it, orders to it, what it tells, and the end of both."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rooms.audio import control
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.transport.call import Setup
from rooms.audio.transport.ice_lite import Credentials
from rooms.audio.transport.peer import Agreed
from rooms.audio.transport.srtp import Keys
from rooms.seeing.child_log import ChildLog

_ENDS_WITHIN_SECONDS = 5.0
_CENSUS_WITHIN_SECONDS = 5.0


class Process(Protocol):
    """What is known of a running media process."""

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended."""

    def kill(self) -> None:
        """End it without asking."""


StartMedia = Callable[[socket.socket, socket.socket], Process]  # the port, and media's end of the pipe


def start_process(port: socket.socket, end: socket.socket, log: ChildLog = ChildLog()) -> Process:  # noqa: B008 - frozen
    """Start a media process of its own on this port. The caller closes both sockets here afterwards."""
    descriptors = port.fileno(), end.fileno()
    command = [sys.executable, "-m", "rooms.audio.media", *map(str, descriptors)]
    # Its matrices are small: threads would only wait for each other.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"} | log.environment()
    return subprocess.Popen(command, pass_fds=descriptors, env=environment)  # noqa: S603 - our own program and two numbers


def give_way(by: int = 10) -> None:
    """Let the media process go first where both want the same core: call it once that has been started."""
    os.nice(by)


@dataclass(frozen=True, slots=True)
class PeerLink:
    """How a call reaches its peer (`transport.call.PeerLink`)."""

    send: Callable[[control.Message], None]
    number: int
    room: str
    connection: str
    person: str

    def open(self, setup: Setup) -> None:
        """Make it."""
        agreed, credentials = setup.agreed, setup.credentials
        self.send(
            control.Open(
                self.number,
                self.room,
                self.connection,
                self.person,
                setup.ssrc,
                setup.cname,
                agreed.payload_type,
                agreed.sends,
                agreed.receives,
                credentials.remote_ufrag,
                credentials.ufrag,
                credentials.password,
            )
        )

    def agree(self, agreed: Agreed) -> None:
        """Another answer was given."""
        self.send(control.Agree(self.number, agreed.payload_type, agreed.sends, agreed.receives))

    def expect(self, credentials: Credentials) -> None:
        """ICE begins anew."""
        self.send(control.Expect(self.number, credentials.remote_ufrag, credentials.ufrag, credentials.password))

    def send_record(self, record: bytes) -> None:
        """Send a datagram of DTLS."""
        self.send(control.Record(self.number, record))

    def unlock(self, keys: Keys) -> None:
        """These are its keys."""
        self.send(control.Unlock(self.number, keys.profile, keys.sending, keys.receiving))

    def close(self) -> None:
        """End it."""
        self.send(control.Close(self.number))


class MediaLink:
    """A running media process. `receive` gets what it tells; `lost` is called once when it ends unasked."""

    def __init__(
        self,
        port: socket.socket,
        start: StartMedia,
        *,
        receive: Callable[[control.Message], None],
        lost: Callable[[BaseException], None],
    ) -> None:
        ours, theirs = socket.socketpair()
        self._process = start(port, theirs)
        theirs.close()
        self._pipe = Pipe(ours)
        self._receive = receive
        self._lost = lost
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[control.Census]] = {}
        self._flushing = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(ours, self._read)

    def peer(self, room: str, connection: str, person: str) -> PeerLink:
        """The way to a new peer."""
        return PeerLink(self.send, next(self._numbers), room, connection, person)

    def send(self, message: control.Message) -> None:
        """Send an order. If media is gone, that is told to `lost`, not to the caller."""
        try:
            self._pipe.send(message)
        except Closed as closed:
            self._end(closed)
            return
        if self._pipe.waits_to_send and not self._flushing:
            self._flushing = True
            self._loop.add_writer(self._pipe, self._flush)

    async def census(self) -> control.Census:
        """What there is.

        Raises:
            TimeoutError: media does not answer.
        """
        request = next(self._numbers)
        future = self._waiting[request] = self._loop.create_future()
        self.send(control.CensusWanted(request))
        try:
            async with asyncio.timeout(_CENSUS_WITHIN_SECONDS):
                return await future
        finally:
            del self._waiting[request]

    async def close(self) -> None:
        """End the media process and wait until it has freed the port."""
        self._unwatch()
        self._pipe.close()
        try:
            await asyncio.to_thread(self._process.wait, _ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    def _read(self) -> None:
        try:
            messages = self._pipe.receive()
        except Closed as closed:
            self._end(closed)
            return
        for message in messages:
            if isinstance(message, control.Census):
                future = self._waiting.get(message.request)
                if future is not None and not future.done():
                    future.set_result(message)
            else:
                self._receive(message)

    def _flush(self) -> None:
        try:
            self._pipe.flush()
        except Closed as closed:
            self._end(closed)
        if not self._pipe.waits_to_send and self._flushing:
            self._flushing = False
            self._loop.remove_writer(self._pipe)

    def _end(self, reason: BaseException) -> None:
        self._unwatch()
        self._lost(reason)

    def _unwatch(self) -> None:
        if self._pipe.fileno() >= 0:
            self._loop.remove_reader(self._pipe)
            self._loop.remove_writer(self._pipe)
