"""One connection's media: ICE, DTLS and SRTP on the worker's port, the packets it sends us, the place of those we send it."""

import asyncio
import logging
import random
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass

from aiortc import RTCCertificate

from rooms.audio.core.packet import NotRtp, RtpPacket, is_rtcp, parse
from rooms.audio.core.rate import TokenBucket
from rooms.audio.transport import sdp
from rooms.audio.transport.dtls import Dtls, pointer, sha256_fingerprint
from rooms.audio.transport.fanout import Stream, sockaddr
from rooms.audio.transport.ice_lite import Address, Credentials, IceConnection, IceLite
from rooms.audio.transport.rtcp import NotRtcp, reception_reports

logger = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10.0
_PACKETS_A_SECOND, _PACKET_BURST = 150.0, 100.0  # a voice sends 50
_REPORTS_A_SECOND, _REPORT_BURST = 5.0, 10.0  # a browser sends one in one to five seconds
_MOST_SOURCES = 8  # SSRCs in a peer's life: each costs libsrtp a stream
_SOURCE_SILENT_SECONDS = 0.5  # then another SSRC of the same peer may take its place
_LEAST_RTP_BYTES = 12
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
        self.sends = False
        self.stream: Stream | None = None  # what it is sent; None until there are keys, an address and the wish
        self.accepted = 0  # packets that reached the voice
        self.reported_loss = 0.0  # 0 to 1, of what we sent, as the peer last reported
        self._endpoint = endpoint
        self._deliver = deliver
        self._ended = ended
        self._offer: sdp.Offer | None = None
        self._cname = secrets.token_hex(8)
        self._ice = IceConnection(receive=self._receive, moved=self._moved)
        self._dtls = Dtls(endpoint.certificate, self._send_record, self._end)
        self._handshake: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self.began = self._loop.time()
        self._packet_tokens = TokenBucket(_PACKETS_A_SECOND, _PACKET_BURST)
        self._report_tokens = TokenBucket(_REPORTS_A_SECOND, _REPORT_BURST)
        self._source: int | None = None
        self._heard_at = self.began
        self._sources: set[int] = set()
        self._kept: Stream | None = None  # while the peer does not want to receive: its sequence goes on afterwards
        self._over = False

    # --- negotiation --------------------------------------------------------------------------------------------------

    def negotiate(self, text: str) -> str:
        """Answer an offer: the first, one that changes direction (same SSRC, same keys), or an ICE restart.

        Raises:
            OfferRefusedError: it cannot be answered; what was agreed before stays.
        """
        offer = sdp.parse(text)
        if self._offer is None:
            self._endpoint.ice.expect(self._ice, Credentials(offer.ufrag))
            self._handshake = asyncio.create_task(self._connect(offer.fingerprint))
        elif offer.fingerprint != self._offer.fingerprint:
            # Another certificate is another peer connection; it comes with another connection of the roster.
            raise sdp.OfferRefusedError(sdp.Refusal.UNSUPPORTED)
        elif (offer.ufrag, offer.password) != (self._offer.ufrag, self._offer.password):
            self._endpoint.ice.expect(self._ice, Credentials(offer.ufrag))
        self._offer = offer
        self.sends = offer.sends
        self._arrange_stream()
        return sdp.answer(offer, self._local())

    def _local(self) -> sdp.Local:
        credentials = self._ice.credentials[-1]
        return sdp.Local(
            ufrag=credentials.ufrag,
            password=credentials.password,
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
        self._arrange_stream()

    def _arrange_stream(self) -> None:
        if self._over or self._offer is None or self._ice.address is None or not self._dtls.connected:
            return
        if self._kept is None:
            self._kept = Stream(
                session=self._dtls.outgoing,
                srtp=pointer(self._dtls.outgoing),
                ssrc=self.ssrc,
                cname=self._cname,
                payload_type=self._offer.payload_type,
                sequence=random.getrandbits(
                    15
                ),  # the upper half is left for the packets before it wraps (RFC 3711, 3.3.1)
                socket_address=sockaddr(self._ice.address),
            )
        self._kept.payload_type = self._offer.payload_type
        self._kept.socket_address = sockaddr(self._ice.address)
        self.stream = self._kept if self._offer.receives else None

    # --- state --------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether there are keys, and an address that passed a check."""
        return not self._over and self._dtls.connected and self._ice.address is not None

    def check_consent(self, now: float) -> None:
        """End the peer when it has not checked that we are here for too long."""
        if self._ice.last_check is not None and not self._ice.is_alive(now):
            self._end()

    def stop(self) -> None:
        """It receives nothing more, nothing of it is read, and `ended` is not called any more."""
        self._over = True
        self.stream = None
        self._endpoint.ice.remove(self._ice)
        if self._handshake is not None:
            self._handshake.cancel()

    async def close(self) -> None:
        """Stop, and say goodbye to the page."""
        self.stop()
        await self._dtls.close()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self.stream = None
            self._ended()

    # --- datagrams ----------------------------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        # RFC 7983: 20…63 is DTLS, 128…191 is RTP or RTCP.
        if 20 <= data[0] <= 63:
            self._dtls.receive(data)
        elif 128 <= data[0] <= 191 and self._dtls.connected:
            if is_rtcp(data):
                self._receive_rtcp(data)
            elif self.sends:
                self._receive_rtp(data)
            # Else a listener's: dropped as it comes, neither decrypted nor decoded.

    def _receive_rtp(self, data: bytes) -> None:
        if len(data) < _LEAST_RTP_BYTES:
            return
        (source,) = _SSRC.unpack_from(data, 8)
        if source not in self._sources and len(self._sources) >= _MOST_SOURCES:
            return
        plain = self._dtls.unprotect(data)
        now = self._loop.time()
        # Only authentic packets are counted: whoever forges the peer's address cannot use up its allowance.
        if plain is None or not self._packet_tokens.take(now):
            return
        self._sources.add(source)
        try:
            packet = parse(plain)
        except NotRtp:
            return
        if self._offer is None or packet.payload_type != self._offer.payload_type or not packet.payload:
            return
        if self._is_the_voice(packet, now):
            self.accepted += 1
            self._deliver(packet, now)

    def _receive_rtcp(self, data: bytes) -> None:
        if not self._report_tokens.take(self._loop.time()):
            return
        plain = self._dtls.unprotect_rtcp(data)
        try:
            reports = reception_reports(plain) if plain is not None else []
        except NotRtcp:
            return
        for report in reports:
            if report.ssrc == self.ssrc:
                self.reported_loss = report.lost

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
        self._arrange_stream()
