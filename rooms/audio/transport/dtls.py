"""DTLS-SRTP (RFC 5764) of one peer, by aiortc's `RTCDtlsTransport`; the only code that touches its internals.

aiortc sees only DTLS records from checked addresses, and gives us keys. Its receivers, senders, jitter buffer are not used.
"""

import asyncio
import struct
from collections.abc import Callable
from functools import cached_property
from typing import Literal

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    SRTP_PROFILES,
    SRTPProtectionProfile,
)
from OpenSSL import SSL

from rooms.audio.transport.srtp import Keys

_MOST_WAITING = 64  # DTLS records; a handshake needs about ten
_ALERT = 21
_CIPHERTEXT = 0b001  # the first three bits of a record of DTLS 1.3 that is encrypted (RFC 9147, section 4)
_RECORD_HEADER = struct.Struct("!BHH6sH")  # kind, version, epoch, sequence number, length


# The cheapest first: protecting a packet of 100 bytes takes libsrtp 0.5, 0.8 and 1.2 µs.
_PROFILES = [
    profile
    for profile in (SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80, SRTP_AEAD_AES_256_GCM)
    if profile in SRTP_PROFILES
]
_EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"  # RFC 5764, section 4.2


class Certificate(RTCCertificate):
    """A certificate whose TLS settings are made once, not for every handshake."""

    @cached_property
    def _context(self) -> SSL.Context:
        return super()._create_ssl_context(_PROFILES)

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        return self._context


class _Transport(RTCDtlsTransport):
    """Keeps the keys of the handshake instead of making sessions of them."""

    keys: Keys | None = None

    def _setup_srtp(self) -> None:
        assert self._ssl is not None
        chosen = self._ssl.get_selected_srtp_profile()
        profile = next((known for known in _PROFILES if known.openssl_profile == chosen), None)
        if profile is None:
            return
        material = self._ssl.export_keying_material(_EXPORTER_LABEL, 2 * (profile.key_length + profile.salt_length))
        ours = 1 if self._role == "server" else 0
        self.keys = Keys(
            profile=profile.libsrtp_profile,
            sending=profile.get_key_and_salt(material, ours),
            receiving=profile.get_key_and_salt(material, 1 - ours),
        )


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
    """The handshake of one peer. `closed` is called when the peer says goodbye."""

    def __init__(
        self,
        certificate: RTCCertificate,
        send: Callable[[bytes], None],
        closed: Callable[[], None],
        *,
        role: Literal["server", "client"] = "server",  # our answers say setup:passive
    ) -> None:
        self._records = _Records(send)
        self._transport = _Transport(self._records, [certificate])  # type: ignore[arg-type]
        self._transport._set_role(role)
        self._closed = closed
        self._transport.on("statechange", self._state_changed)

    def receive(self, record: bytes) -> None:
        """One datagram of DTLS records. Alerts in plaintext are dropped, and what comes with them: anybody could have written
        them, and they would end the call."""
        if is_harmless(record):
            self._records.put(record)

    async def handshake(self, fingerprint: str) -> Keys | None:
        """Shake hands with the peer whose certificate has this SHA-256 fingerprint; the keys, if it worked."""
        fingerprints = [RTCDtlsFingerprint(algorithm="sha-256", value=fingerprint)]
        await self._transport.start(RTCDtlsParameters(fingerprints=fingerprints))
        return self._transport.keys if self._transport.state == "connected" else None

    async def close(self) -> None:
        """Say goodbye to the peer, and let nothing keep anything of this alive."""
        self._closed = lambda: None
        await self._transport.stop()
        self._records.put(None)
        await asyncio.sleep(0)  # the transport's own task ends
        # They hold each other, and OpenSSL's memory with them: 120 KB a peer until the collector would find them.
        self._transport.remove_all_listeners()
        self._transport._ssl = None

    def _state_changed(self) -> None:
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


def certificate() -> RTCCertificate:
    """A certificate for all peers of a process: it identifies the worker, not a person."""
    return Certificate.generateCertificate()


def sha256_fingerprint(of: RTCCertificate) -> str:
    """Its fingerprint, as SDP writes it."""
    return next(found.value for found in of.getFingerprints() if found.algorithm == "sha-256")
