"""Many real clients in one process: each with its socket, its ICE, its DTLS and its SRTP, and as little else as possible.

Every packet that comes is authenticated, decrypted and counted. All clients of a process share one buffer, so that it stays
in the processor's cache.
"""

import asyncio
import contextlib
import secrets
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiortc import RTCCertificate
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from rooms.audio.bench import description
from rooms.audio.bench.checks import Checks
from rooms.audio.bench.description import PAYLOAD_TYPE
from rooms.audio.bench.ear import Ear
from rooms.audio.bench.network import Path
from rooms.audio.core.drops import Drops
from rooms.audio.core.packet import RtpPacket
from rooms.audio.transport.dtls import Dtls, sha256_fingerprint
from rooms.audio.transport.rtcp import NotRtcp, reception_reports
from rooms.audio.transport.srtp import Keys, pointer, receiving, sending, unprotect_rtcp

CHECK_SECONDS = 2.5  # as Chromium does on a stable connection
REPORT_SECONDS = 5.0  # as Chromium does for sound
_RETRY_SECONDS = 0.1
_HELLO_AGAIN_SECONDS = 0.05
_JOIN_WITHIN_SECONDS = 15.0
_HEADER = struct.Struct("!BBHII")
_REPORT_HEADER = struct.Struct("!BBHI")
_BUFFER_BYTES = 2_048
_RTP_HEADER_BYTES = 12
_MOST_AT_ONCE = 4_096


class Poller:
    """One descriptor for asyncio, however many sockets: an event loop's own reader costs more than decrypting a packet."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._receivers: dict[int, Callable[[float], None]] = {}
        self.buffer = srtp_ffi.new("char[]", _BUFFER_BYTES)  # of the datagram that is being read, whoever reads it
        self.bytes = srtp_ffi.buffer(self.buffer)
        self.length = srtp_ffi.new("int *")
        asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._ready)

    def add(self, descriptor: int, receive: Callable[[float], None]) -> None:
        """Call `receive` with the time (`time.perf_counter`) whenever the socket has something."""
        self._receivers[descriptor] = receive
        self._epoll.register(descriptor, select.EPOLLIN)

    def remove(self, descriptor: int) -> None:
        """The socket is about to be closed."""
        if self._receivers.pop(descriptor, None) is not None and not self._epoll.closed:
            self._epoll.unregister(descriptor)

    def close(self) -> None:
        """Watch nothing any more."""
        if not self._epoll.closed:
            asyncio.get_running_loop().remove_reader(self._epoll.fileno())
            self._epoll.close()

    def _ready(self) -> None:
        receivers, clock = self._receivers, time.perf_counter
        for descriptor, _event in self._epoll.poll(0, _MOST_AT_ONCE):
            receive = receivers.get(descriptor)
            if receive is not None:  # else closed by what came before it in this turn
                receive(clock())


class Signalling(Protocol):
    """Whatever brings a client's offer to the server."""

    async def offer(self, room: str, connection: str, sdp: str) -> str:
        """The answer to an offer."""


@dataclass(slots=True)
class Moments:
    """When a client came how far, by `time.perf_counter`."""

    began: float = 0.0
    answered: float = 0.0
    checked: float = 0.0
    connected: float = 0.0


class Client:
    """One participant's media. `sending` and `receiving` are its network, where that is not as good as the machine's own."""

    def __init__(
        self,
        poller: Poller,
        certificate: RTCCertificate,
        *,
        sends: bool = False,
        sending: Path | None = None,
        receiving: Path | None = None,
    ) -> None:
        self.ear = Ear()
        self.moments = Moments()
        self.on_sound: Callable[[bytes, float], None] | None = None  # each payload and when it came
        self.on_packet: Callable[[RtpPacket, float], None] | None = None  # the same with its header
        self.told_loss: float | None = None  # 0 to 1, of what we sent, as the server last reported; None: never
        self._sends = sends
        self._sending, self._receiving = sending, receiving
        self._certificate = certificate
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._poller = poller
        self._dtls = Dtls(certificate, self._send_record, lambda: None, role="client")
        self._offered = False
        self._hello = b""  # our first DTLS record
        self._greeted = False  # whether one has come back
        self._checks: Checks | None = None
        self._checked = asyncio.Event()
        self._incoming: object = None
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._theirs: int | None = None  # the SSRC of what we hear

    # --- joining ------------------------------------------------------------------------------------------------------------

    async def join(self, link: Signalling, room: str, connection: str) -> None:
        """Offer, check, shake hands.

        Raises:
            TimeoutError: it took too long.
            ConnectionError: the handshake failed.
        """
        self.begin()
        self.take(await link.offer(room, connection, self.offer()))
        await self.connect()

    def begin(self) -> None:
        """From now on the time that joining takes is counted."""
        self.moments.began = time.perf_counter()

    def offer(self) -> str:
        """Our offer."""
        self._offered = True
        return self._describe("sendrecv" if self._sends else "recvonly", mid="0")

    def take(self, text: str) -> None:
        """Read the other side's answer, or its offer before `answer`; from now on its datagrams are read.

        Raises:
            DescriptionUnreadable: it lacks something.
        """
        self.moments.answered = time.perf_counter()
        self._remote = remote = description.read(text)
        self._theirs = remote.ssrc
        self._checks = Checks(
            ufrag=self._ufrag,
            password=self._password,
            remote_ufrag=remote.ufrag,
            remote_password=remote.password,
            controls=self._offered or remote.lite,  # RFC 8445, section 6.1.1
        )
        self._socket.connect(remote.address)
        self._poller.add(self._socket.fileno(), self._receive)

    def answer(self) -> str:
        """Our answer to the offer that was taken."""
        return self._describe("sendrecv" if self._sends else "recvonly", mid=self._remote.mid)

    async def connect(self) -> None:
        """Check until we are answered, then shake hands as DTLS's client.

        Raises:
            TimeoutError: it took too long.
            ConnectionError: the handshake failed.
        """
        async with asyncio.timeout(_JOIN_WITHIN_SECONDS):
            while not self._checked.is_set():
                self.check()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_RETRY_SECONDS):
                        await self._checked.wait()
            self.moments.checked = time.perf_counter()
            keys = await self._shake_hands()
            if keys is None:
                raise ConnectionError("the handshake failed")
        self.moments.connected = time.perf_counter()
        self._outgoing, self._ingoing, self._drops = sending(keys), receiving(keys), Drops()
        self._incoming = pointer(self._ingoing)

    async def _shake_hands(self) -> Keys | None:
        """The keys, if it worked. OpenSSL says hello again after a second; browsers do after 50 ms, and so do we: a server
        with many threads may answer a check before it takes a handshake."""
        handshake = asyncio.create_task(self._dtls.handshake(self._remote.fingerprint))
        try:
            while not handshake.done():
                await asyncio.wait([handshake], timeout=_HELLO_AGAIN_SECONDS)
                if not self._greeted and self._hello:
                    self._send(self._hello)
        finally:
            handshake.cancel()
        return await handshake

    @property
    def asked_bitrate(self) -> int | None:
        """The bits a second at most, on average, that the other side wants to receive; None when it does not say."""
        return self._remote.bitrate

    @property
    def connected(self) -> bool:
        """Whether there are keys."""
        return self._incoming is not None

    def _describe(self, direction: str, *, mid: str) -> str:
        fingerprint = sha256_fingerprint(self._certificate)
        return description.write(description.Local(self._ufrag, self._password, fingerprint, direction, mid))

    # --- what a client does -------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask whether the server still wants us (ICE's check, and consent's: RFC 7675)."""
        assert self._checks is not None
        self._send(self._checks.request())

    def report(self) -> None:
        """Send a receiver report (RFC 3550, section 6.4.2) of what was really received since the last."""
        if self._theirs is not None:
            header = _REPORT_HEADER.pack(0x81, 201, 7, self._ssrc)
            self._send(self._outgoing.protect_rtcp(header + self.ear.report_block(self._theirs)))

    def speak(self, payload: bytes, timestamp: int) -> None:
        """Send one packet of sound."""
        header = _HEADER.pack(0x80, PAYLOAD_TYPE, self._sequence, timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        data = self._outgoing.protect(header + payload)
        if self._sending is None:
            self._send(data)
            return
        delay = self._sending.carry()
        if delay is not None:
            asyncio.get_running_loop().call_later(delay, self._send, data)

    async def leave(self) -> None:
        """Say goodbye, as a page does that is closed."""
        await self._dtls.close()
        self.close()

    def close(self) -> None:
        """Go without a word."""
        if self._socket.fileno() >= 0:
            self._poller.remove(self._socket.fileno())
            self._socket.close()

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # refused, or closed since: lost, as on any network
            self._socket.send(data)

    def _send_record(self, data: bytes) -> None:
        self._hello = self._hello or data
        self._send(data)

    # --- what comes ---------------------------------------------------------------------------------------------------------

    def _receive(self, now: float) -> None:
        poller = self._poller
        try:
            size = self._socket.recv_into(poller.bytes)
        except OSError:
            return
        if size < _RTP_HEADER_BYTES:
            return
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(poller.bytes)
        if first < 128:
            self._receive_other(bytes(poller.bytes[0:size]))
        elif self._incoming is None:
            return
        elif 192 <= second <= 223:
            self._receive_rtcp(bytes(poller.bytes[0:size]))
        else:
            poller.length[0] = size
            # The header is only looked at once the packet is known to be authentic.
            if srtp.srtp_unprotect(self._incoming, poller.buffer, poller.length) != 0:
                self.ear.refused += 1
            elif ssrc == self._theirs:
                if self._receiving is None and self.on_sound is None and self.on_packet is None:
                    self.ear.hear(sequence, now)
                else:
                    payload = bytes(poller.bytes[_RTP_HEADER_BYTES : poller.length[0]])
                    self._hear(RtpPacket(second & 0x7F, sequence, timestamp, ssrc, payload), now)
            elif self._theirs is None:
                self._theirs = ssrc
                self.ear.hear(sequence, now)
            else:
                self.ear.refused += 1

    def _hear(self, packet: RtpPacket, now: float) -> None:
        """A packet that somebody looks at. A bad network's delay is not waited for: it is in the time that is told."""
        if self._receiving is not None:
            delay = self._receiving.carry()
            if delay is None:
                return
            now += delay
        self.ear.hear(packet.sequence, now)
        self.ear.note_jitter(packet.timestamp, now)
        if self.on_sound is not None:
            self.on_sound(packet.payload, now)
        if self.on_packet is not None:
            self.on_packet(packet, now)

    def _receive_other(self, data: bytes) -> None:
        if data[0] >= 20:
            self._greeted = True
            self._dtls.receive(data)
        elif self._checks is None:
            return
        elif self._checks.is_answer(data):
            if not self._checked.is_set() and self._checks.is_authentic(data):
                self._checked.set()
        elif data[:2] == b"\x00\x01":
            response = self._checks.answer(data, self._remote.address)
            if response is not None:
                self._send(response)

    def _receive_rtcp(self, data: bytes) -> None:
        plain = unprotect_rtcp(self._ingoing, data, self._drops)
        if plain is None:
            self.ear.refused += 1
            return
        with contextlib.suppress(NotRtcp):
            for report in reception_reports(plain):
                if report.ssrc == self._ssrc:
                    self.told_loss = report.lost
