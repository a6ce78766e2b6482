"""ICE-lite (RFC 8445, section 2.5) for every peer of a worker on one UDP port.

A packet is a connection's only if its address has passed that connection's check: a STUN binding request signed with the
password that we gave in our answer. Anything else is dropped. We never send a check, and never send anything to an address
that has not passed one; candidates in offers are not even read.
"""

import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.audio.core.relay import KIND as RELAYED
from rooms.audio.transport import stun
from rooms.audio.transport.stun import Address

CONSENT_SECONDS = 14.0  # without a check for so long, a peer is dead (RFC 7675 says 30; the product promises 15)
_MOST_ADDRESSES = 6  # of one connection
_MOST_CREDENTIALS = 2  # of one connection: those of an ICE restart, and those before until the new ones are used
_MOST_BYTES = 1_500  # of any datagram: nothing of ours is larger than an Ethernet frame
_SOCKET_BUFFER_BYTES = 4 << 20
DROPPED = ("size", "not_a_check", "unsigned_check", "unchecked_address")  # why a datagram goes no further


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a check must name and be signed with."""

    remote_ufrag: str
    ufrag: str = field(default_factory=lambda: secrets.token_hex(4))  # 32 bits; RFC 8445 asks for 24
    password: str = field(default_factory=lambda: secrets.token_hex(16))  # 128 bits, as asked


@dataclass(eq=False)
class IceConnection:
    """The ICE side of one peer. `receive` gets every datagram from its checked addresses that is not STUN; `moved` hears of
    each address that is nominated."""

    receive: Callable[[bytes], None]
    moved: Callable[[Address], None]
    credentials: list[Credentials] = field(default_factory=list)  # the newest last
    address: Address | None = None  # where we send to
    nominated: bool = False  # whether the peer has chosen an address, not only tried some
    addresses: list[Address] = field(default_factory=list)  # that passed a check
    last_check: float | None = None  # seconds of the socket's clock

    def is_alive(self, now: float) -> bool:
        """Whether the peer has checked lately that we are here (consent)."""
        return self.last_check is not None and now - self.last_check < CONSENT_SECONDS


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    connection: IceConnection
    credentials: Credentials


def listen(ip: str, port: int) -> socket.socket:
    """A bound UDP socket that does not block.

    Raises:
        OSError: the port is in use, or the address is not ours.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        bound.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER_BYTES)
    try:
        bound.bind((ip, port))
    except OSError:
        bound.close()
        raise
    return bound


class IceLite:
    """Sorts the datagrams of a socket to connections, and answers their checks. `relayed` gets what says that it comes from
    another worker, from whatever address."""

    def __init__(
        self,
        bound: socket.socket,
        clock: Callable[[], float] = time.monotonic,
        relayed: Callable[[bytes, Address], None] | None = None,
    ) -> None:
        self.received = 0
        self.dropped_by = dict.fromkeys(DROPPED, 0)
        self._relayed = relayed
        self.unsent = 0
        self._socket = bound
        self._clock = clock
        self._by_ufrag: dict[str, _Expected] = {}
        self._by_address: dict[Address, IceConnection] = {}

    @property
    def dropped(self) -> int:
        """How many datagrams went no further, for whatever reason."""
        return sum(self.dropped_by.values())

    # --- the socket -------------------------------------------------------------------------------------------------

    def drain(self, most: int) -> bool:
        """Take what came, at most so many datagrams; whether there may be more."""
        for taken in range(most):
            try:
                data, address = self._socket.recvfrom(_MOST_BYTES + 1)
            except BlockingIOError:
                self.received += taken
                return False
            except OSError:
                continue  # an ICMP error about some datagram of ours; consent notices who is gone
            self.receive(data, address[:2])
        self.received += most
        return True

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram to a checked address. What the kernel has no room for is lost, as on any network."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            self.unsent += 1

    # --- connections ------------------------------------------------------------------------------------------------

    def expect(self, connection: IceConnection, credentials: Credentials) -> None:
        """Begin to answer checks with these credentials: a new connection's, or an ICE restart's (RFC 8445, section 9). Until
        the first check with them those before stay good: the answer that carries the new ones may be lost."""
        connection.credentials.append(credentials)
        self._by_ufrag[credentials.ufrag] = _Expected(connection, credentials)
        self._forget_credentials(connection, keep=_MOST_CREDENTIALS)

    def remove(self, connection: IceConnection) -> None:
        """Forget a connection, its credentials and its addresses."""
        self._forget_credentials(connection, keep=0)
        for address in list(connection.addresses):
            self._forget_address(connection, address)

    def _forget_credentials(self, connection: IceConnection, *, keep: int) -> None:
        while len(connection.credentials) > keep:
            self._by_ufrag.pop(connection.credentials.pop(0).ufrag, None)

    # --- datagrams ----------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, address: Address) -> None:
        """One datagram from anybody."""
        if not data or len(data) > _MOST_BYTES:
            self.dropped_by["size"] += 1
        elif data[0] < 4:  # RFC 7983: 0…3 is STUN
            self._check(data, address)
        elif data[0] == RELAYED and self._relayed is not None:
            self._relayed(data, address)
        else:
            connection = self._by_address.get(address)
            if connection is None:
                self.dropped_by["unchecked_address"] += 1
            else:
                connection.receive(data)

    def _check(self, data: bytes, address: Address) -> None:
        try:
            check = stun.parse(data)
        except stun.NotACheck:
            self.dropped_by["not_a_check"] += 1
            return
        found = self._by_ufrag.get(check.local_ufrag)
        if (
            found is None
            or check.remote_ufrag != found.credentials.remote_ufrag
            or not check.is_signed_with(found.credentials.password)
        ):
            self.dropped_by["unsigned_check"] += 1
            return
        connection, credentials = found.connection, found.credentials
        if check.controlled:
            # RFC 8445, section 7.3.1.1: a lite agent is never the controlling one, so it is they who change.
            self.send(stun.error(check, *stun.ROLE_CONFLICT, credentials.password), address)
            return
        if credentials is connection.credentials[-1]:
            self._forget_credentials(connection, keep=1)
        connection.last_check = self._clock()
        self.send(stun.success(check, address, credentials.password), address)
        self._choose(connection, address, nominates=check.nominates)

    def _choose(self, connection: IceConnection, address: Address, *, nominates: bool) -> None:
        """Send where the peer nominates; before that, to the first address that passed; after that, to a new one too, because
        not every browser nominates again when its NAT gives it another port (RFC 8445, section 11)."""
        is_new = address not in connection.addresses
        self._remember(connection, address)
        if self._by_address.get(address) is not connection:
            return
        rebound = connection.nominated and is_new and not nominates
        if connection.address is None or nominates or rebound:
            before, connection.address = connection.address, address
            connection.nominated = connection.nominated or nominates
            if rebound and before is not None:
                self._forget_address(connection, before)  # if it lives after all, its next check brings it back
            if before != address:
                connection.moved(address)

    def _remember(self, connection: IceConnection, address: Address) -> None:
        owner = self._by_address.get(address)
        if owner is connection:
            return
        if owner is not None:
            if owner.address == address and owner.is_alive(self._clock()):
                return  # another peer lives at this address and proved it first; two cannot share one
            self._forget_address(owner, address)
        self._by_address[address] = connection
        connection.addresses.append(address)
        if len(connection.addresses) > _MOST_ADDRESSES:
            self._forget_address(
                connection, next(known for known in connection.addresses if known != connection.address)
            )

    def _forget_address(self, connection: IceConnection, address: Address) -> None:
        if address in connection.addresses:
            connection.addresses.remove(address)
            del self._by_address[address]
