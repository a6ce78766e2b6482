"""A network between one client and the audio worker: a UDP relay in userland, which needs no rights and works everywhere.

It is a NAT that can rebind (another port), a laptop that changes networks (another address), a bad line (loss, delay, jitter)
and a cut one.
"""

import asyncio
import contextlib
import socket
from typing import Any

from aiortc import RTCCertificate

from rooms.audio.bench.client import Client, Poller
from rooms.audio.bench.network import Impairment, Path
from rooms.bench.page import Door
from tests.faults.regular import Regular

_HOME = "127.0.0.1"


class Relay:
    """Between one client and one server. Addresses are of loopback."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._client: tuple[str, int] | None = None
        self._up, self._down = Path(Impairment(), "up"), Path(Impairment(), "down")
        self._cut = False
        self._inside = self._open(_HOME, self._from_client)
        self._outside = self._open(_HOME, self._from_server)

    @property
    def address(self) -> tuple[str, int]:
        """Where the client sends to."""
        return self._inside.getsockname()

    @property
    def seen_as(self) -> tuple[str, int]:
        """From where the server sees the client come."""
        return self._outside.getsockname()

    def rebind(self, address: str = _HOME) -> None:
        """From now on the client comes from another port, or from another address as well; the old one leads nowhere."""
        old, self._outside = self._outside, self._open(address, self._from_server)
        self._close_one(old)

    def impair(self, up: Impairment, down: Impairment) -> None:
        """From now on the line is so bad."""
        self._up, self._down = Path(up, "up"), Path(down, "down")

    def cut(self) -> None:
        """Nothing gets through."""
        self._cut = True

    def join(self) -> None:
        """It does again."""
        self._cut = False

    def close(self) -> None:
        """End it."""
        for one in (self._inside, self._outside):
            self._close_one(one)

    def _open(self, address: str, receive: Any) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.bind((address, 0))
        self._loop.add_reader(made.fileno(), self._read, made, receive)
        return made

    def _close_one(self, one: socket.socket) -> None:
        self._loop.remove_reader(one.fileno())
        one.close()

    def _read(self, one: socket.socket, receive: Any) -> None:
        while True:
            try:
                data, sender = one.recvfrom(2_048)
            except OSError:
                return
            receive(data, sender)

    def _from_client(self, data: bytes, sender: tuple[str, int]) -> None:
        self._client = sender
        self._carry(self._up, lambda: self._outside.sendto(data, self._server))

    def _from_server(self, data: bytes, sender: tuple[str, int]) -> None:
        client = self._client
        if client is not None and sender == self._server:
            self._carry(self._down, lambda: self._inside.sendto(data, client))

    def _carry(self, path: Path, send: Any) -> None:
        delay = None if self._cut else path.carry()
        if delay == 0.0:
            self._try(send)
        elif delay is not None:
            self._loop.call_later(delay, self._try, send)

    @staticmethod
    def _try(send: Any) -> None:
        with contextlib.suppress(OSError):  # closed meanwhile: lost, as on any network
            send()


class RelayedClient(Client):
    """A client that reaches the server through a relay."""

    relay: Relay

    def take(self, text: str) -> None:
        """Read the answer; send to the relay instead of to its address."""
        super().take(text)
        self._socket.connect(self.relay.address)


class Traveller(Regular):
    """A regular whose sound goes through a relay."""

    def __init__(
        self, name: str, door: Door, poller: Poller, certificate: RTCCertificate, webs: list[str], udp_port: int
    ) -> None:
        super().__init__(name, door, poller, certificate, webs)
        self.relay = Relay((_HOME, udp_port))
        self.media.close()
        self.media = self._client()

    def close(self) -> None:
        """Be gone, and the relay with it."""
        super().close()
        self.relay.close()

    def _client(self) -> RelayedClient:
        made = RelayedClient(self._poller, self._certificate, sends=True)
        made.relay = self.relay
        made.on_sound = self.ears.hear
        return made
