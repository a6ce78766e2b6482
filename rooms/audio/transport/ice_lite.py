"""ICE-lite (RFC 8445, section 2.5) for every peer of a worker on one UDP port.

A packet is a connection's only if its address has passed that connection's check: a STUN binding request signed with the
password that we gave in our answer. Anything else is dropped. We never send a check, and never send anything to an address
that has not passed one; candidates in offers are not even read.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from aioice import stun

logger = logging.getLogger(__name__)

Address = tuple[str, int]

CONSENT_SECONDS = 15.0  # without a check for so long, a peer is dead (RFC 7675 says 30; product promise is 15)
_MOST_ADDRESSES = 6  # of one connection
_LEAST_STUN_BYTES = 20
_MOST_STUN_BYTES = 1_500
_SOCKET_BUFFER_BYTES = 4 << 20


@dataclass(eq=False)
class IceConnection:
    """The ICE side of one peer. `receive` gets every datagram from its checked addresses that is not STUN."""

    receive: Callable[[bytes], None]
    local_ufrag: str = field(default_factory=lambda: secrets.token_hex(4))  # 32 bits; RFC 8445 asks for 24
    local_password: str = field(default_factory=lambda: secrets.token_hex(16))  # 128 bits, as asked
    remote_ufrag: str = ""
    address: Address | None = None  # where we send to: the nominated one
    last_check: float | None = None  # seconds of the loop's clock
    checked: asyncio.Event = field(default_factory=asyncio.Event)
    moved: Callable[[Address], None] = lambda address: None
    addresses: list[Address] = field(default_factory=list)

    def is_alive(self, now: float) -> bool:
        """Whether the peer has checked lately that we are here (consent)."""
        return self.last_check is not None and now - self.last_check < CONSENT_SECONDS


class IceLite(asyncio.DatagramProtocol):
    """The socket: sorts datagrams to connections, answers their checks."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.dropped = 0
        self._loop = asyncio.get_running_loop()
        self._by_ufrag: dict[str, IceConnection] = {}
        self._by_address: dict[Address, IceConnection] = {}
        self._transport: asyncio.DatagramTransport | None = None

    # --- the socket -------------------------------------------------------------------------------------------------

    async def listen(self, ip: str, port: int) -> Address:
        """Bind; the address bound to.

        Raises:
            OSError: the port is in use, or the address is not ours.
        """
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM)
        bound.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            bound.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER_BYTES)
        try:
            bound.bind((ip, port))
        except OSError:
            bound.close()
            raise
        self.socket = bound
        await self._loop.create_datagram_endpoint(lambda: self, sock=bound)
        return bound.getsockname()[:2]

    def close(self) -> None:
        """Free the port."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's call."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def error_received(self, exc: Exception) -> None:
        """asyncio's call: an ICMP error about some datagram of ours. Consent notices who is gone."""

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram to a checked address."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)

    # --- connections ------------------------------------------------------------------------------------------------

    def add(self, connection: IceConnection) -> None:
        """Begin to answer a connection's checks."""
        self._by_ufrag[connection.local_ufrag] = connection

    def remove(self, connection: IceConnection) -> None:
        """Forget a connection and its addresses."""
        self._by_ufrag.pop(connection.local_ufrag, None)
        for address in connection.addresses:
            if self._by_address.get(address) is connection:
                del self._by_address[address]
        connection.addresses.clear()

    def restart(self, connection: IceConnection, *, ufrag: str, password: str, remote_ufrag: str) -> None:
        """New credentials for a connection (ICE restart, RFC 8445 section 9); its sound goes on at the old address until the
        new check is nominated."""
        self._by_ufrag.pop(connection.local_ufrag, None)
        connection.local_ufrag, connection.local_password, connection.remote_ufrag = ufrag, password, remote_ufrag
        self._by_ufrag[ufrag] = connection

    # --- datagrams ----------------------------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        """asyncio's call: one datagram from anybody."""
        address: Address = addr[:2]
        if not data:
            self.dropped += 1
        elif data[0] < 4:  # RFC 7983: 0…3 is STUN
            self._stun(data, address)
        else:
            connection = self._by_address.get(address)
            if connection is None:
                self.dropped += 1
            else:
                connection.receive(data)

    def _stun(self, data: bytes, address: Address) -> None:
        connection, request = self._authenticated(data)
        if connection is None or request is None:
            self.dropped += 1
            return
        connection.last_check = self._loop.time()
        self._remember(connection, address)
        if connection.address is None or "USE-CANDIDATE" in request.attributes:
            self._nominate(connection, address)
        self.send(_response(request, address, connection.local_password), address)

    def _authenticated(self, data: bytes) -> tuple[IceConnection | None, stun.Message | None]:
        if not _LEAST_STUN_BYTES <= len(data) <= _MOST_STUN_BYTES:
            return None, None
        try:
            request = stun.parse_message(data)
        except Exception:  # aioice raises whatever a hostile attribute makes struct or decode raise
            return None, None
        if request.message_class is not stun.Class.REQUEST or request.message_method is not stun.Method.BINDING:
            return None, None
        local, _colon, remote = request.attributes.get("USERNAME", "").partition(":")
        connection = self._by_ufrag.get(local)
        if connection is None or remote != connection.remote_ufrag:
            return None, None
        if not request.check_message_integrity(connection.local_password.encode()):
            return None, None
        return connection, request

    def _remember(self, connection: IceConnection, address: Address) -> None:
        owner = self._by_address.get(address)
        if owner is connection:
            return
        if owner is not None and owner.address != address:
            owner.addresses.remove(address)
        elif owner is not None:
            # Another peer lives at this address and proved it first; two cannot share one.
            if owner.is_alive(self._loop.time()):
                return
            owner.addresses.remove(address)
        self._by_address[address] = connection
        connection.addresses.append(address)
        if len(connection.addresses) > _MOST_ADDRESSES:
            oldest = next(known for known in connection.addresses if known != connection.address)
            connection.addresses.remove(oldest)
            del self._by_address[oldest]

    def _nominate(self, connection: IceConnection, address: Address) -> None:
        if self._by_address.get(address) is not connection or connection.address == address:
            return
        connection.address = address
        connection.moved(address)
        connection.checked.set()


def _response(request: stun.Message, address: Address, password: str) -> bytes:
    response = stun.Message(
        message_method=stun.Method.BINDING, message_class=stun.Class.RESPONSE, transaction_id=request.transaction_id
    )
    response.attributes["XOR-MAPPED-ADDRESS"] = address
    response.add_message_integrity(password.encode())
    return bytes(response)
