"""One connection's media on the worker's port: its ICE and SRTP, the packets it sends us, the stream we send it.

Its handshake is made elsewhere (`call.py`); what arrives of it from a checked address is passed on, and its keys come back.
"""

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass

from rooms.audio.core.drops import Drops
from rooms.audio.core.packet import NotRtp, RtpPacket, is_rtcp, parse
from rooms.audio.core.rate import TokenBucket
from rooms.audio.core.reception import ReceptionMeter
from rooms.audio.transport import srtp
from rooms.audio.transport.fanout import Stream
from rooms.audio.transport.ice_lite import Credentials, IceConnection, IceLite
from rooms.audio.transport.rtcp import LastReport, NotRtcp, middle_of_ntp, receiver_report, reception_reports
from rooms.audio.transport.stun import Address

_PACKETS_A_SECOND, _PACKET_BURST = 150.0, 100.0  # a voice sends 50
_REPORTS_A_SECOND, _REPORT_BURST = 5.0, 10.0  # a browser sends one in one to five seconds
_RECORDS_A_SECOND, _RECORD_BURST = 50.0, 60.0  # a handshake needs about ten
_MOST_SOURCES = 8  # SSRCs in a peer's life: each costs libsrtp a stream
_SOURCE_SILENT_SECONDS = 0.5  # then another SSRC of the same peer may take its place
_LEAST_RTP_BYTES = 12
_SSRC = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What offer and answer settled, and a later pair may change."""

    payload_type: int  # of Opus
    sends: bool  # whether the peer may send sound
    receives: bool


@dataclass(frozen=True, slots=True)
class Ears:
    """Whom a peer tells what."""

    voice: Callable[[RtpPacket, float], None]  # an authentic RTP packet of its voice, and when it came
    records: Callable[[bytes], None]  # a datagram of DTLS
    reached: Callable[[], None]  # its first address has passed a check
    placed: Callable[[], None]  # `stream` is another, or its address


class Peer:
    """See the module. Times are seconds of the clock that is passed in."""

    def __init__(
        self,
        ice: IceLite,
        ears: Ears,
        clock: Callable[[], float],
        *,
        ssrc: int,
        cname: str,
        agreed: Agreed,
        drops: Drops,
    ) -> None:
        self.stream: Stream | None = None  # what it is sent; None until there are keys, an address and the wish
        self.accepted = 0  # packets that reached the voice
        self.reported_loss = 0.0  # 0 to 1, of what we sent, as the peer last reported
        self.began = clock()
        self.heard_at = self.began  # when the last packet of its voice came
        self._ice = ice
        self._ears = ears
        self._clock = clock
        self._ssrc = ssrc
        self._cname = cname
        self._agreed = agreed
        self._drops = drops
        self._connection = IceConnection(receive=self._receive, moved=self._moved)
        self._receiving: srtp.Session | None = None
        self._kept: Stream | None = None  # while the peer does not want to receive: its sequence goes on afterwards
        self._packet_tokens = TokenBucket(_PACKETS_A_SECOND, _PACKET_BURST)
        self._report_tokens = TokenBucket(_REPORTS_A_SECOND, _REPORT_BURST)
        self._record_tokens = TokenBucket(_RECORDS_A_SECOND, _RECORD_BURST)
        self._source: int | None = None
        self._reception: ReceptionMeter | None = None  # of that source
        self._last_report: LastReport | None = None
        self._sources: set[int] = set()

    # --- what the call says -------------------------------------------------------------------------------------------

    @property
    def address(self) -> Address | None:
        """Where it is sent to; None before its first check."""
        return self._connection.address

    @property
    def sends(self) -> bool:
        """Whether it may send sound."""
        return self._agreed.sends

    def expect(self, credentials: Credentials) -> None:
        """Answer checks with these credentials: the first, or an ICE restart's."""
        self._ice.expect(self._connection, credentials)

    def agree(self, agreed: Agreed) -> None:
        """Another answer was given: the peer goes on stage, or comes back."""
        self._agreed = agreed
        if self._kept is not None:
            self._kept.payload_type = agreed.payload_type
        self._arrange()

    def unlock(self, keys: srtp.Keys) -> None:
        """The handshake is done: sound may go both ways."""
        self._receiving = srtp.receiving(keys)
        self._kept = Stream(
            session=srtp.sending(keys),
            ssrc=self._ssrc,
            cname=self._cname,
            payload_type=self._agreed.payload_type,
            sequence=random.getrandbits(15),  # the upper half is left for the packets before it wraps (RFC 3711, 3.3.1)
            address=self._connection.address or ("", 0),
        )
        self._arrange()

    def send_record(self, record: bytes) -> None:
        """Send a datagram of DTLS."""
        if self._connection.address is not None:
            self._ice.send(record, self._connection.address)

    def report(self, now: float) -> None:
        """Tell the peer what has come of its voice since the last time, if anything has."""
        reception = self._reception.report() if self._reception is not None else None
        if reception is None or self._kept is None or self._connection.address is None:
            return
        report = receiver_report(self._ssrc, reception, self._last_report, now, self._cname)
        self._ice.send(self._kept.session.protect_rtcp(report), self._connection.address)

    def is_gone(self, now: float) -> bool:
        """Whether it has not checked that we are here for too long (consent, RFC 7675)."""
        return self._connection.last_check is not None and not self._connection.is_alive(now)

    def stop(self) -> None:
        """Nothing more of it is read."""
        self._ice.remove(self._connection)
        self.stream = self._kept = self._receiving = None
        # The two hold each other: without the collector, which rests while people talk, they would stay.
        self._connection.receive = self._connection.moved = _ignore

    def _arrange(self) -> None:
        if self._kept is not None and self._connection.address is not None:
            self._kept.address = self._connection.address
            self.stream = self._kept if self._agreed.receives else None
            self._ears.placed()

    def _moved(self, address: Address) -> None:
        if self._receiving is None:
            self._ears.reached()
        self._arrange()

    # --- datagrams ----------------------------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        # RFC 7983: 20…63 is DTLS, 128…191 is RTP or RTCP.
        first = data[0]
        if 20 <= first <= 63:
            if self._record_tokens.take(self._clock()):
                self._ears.records(data)
            else:
                self._drops.too_many += 1
        elif 128 <= first <= 191 and self._receiving is not None:
            if is_rtcp(data):
                self._receive_rtcp(self._receiving, data)
            elif self._agreed.sends:
                self._receive_rtp(self._receiving, data)
            else:
                self._drops.not_agreed += 1  # a listener's: dropped as it comes, neither decrypted nor decoded
        else:
            self._drops.not_agreed += 1

    def _receive_rtp(self, session: srtp.Session, data: bytes) -> None:
        if len(data) < _LEAST_RTP_BYTES:
            self._drops.malformed += 1
            return
        (source,) = _SSRC.unpack_from(data, 8)
        if source not in self._sources and len(self._sources) >= _MOST_SOURCES:
            self._drops.not_agreed += 1
            return
        plain = srtp.unprotect(session, data, self._drops)
        now = self._clock()
        # Only authentic packets use up the allowance: whoever forges the peer's address cannot.
        if plain is None:
            return
        if not self._packet_tokens.take(now):
            self._drops.too_many += 1
            return
        self._sources.add(source)
        try:
            packet = parse(plain)
        except NotRtp:
            self._drops.malformed += 1
            return
        if packet.payload_type == self._agreed.payload_type and packet.payload and self._is_the_voice(packet, now):
            self.accepted += 1
            if self._reception is None or self._reception.ssrc != packet.ssrc:
                self._reception = ReceptionMeter(packet.ssrc)
            self._reception.note(packet.sequence, packet.timestamp, now)
            self._ears.voice(packet, now)
        else:
            self._drops.not_agreed += 1

    def _receive_rtcp(self, session: srtp.Session, data: bytes) -> None:
        if not self._report_tokens.take(self._clock()):
            self._drops.too_many += 1
            return
        plain = srtp.unprotect_rtcp(session, data, self._drops)
        try:
            reports = reception_reports(plain) if plain is not None else []
        except NotRtcp:
            self._drops.malformed += 1
            return
        for report in reports:
            if report.ssrc == self._ssrc:
                self.reported_loss = report.lost
        middle = middle_of_ntp(plain) if plain is not None else None
        if middle is not None:
            self._last_report = LastReport(middle, self._clock())

    def _is_the_voice(self, packet: RtpPacket, now: float) -> bool:
        """One voice a peer: another SSRC is heard only once the first has fallen silent."""
        if packet.ssrc != self._source:
            if self._source is not None and now - self.heard_at < _SOURCE_SILENT_SECONDS:
                return False
            self._source = packet.ssrc
        self.heard_at = now
        return True


def _ignore(_what: object) -> None:
    pass
