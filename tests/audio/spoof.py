"""Datagrams with a forged source: by a raw socket, which takes root; elsewhere handed to whoever receives them."""

import socket
import struct
from collections.abc import Callable
from types import TracebackType

from rooms.audio.transport.stun import Address

_UDP = struct.Struct("!HHHH")  # source port, destination port, length, checksum (0: none; RFC 768)


class Spoofer:
    """Sends to a port of this machine as if from another of its ports.

    Args:
        port: UDP, where to.
        receive: takes a datagram and its source, where raw sockets are not allowed.
    """

    def __init__(self, port: int, receive: Callable[[bytes, Address], None]) -> None:
        self._port = port
        self._receive = receive
        try:
            self._raw: socket.socket | None = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        except PermissionError:
            self._raw = None

    def send(self, data: bytes, source: Address) -> None:
        """One datagram from that address."""
        if self._raw is None:
            self._receive(data, source)
            return
        host, port = source
        header = _UDP.pack(port, self._port, _UDP.size + len(data), 0)
        self._raw.sendto(header + data, (host, 0))

    def __enter__(self) -> "Spoofer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._raw is not None:
            self._raw.close()
