"""Many real clients in one process: each with its socket, its ICE, its DTLS and its SRTP, and as little else as possible."""

import asyncio
import contextlib
import random
import re
import secrets
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from aioice import stun
from aiortc import RTCCertificate
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from rooms.audio.bench.link import ServerLink
from rooms.audio.transport.dtls import Dtls, sha256_fingerprint
from rooms.audio.transport.srtp import pointer, receiving, sending

PAYLOAD_TYPE = 111
CHECK_SECONDS = 2.5  # as Chromium does on a stable connection
REPORT_SECONDS = 5.0
_RETRY_SECONDS = 0.1
_JOIN_WITHIN_SECONDS = 15.0
_HEADER = struct.Struct("!BBHII")
_BUFFER_BYTES = 2_048
_RTP_HEADER_BYTES = 12


class Poller:
    """One descriptor for asyncio, however many sockets: an event loop's own reader costs more than decrypting a packet."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._receivers: dict[int, Callable[[float], None]] = {}
        asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._ready)

    def add(self, descriptor: int, receive: Callable[[float], None]) -> None:
        """Call `receive` with the time whenever the socket has something."""
        self._receivers[descriptor] = receive
        self._epoll.register(descriptor, select.EPOLLIN)

    def close(self) -> None:
        """Watch nothing any more."""
        asyncio.get_running_loop().remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _ready(self) -> None:
        for descriptor, _event in self._epoll.poll(0, 4_096):
            self._receivers[descriptor](time.perf_counter())


@dataclass(slots=True)
class Ear:
    """What one client received since `reset`, each packet authentic and of the stream that was announced."""

    packets: int = 0
    lost: int = 0
    refused: int = 0  # not authentic, or of another stream
    longest_gap: float = 0.0  # seconds between two packets
    _expected: int | None = None
    _at: float | None = None

    def reset(self) -> None:
        """Count from now on."""
        self.packets = self.lost = self.refused = 0
        self.longest_gap = 0.0
        self._at = None

    @property
    def highest(self) -> int:
        """The sequence number of the last packet; 0 before the first."""
        return 0 if self._expected is None else (self._expected - 1) & 0xFFFF

    def hear(self, sequence: int, now: float) -> None:
        """One packet."""
        if self._expected is not None:
            self.lost += (sequence - self._expected) & 0xFFFF
        self._expected = (sequence + 1) & 0xFFFF
        if self._at is not None:
            self.longest_gap = max(self.longest_gap, now - self._at)
        self._at = now
        self.packets += 1


class Client:
    """One participant's media."""

    def __init__(self, poller: Poller, certificate: RTCCertificate, *, sends: bool = False) -> None:
        self.ear = Ear()
        self.on_sound: Callable[[bytes, float], None] | None = None  # each payload and when it came
        self._sends = sends
        self._certificate = certificate
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._poller = poller
        self._dtls = Dtls(certificate, self._send, lambda: None, role="client")
        self._checked = asyncio.Event()
        self._buffer = srtp_ffi.new("char[]", _BUFFER_BYTES)
        self._bytes = srtp_ffi.buffer(self._buffer)
        self._length = srtp_ffi.new("int *")
        self._incoming: object = None
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._theirs = 0  # the SSRC of what we hear

    async def join(self, link: ServerLink, room: str, connection: str) -> None:
        """Negotiate, check, shake hands.

        Raises:
            TimeoutError: it took too long.
        """
        answer = await link.offer(room, connection, self._offer())
        self._remote = {
            name: re.search(rf"a={name}:(\S+)", answer)[1]  # type: ignore[index]
            for name in ("ice-ufrag", "ice-pwd", "ssrc")
        }
        self._theirs = int(self._remote["ssrc"])
        fingerprint = re.search(r"a=fingerprint:sha-256 (\S+)", answer)[1]  # type: ignore[index]
        ip, port = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer).groups()  # type: ignore[union-attr]
        self._socket.connect((ip, int(port)))
        self._poller.add(self._socket.fileno(), self._receive)
        async with asyncio.timeout(_JOIN_WITHIN_SECONDS):
            while not self._checked.is_set():
                self.check()
                try:
                    async with asyncio.timeout(_RETRY_SECONDS):
                        await self._checked.wait()
                except TimeoutError:
                    continue
            keys = await self._dtls.handshake(fingerprint)
            if keys is None:
                raise ConnectionError("the handshake failed")
        self._outgoing, self._kept_incoming = sending(keys), receiving(keys)
        self._incoming = pointer(self._kept_incoming)

    def _offer(self) -> str:
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            f"m=audio 9 UDP/TLS/RTP/SAVPF {PAYLOAD_TYPE}",
            "c=IN IP4 0.0.0.0",
            "a=mid:0",
            "a=sendrecv" if self._sends else "a=recvonly",
            "a=rtcp-mux",
            f"a=rtpmap:{PAYLOAD_TYPE} opus/48000/2",
            f"a=ice-ufrag:{self._ufrag}",
            f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {sha256_fingerprint(self._certificate)}",
            "a=setup:active",
        ]
        return "\r\n".join(lines) + "\r\n"

    # --- what a client does -------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask whether the server still wants us (ICE's check, and consent's)."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self._remote['ice-ufrag']}:{self._ufrag}"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self._remote["ice-pwd"].encode())
        self._send(bytes(request))

    def report(self) -> None:
        """Send a receiver report (RFC 3550, section 6.4.2)."""
        block = struct.pack("!IIIIII", self._theirs, 0, self.ear.highest, 0, 0, 0)
        header = struct.pack("!BBHI", 0x81, 201, 7, self._ssrc)
        self._send(self._outgoing.protect_rtcp(header + block))

    def speak(self, payload: bytes, timestamp: int) -> None:
        """Send one packet of sound."""
        header = _HEADER.pack(0x80, PAYLOAD_TYPE, self._sequence, timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._send(self._outgoing.protect(header + payload))

    def close(self) -> None:
        """Go without a word."""
        self._socket.close()

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionRefusedError):
            self._socket.send(data)

    # --- what comes ---------------------------------------------------------------------------------------------------------

    def _receive(self, now: float) -> None:
        try:
            size = self._socket.recv_into(self._bytes)
        except (BlockingIOError, ConnectionRefusedError):
            return
        first = self._bytes[0][0]
        if first >= 128:
            if self._incoming is not None and not 192 <= self._bytes[1][0] <= 223:
                self._hear(size, now)
        elif first >= 20:
            self._dtls.receive(bytes(self._bytes[0:size]))
        elif stun.parse_message(bytes(self._bytes[0:size])).message_class is stun.Class.RESPONSE:
            self._checked.set()

    def _hear(self, size: int, now: float) -> None:
        self._length[0] = size
        if srtp.srtp_unprotect(self._incoming, self._buffer, self._length) != 0:
            self.ear.refused += 1
            return
        _first, _second, sequence, _timestamp, ssrc = _HEADER.unpack_from(self._bytes)
        if ssrc != self._theirs:
            self.ear.refused += 1
            return
        self.ear.hear(sequence, now)
        if self.on_sound is not None:
            self.on_sound(bytes(self._bytes[_RTP_HEADER_BYTES : self._length[0]]), now)


async def join_all(link: ServerLink, clients: list[tuple[Client, str]], *, at_once: int = 10) -> None:
    """Bring clients into rooms, a few at a time. A client's connection is its place in the list."""
    turn = asyncio.Semaphore(at_once)

    async def join(number: int, client: Client, room: str) -> None:
        async with turn:
            await client.join(link, room, f"client {number}")

    await asyncio.gather(*(join(number, client, room) for number, (client, room) in enumerate(clients)))


async def keep_in_touch(clients: list[Client]) -> None:
    """Send every client's checks and reports, evenly over time, until cancelled."""
    due = [(random.random() * CHECK_SECONDS, random.random() * REPORT_SECONDS) for _ in clients]  # noqa: S311
    began = time.monotonic()
    while True:
        await asyncio.sleep(0.01)
        now = time.monotonic() - began
        for number, (client, (check, report)) in enumerate(zip(clients, due, strict=True)):
            if now >= check:
                client.check()
                check += CHECK_SECONDS
            if now >= report:
                client.report()
                report += REPORT_SECONDS
            due[number] = check, report
