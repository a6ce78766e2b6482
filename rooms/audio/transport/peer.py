"""One connection's media: ICE, DTLS and SRTP on the worker's port, the packets it sends us, the place of those we send it."""

import asyncio
import logging
import random
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from aiortc import RTCCertificate

from rooms.audio.core.packet import NotRtp, RtpPacket, is_rtcp, parse
from rooms.audio.transport import sdp
from rooms.audio.transport.dtls import Dtls, sha256_fingerprint
from rooms.audio.transport.ice_lite import Address, IceConnection, IceLite

logger = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 15.0
_PACKETS_A_SECOND = 150.0  # a voice sends 50
_PACKET_BURST = 100.0
_MOST_SOURCES = 4  # SSRCs in a peer's life: each costs libsrtp a stream
_SOURCE_SILENT_SECONDS = 0.5  # then another SSRC of the same peer may take its place
_SSRC = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the worker is reached, and who it is."""

    ice: IceLite
    ip: str
    port: int
    certificate: RTCCertificate


class Peer:
    """See the module. `deliver` gets each authentic RTP packet of the voice; `ended` is called once when the peer ends by
    itself."""

    def __init__(
        self, endpoint: Endpoint, *, deliver: Callable[[RtpPacket, float], None], ended: Callable[[], None]
    ) -> None:
        self.ssrc = random.getrandbits(32)
        self.sequence = random.getrandbits(15)
        self.payload_type = 0
        self.sends = False
        self.socket_address = b""  # sockaddr of where we send to
        self.accepted = 0  # packets that reached the voice
        self._endpoint = endpoint
        self._deliver = deliver
        self._ended = ended
        self._offer: sdp.Offer | None = None
        self._cname = secrets.token_hex(8)
        self._ice = IceConnection(receive=self._receive, moved=self._moved)
        self._dtls = Dtls(endpoint.certificate, self._send_record, self._end)
        self._handshake: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._tokens = _PACKET_BURST
        self._last_packet = self._began
        self._source: int | None = None
        self._heard_at = self._began
        self._sources: set[int] = set()
        self._over = False

    # --- negotiation --------------------------------------------------------------------------------------------------

    def negotiate(self, text: str) -> str:
        """Answer an offer: the first, one that changes direction (same SSRC, same keys), or an ICE restart.

        Raises:
            OfferRefusedError: it cannot be answered; what was agreed before stays.
        """
        offer = sdp.parse(text)
        if self._offer is None:
            self._ice.remote_ufrag = offer.ufrag
            self._endpoint.ice.add(self._ice)
            self._handshake = asyncio.create_task(self._connect(offer.fingerprint))
        elif offer.fingerprint != self._offer.fingerprint:
            # Another certificate is another peer connection; it comes with another connection of the roster.
            raise sdp.OfferRefusedError(sdp.Refusal.UNSUPPORTED)
        elif (offer.ufrag, offer.password) != (self._offer.ufrag, self._offer.password):
            credentials = {"ufrag": secrets.token_hex(4), "password": secrets.token_hex(16)}
            self._endpoint.ice.restart(self._ice, **credentials, remote_ufrag=offer.ufrag)
        self._offer = offer
        self.payload_type = offer.payload_type
        self.sends = offer.sends
        return sdp.answer(offer, self._local())

    def _local(self) -> sdp.Local:
        return sdp.Local(
            ufrag=self._ice.local_ufrag,
            password=self._ice.local_password,
            fingerprint=sha256_fingerprint(self._endpoint.certificate),
            ip=self._endpoint.ip,
            port=self._endpoint.port,
            ssrc=self.ssrc,
            cname=self._cname,
        )

    async def _connect(self, fingerprint: str) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._ice.checked.wait()
                connected = await self._dtls.handshake(fingerprint)
        except TimeoutError:
            connected = False
        except Exception:
            # OpenSSL raises many things at hostile records; this peer ends and nobody else notices.
            logger.exception("media.handshake_failed")
            connected = False
        if not connected:
            self._end()

    # --- state --------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether sound can be sent to it."""
        return self._dtls.connected and bool(self.socket_address)

    @property
    def outgoing(self) -> object:
        """libsrtp's session for what we send."""
        return self._dtls.outgoing

    def age(self, now: float) -> float:
        """Seconds since it was made."""
        return now - self._began

    def check_consent(self, now: float) -> None:
        """End the peer when it has not checked that we are here for too long."""
        if self._ice.last_check is not None and not self._ice.is_alive(now):
            self._end()

    async def close(self) -> None:
        """End it: it receives nothing more, and nothing of it is read."""
        self._over = True
        self._ended = lambda: None
        self._endpoint.ice.remove(self._ice)
        if self._handshake is not None:
            self._handshake.cancel()
        await self._dtls.close()
        self.socket_address = b""

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._ended()

    # --- datagrams ----------------------------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        # RFC 7983: 20…63 is DTLS, 128…191 is RTP or RTCP.
        if 20 <= data[0] <= 63:
            if len(data) >= 13:  # a DTLS record's header
                self._dtls.receive(data)
        elif 128 <= data[0] <= 191 and not is_rtcp(data):
            self._receive_rtp(data)

    def _receive_rtp(self, data: bytes) -> None:
        # A listener's packets are dropped as they come: neither decrypted nor decoded.
        if not self.sends or len(data) < 12 or not self._dtls.connected:
            return
        now = self._loop.time()
        if not self._may_receive(now) or not self._is_known_source(data):
            return
        plain = self._dtls.unprotect(data)
        if plain is None:
            return
        try:
            packet = parse(plain)
        except NotRtp:
            return
        if packet.payload_type == self.payload_type and packet.payload and self._is_the_voice(packet, now):
            self.accepted += 1
            self._deliver(packet, now)

    def _may_receive(self, now: float) -> bool:
        self._tokens = min(_PACKET_BURST, self._tokens + (now - self._last_packet) * _PACKETS_A_SECOND)
        self._last_packet = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _is_known_source(self, data: bytes) -> bool:
        (ssrc,) = _SSRC.unpack_from(data, 8)
        if ssrc not in self._sources:
            if len(self._sources) >= _MOST_SOURCES:
                return False
            self._sources.add(ssrc)
        return True

    def _is_the_voice(self, packet: RtpPacket, now: float) -> bool:
        """One voice a peer: another SSRC is heard only once the first has fallen silent."""
        if packet.ssrc != self._source:
            if self._source is not None and now - self._heard_at < _SOURCE_SILENT_SECONDS:
                return False
            self._source = packet.ssrc
        self._heard_at = now
        return True

    def _send_record(self, data: bytes) -> None:
        if self._ice.address is not None:
            self._endpoint.ice.send(data, self._ice.address)

    def _moved(self, address: Address) -> None:
        self.socket_address = sockaddr(address)


def sockaddr(address: Address) -> bytes:
    """An address as the kernel takes it (`struct sockaddr_in`, `sockaddr_in6`)."""
    host, port = address
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host)
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + packed + struct.pack("=I", 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
