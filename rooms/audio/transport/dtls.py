"""DTLS-SRTP (RFC 5764) of one peer, by aiortc's `RTCDtlsTransport`; the only code that touches its internals.

aiortc sees only DTLS records from checked addresses. SRTP is unprotected by us before its queue, so that no task and no
future is spent on a packet; its receivers, senders and jitter buffer are not used at all.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any, Literal

import pylibsrtp
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

_MOST_WAITING = 64  # DTLS records; a handshake needs about ten
_ALERT = 21
_CIPHERTEXT = 0b001  # the first three bits of a record of DTLS 1.3 that is encrypted (RFC 9147, section 4)
_RECORD_HEADER = struct.Struct("!BHH6sH")  # kind, version, epoch, sequence number, length


class _Records:
    """What aiortc takes for its ICE transport: a bounded queue of records in, a function out."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._out = send
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)

    def put(self, record: bytes | None) -> None:
        """One record from the network; None ends the transport. Too many at once are dropped: DTLS sends again."""
        if not self._in.full():
            self._in.put_nowait(record)

    async def _recv(self) -> bytes:
        record = await self._in.get()
        if record is None:
            raise ConnectionError
        return record

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Dtls:
    """The handshake of one peer, and the SRTP keys that come of it."""

    def __init__(
        self,
        certificate: RTCCertificate,
        send: Callable[[bytes], None],
        closed: Callable[[], None],
        *,
        role: Literal["server", "client"] = "server",  # our answers say setup:passive
    ) -> None:
        self._records = _Records(send)
        self._transport = RTCDtlsTransport(self._records, [certificate])  # type: ignore[arg-type]
        self._transport._set_role(role)
        self._closed = closed
        self._transport.on("statechange", self._state_changed)
        self.connected = False  # whether the keys are there and the peer has not said goodbye

    @property
    def outgoing(self) -> pylibsrtp.Session:
        """The session that protects what we send."""
        return self._transport._tx_srtp

    @property
    def incoming(self) -> pylibsrtp.Session:
        """The session that unprotects what we receive."""
        return self._transport._rx_srtp

    def receive(self, record: bytes) -> None:
        """One datagram of DTLS records. Alerts in plaintext are dropped, and what comes with them: anybody could have written
        them, and they would end the call."""
        if is_harmless(record):
            self._records.put(record)

    async def handshake(self, fingerprint: str) -> bool:
        """Shake hands with the peer whose certificate has this SHA-256 fingerprint; whether it worked."""
        fingerprints = [RTCDtlsFingerprint(algorithm="sha-256", value=fingerprint)]
        await self._transport.start(RTCDtlsParameters(fingerprints=fingerprints))
        return self.connected

    def unprotect(self, packet: bytes) -> bytes | None:
        """The RTP packet inside an SRTP packet; None when it is forged, replayed or damaged."""
        try:
            return self._transport._rx_srtp.unprotect(packet)
        except pylibsrtp.Error:
            return None

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """The RTCP packet inside an SRTCP packet; None when it is forged, replayed or damaged."""
        try:
            return self._transport._rx_srtp.unprotect_rtcp(packet)
        except pylibsrtp.Error:
            return None

    async def close(self) -> None:
        """Say goodbye to the peer and forget the keys."""
        self._closed = lambda: None
        await self._transport.stop()
        self._records.put(None)

    def _state_changed(self) -> None:
        self.connected = self._transport.state == "connected"
        if self._transport.state in ("closed", "failed"):
            self._closed()


def is_harmless(datagram: bytes) -> bool:
    """Whether a datagram is a whole number of DTLS records (RFC 6347, section 4.1) without an alert in plaintext."""
    position = 0
    while position < len(datagram):
        if datagram[position] >> 5 == _CIPHERTEXT:
            return True
        if len(datagram) - position < _RECORD_HEADER.size:
            return False
        kind, _version, epoch, _number, length = _RECORD_HEADER.unpack_from(datagram, position)
        if kind == _ALERT and epoch == 0:
            return False
        position += _RECORD_HEADER.size + length
    return position == len(datagram)


def pointer(session: pylibsrtp.Session) -> Any:
    """A session as libsrtp takes it: cffi `srtp_t`, good as long as the session is kept."""
    return session._srtp[0]


def certificate() -> RTCCertificate:
    """A certificate for all peers of a process: it identifies the worker, not a person."""
    return RTCCertificate.generateCertificate()


def sha256_fingerprint(of: RTCCertificate) -> str:
    """Its fingerprint, as SDP writes it."""
    return next(found.value for found in of.getFingerprints() if found.algorithm == "sha-256")
