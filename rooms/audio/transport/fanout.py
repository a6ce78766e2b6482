"""One payload to many listeners: header, SRTP in place in one arena, one `sendmmsg` for all.

Nothing is made per packet. Costs measured in a tight loop: SRTP in place 1.0 µs and `sendmmsg` 1.1 µs a packet.
"""

import errno
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from cffi import FFI
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from rooms.audio.codec import MOST_PACKET_BYTES
from rooms.audio.transport.rtcp import sender_report

_HEADER = struct.Struct("!BBHII")  # RFC 3550, section 5.1
_VERSION = 0x80
_MARKER = 0x80  # the first packet after silence (RFC 3551, section 4.1)
_TRAILER_BYTES = 148  # the most that SRTP or SRTCP adds
_SLOT_BYTES = 1_536
_FIRST_SLOTS = 256
_MOST_AT_ONCE = 1_024  # UIO_MAXIOV
_NAME_BYTES = 28  # sockaddr_in6
_PACKETS_A_REPORT = 250  # a sender report every 5 s of sound

_ffi = FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr { void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                void *msg_control; size_t msg_controllen; int msg_flags; };
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags);
""")
_libc = _ffi.dlopen(None)

assert _HEADER.size + MOST_PACKET_BYTES + _TRAILER_BYTES <= _SLOT_BYTES


@dataclass(slots=True, eq=False)
class Stream:
    """What we send to one listener: an RTP stream of its own SSRC, sequence and keys."""

    session: pylibsrtp.Session  # kept, because `srtp` dies with it
    srtp: Any  # libsrtp's session: cffi `srtp_t`
    ssrc: int
    cname: str
    payload_type: int
    sequence: int  # of the next packet
    socket_address: bytes  # `struct sockaddr` of where it goes
    packets: int = 0
    octets: int = 0  # of payload


def has_sendmmsg() -> bool:
    """Whether this system's C library sends many datagrams at once."""
    return hasattr(_libc, "sendmmsg")


class FanOut:
    """The arena of one socket. Not safe for threads."""

    def __init__(self, bound: socket.socket, *, at_once: bool | None = None) -> None:
        self.sent = 0
        self.unsent = 0
        self._socket = bound
        self._descriptor = bound.fileno()
        self._at_once = has_sendmmsg() if at_once is None else at_once
        self._used = 0
        self._length = srtp_ffi.new("int *")
        self._make_slots(_FIRST_SLOTS)

    def _make_slots(self, count: int) -> None:
        self._slots = count
        self._arena = _ffi.new("char[]", count * _SLOT_BYTES)
        self._names = _ffi.new("char[]", count * _NAME_BYTES)
        self._vectors = _ffi.new("struct iovec[]", count)
        self._messages = _ffi.new("struct mmsghdr[]", count)
        self._bytes = _ffi.buffer(self._arena)
        self._name_bytes = _ffi.buffer(self._names)
        self._named: list[bytes] = [b""] * count  # what each slot's name is now: mostly the same as a tick ago
        start = int(_ffi.cast("uintptr_t", self._arena))
        self._pointers = [srtp_ffi.cast("char *", start + slot * _SLOT_BYTES) for slot in range(count)]
        for slot in range(count):
            self._vectors[slot].iov_base = self._arena + slot * _SLOT_BYTES
            header = self._messages[slot].msg_hdr
            header.msg_iov = self._vectors + slot
            header.msg_iovlen = 1
            header.msg_name = self._names + slot * _NAME_BYTES

    def add(self, payload: bytes, timestamp: int, streams: Iterable[Stream], *, marker: bool = False) -> None:
        """Prepare one packet of this payload (Opus, at most 1,275 bytes) for each listener."""
        size = _HEADER.size + len(payload)
        mark = _MARKER if marker else 0
        length, protect, pack = self._length, srtp.srtp_protect, _HEADER.pack_into
        for stream in streams:
            if self._used == self._slots:
                self.flush()
            slot = self._used
            offset = slot * _SLOT_BYTES
            pack(self._bytes, offset, _VERSION, mark | stream.payload_type, stream.sequence, timestamp, stream.ssrc)
            self._bytes[offset + _HEADER.size : offset + size] = payload
            stream.sequence = (stream.sequence + 1) & 0xFFFF
            length[0] = size
            if protect(stream.srtp, self._pointers[slot], length) != 0:
                self.unsent += 1
                continue
            self._finish(slot, length[0], stream.socket_address)
            stream.octets += len(payload)
            stream.packets += 1
            if (stream.packets + stream.ssrc) % _PACKETS_A_REPORT == 0:  # SSRCs are random: not all in the same tick
                self._report(stream, timestamp)

    def _report(self, stream: Stream, timestamp: int) -> None:
        if self._used == self._slots:
            self.flush()
        slot = self._used
        report = sender_report(stream.ssrc, time.time(), timestamp, stream.packets, stream.octets, stream.cname)
        offset = slot * _SLOT_BYTES
        self._bytes[offset : offset + len(report)] = report
        self._length[0] = len(report)
        if srtp.srtp_protect_rtcp(stream.srtp, self._pointers[slot], self._length) == 0:
            self._finish(slot, self._length[0], stream.socket_address)

    def _finish(self, slot: int, size: int, name: bytes) -> None:
        self._vectors[slot].iov_len = size
        if self._named[slot] != name:
            self._named[slot] = name
            self._name_bytes[slot * _NAME_BYTES : slot * _NAME_BYTES + len(name)] = name
            self._messages[slot].msg_hdr.msg_namelen = len(name)
        self._used += 1

    def flush(self) -> None:
        """Hand everything that was prepared to the kernel. What it has no room for is lost, as on any network."""
        full = self._used == self._slots
        if self._at_once:
            self._send_at_once()
        else:
            self._send_one_by_one()
        self._used = 0
        if full:
            self._make_slots(self._slots * 2)

    def _send_at_once(self) -> None:
        start, end = 0, self._used
        while start < end:
            sent = _libc.sendmmsg(self._descriptor, self._messages + start, min(end - start, _MOST_AT_ONCE), 0)
            if sent > 0:
                self.sent += sent
                start += sent
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                self.unsent += end - start
                return
            else:
                # The first of them cannot be sent (an unreachable address): the others can.
                self.unsent += 1
                start += 1

    def _send_one_by_one(self) -> None:
        for slot in range(self._used):
            offset = slot * _SLOT_BYTES
            datagram = self._bytes[offset : offset + self._vectors[slot].iov_len]
            try:
                self._socket.sendto(datagram, address_of(self._named[slot]))
                self.sent += 1
            except OSError:
                self.unsent += 1


def sockaddr(address: tuple[str, int]) -> bytes:
    """An address as the kernel takes it (`struct sockaddr_in`, `sockaddr_in6`)."""
    host, port = address
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host)
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + packed + struct.pack("=I", 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)


def address_of(name: bytes) -> tuple[str, int]:
    """The inverse of `sockaddr`."""
    (family,) = struct.unpack_from("=H", name)
    (port,) = struct.unpack_from("!H", name, 2)
    packed = name[8:24] if family == socket.AF_INET6 else name[4:8]
    return socket.inet_ntop(family, packed), port
