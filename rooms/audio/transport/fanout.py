"""One payload to many listeners: headers patched, SRTP in place in one arena, `sendmmsg` for all.

An `Audience` keeps a slot for each of its streams: its header, its address, its keys. What changes from packet to packet is
written for all of them at once by numpy; only libsrtp is called for each, from C (`map`). No object is made per packet.
"""

import errno
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pylibsrtp
from cffi import FFI
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from rooms.audio import native
from rooms.audio.transport.rtcp import MOST_CNAME_BYTES, description, ntp_time, sender_report
from rooms.audio.transport.srtp import pointer, protect_rtcp

_HEADER_BYTES = 12  # RFC 3550, section 5.1
_HEADER = np.dtype(
    [("first", "u1"), ("second", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")], align=False
)
_VERSION = 0x80
_MARKER = 0x80  # the first packet after silence (RFC 3551, section 4.1)
_TRAILER_BYTES = 148  # the most that libsrtp adds (SRTP_MAX_TRAILER_LEN)
_WIRE_BYTES = _HEADER_BYTES + 10 + 8 + 20  # around a payload: SRTP's tag, UDP, IPv4
_SLOT_BYTES = 768
_FIRST_SLOTS = 8
_MOST_AT_ONCE = 1_024  # UIO_MAXIOV
_NAME_BYTES = 28  # sockaddr_in6
_PACKETS_A_REPORT = 250  # a sender report every 5 s of sound

MOST_PAYLOAD_BYTES = _SLOT_BYTES - _HEADER_BYTES - _TRAILER_BYTES

_MOST_REPORT_BYTES = 48 + MOST_CNAME_BYTES + _TRAILER_BYTES

_PROTECT = srtp_ffi.addressof(srtp, "srtp_protect")
_PROTECT_REPORT = srtp_ffi.addressof(srtp, "srtp_protect_rtcp")

_ffi = FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr { void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                void *msg_control; size_t msg_controllen; int msg_flags; };
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags);
""")
_libc = _ffi.dlopen(None)
_VECTOR = np.dtype([("base", np.uintp), ("length", np.uintp)])


@dataclass(slots=True, eq=False)
class Stream:
    """What we send to one listener: an RTP stream of its own SSRC, sequence and keys. While it is in an audience, that keeps
    count of `sequence`, `packets` and `octets`."""

    session: pylibsrtp.Session
    ssrc: int
    cname: str
    payload_type: int
    sequence: int  # of the next packet
    address: tuple[str, int]
    packets: int = 0
    octets: int = 0  # of payload
    description: bytes = field(init=False)  # of its source, as each report says it

    def __post_init__(self) -> None:
        self.description = description(self.ssrc, self.cname)


def has_sendmmsg() -> bool:
    """Whether this system's C library sends many datagrams at once."""
    return hasattr(_libc, "sendmmsg")


class Outlet:
    """The socket that everything leaves by, and what became of it."""

    def __init__(self, bound: socket.socket, *, at_once: bool | None = None) -> None:
        self.socket = bound
        self.descriptor = bound.fileno()
        self.at_once = has_sendmmsg() if at_once is None else at_once
        self.sent = 0
        self.unsent = 0
        self.octets = 0  # of sound, as on the wire

    def send(self, data: bytes | memoryview, address: tuple[str, int]) -> None:
        """Send one datagram. What the kernel has no room for is lost, as on any network."""
        try:
            self.socket.sendto(data, address)
            self.sent += 1
        except OSError:
            self.unsent += 1


class Audience:
    """The streams that get the same sound. Not safe for threads."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._loops = native.loops()
        self._streams: list[Stream] = []
        self._places: dict[Stream, int] = {}
        self._sessions: list[Any] = []  # libsrtp's, in the streams' order
        self._sends = 0
        self._written = bytearray(_MOST_REPORT_BYTES)  # the report that is on its way
        self._make_slots(_FIRST_SLOTS)

    def __len__(self) -> int:
        return len(self._streams)

    def __contains__(self, stream: Stream) -> bool:
        return stream in self._places

    # --- who is in it -----------------------------------------------------------------------------------------------------

    def add(self, stream: Stream) -> None:
        """From the next packet on this stream gets what the others get."""
        place = len(self._streams)
        if place == len(self._arena):
            self._grow()
        self._streams.append(stream)
        self._places[stream] = place
        self._sessions.append(pointer(stream.session))
        self._fill(place, stream)

    def remove(self, stream: Stream) -> None:
        """It gets nothing more; its own count goes on where it was."""
        place = self._places.pop(stream)
        self._read_back(place, stream)
        last, session = self._streams.pop(), self._sessions.pop()
        if last is not stream:
            self._read_back(len(self._streams), last)
            self._streams[place], self._sessions[place], self._places[last] = last, session, place
            self._fill(place, last)

    def _fill(self, place: int, stream: Stream) -> None:
        header = self._headers[place]
        header["first"], header["ssrc"] = _VERSION, stream.ssrc
        self._session_addresses[place] = int(srtp_ffi.cast("uintptr_t", pointer(stream.session)))
        self._payload_types[place] = stream.payload_type
        self._sequences[place] = stream.sequence
        self._packets[place], self._octets[place] = stream.packets, stream.octets
        name = sockaddr(stream.address)
        self._names[place, : len(name)] = np.frombuffer(name, dtype=np.uint8)
        self._messages[place].msg_hdr.msg_namelen = len(name)

    def _read_back(self, place: int, stream: Stream) -> None:
        stream.sequence = int(self._sequences[place])
        stream.packets, stream.octets = int(self._packets[place]), int(self._octets[place])

    def _grow(self) -> None:
        for place, stream in enumerate(self._streams):
            self._read_back(place, stream)
        self._make_slots(2 * len(self._arena))
        for place, stream in enumerate(self._streams):
            self._fill(place, stream)

    def _make_slots(self, count: int) -> None:
        self._arena = np.zeros((count, _SLOT_BYTES), dtype=np.uint8)
        self._headers = np.ndarray((count,), _HEADER, self._arena, strides=(_SLOT_BYTES,))
        self._header_seconds = self._headers["second"]
        self._header_sequences = self._headers["sequence"]
        self._header_timestamps = self._headers["timestamp"]
        self._names = np.zeros((count, _NAME_BYTES), dtype=np.uint8)
        self._payload_types = np.zeros(count, dtype=np.uint8)
        self._sequences = np.zeros(count, dtype=np.uint16)
        self._packets = np.zeros(count, dtype=np.int64)
        self._octets = np.zeros(count, dtype=np.int64)
        self._lengths = np.zeros(count, dtype=np.int32)
        self._vectors = np.zeros(count, dtype=_VECTOR)
        self._messages = _ffi.new("struct mmsghdr[]", count)
        self._packet_pointers = _pointers("char *", self._arena, _SLOT_BYTES)
        self._length_pointers = _pointers("int *", self._lengths, self._lengths.itemsize)
        self._vector_lengths = self._vectors["length"]
        self._vectors["base"] = self._arena.ctypes.data + _SLOT_BYTES * np.arange(count)
        self._session_addresses = np.zeros(count, dtype=np.uintp)
        self._slots = self._described()
        for slot in range(count):
            header = self._messages[slot].msg_hdr
            header.msg_iov = _ffi.cast("struct iovec *", self._vectors.ctypes.data + slot * _VECTOR.itemsize)
            header.msg_iovlen = 1
            header.msg_name = _ffi.cast("void *", self._names.ctypes.data + slot * _NAME_BYTES)

    def _described(self) -> Any:
        """The arrays as loops.c takes them. Whatever they are replaced by must be described anew."""
        described = native.ffi.new("struct slots *")
        described.protect = native.ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", _PROTECT)))
        described.protect_report = native.ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", _PROTECT_REPORT)))
        described.slot_bytes = _SLOT_BYTES
        for name, kind, array in (
            ("sessions", "void **", self._session_addresses),
            ("arena", "uint8_t *", self._arena),
            ("vectors", "size_t *", self._vectors),
            ("payload_types", "uint8_t *", self._payload_types),
            ("sequences", "uint16_t *", self._sequences),
            ("packets", "int64_t *", self._packets),
            ("octets", "int64_t *", self._octets),
        ):
            setattr(described, name, native.ffi.cast(kind, array.ctypes.data))
        return described

    # --- what it gets -----------------------------------------------------------------------------------------------------

    def send(self, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        """Send one packet of this payload to every stream.

        Args:
            payload: Opus, at most `MOST_PAYLOAD_BYTES`.
            timestamp: 32 bits, in samples.
        """
        count = len(self._streams)
        if count == 0:
            return
        if self._loops is None:
            self._send_protected(0, count, self._protect(count, payload, timestamp, _MARKER if marker else 0))
        else:
            refused = self._loops.protect_slots(self._slots, 0, count, payload, len(payload), timestamp, marker)
            self._send_protected(0, count, refused)
        self._outlet.octets += count * (len(payload) + _WIRE_BYTES)
        self._report(count, timestamp)
        self._sends += 1

    def skip(self, packets: int) -> None:
        """So many packets that every stream should have got are lost: receivers see a gap in the sequence, and conceal it."""
        self._sequences[: len(self._streams)] += packets

    def _protect(self, count: int, payload: bytes, timestamp: int, marker: int) -> int:
        """`protect_slots` of loops.c without a compiler."""
        size = _HEADER_BYTES + len(payload)
        np.bitwise_or(self._payload_types[:count], marker, out=self._header_seconds[:count])
        self._header_sequences[:count] = self._sequences[:count]
        self._header_timestamps[:count] = timestamp
        self._sequences[:count] += 1
        self._arena[:count, _HEADER_BYTES:size] = np.frombuffer(payload, dtype=np.uint8)
        self._lengths[:count] = size
        statuses = list(map(srtp.srtp_protect, self._sessions, self._packet_pointers, self._length_pointers))
        self._vector_lengths[:count] = self._lengths[:count]
        self._packets[:count] += 1
        self._octets[:count] += len(payload)
        if not any(statuses):
            return 0
        refused = np.flatnonzero(statuses)
        self._vector_lengths[refused] = 0
        return len(refused)

    def _send_protected(self, start: int, end: int, refused: int) -> None:
        if not refused:
            self._send(start, end)
            return
        # What libsrtp refused is still in plaintext: it must not leave.
        self._outlet.unsent += refused
        for place in range(start, end):
            if self._vector_lengths[place]:
                self._send(place, place + 1)

    def _send(self, start: int, end: int) -> None:
        if not self._outlet.at_once:
            for place in range(start, end):
                self._outlet.send(
                    self._arena[place, : int(self._vector_lengths[place])].tobytes(), self._streams[place].address
                )
            return
        while start < end:
            count = min(end - start, _MOST_AT_ONCE)
            sent = _libc.sendmmsg(self._outlet.descriptor, self._messages + start, count, 0)
            if sent > 0:
                self._outlet.sent += sent
                start += sent
            elif _ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                self._outlet.unsent += end - start
                return
            else:
                # The first of them cannot be sent (an unreachable address): the others can.
                self._outlet.unsent += 1
                start += 1

    def _report(self, count: int, timestamp: int) -> None:
        # By place, so that they are spread over the five seconds.
        for place in range(self._sends % _PACKETS_A_REPORT, count, _PACKETS_A_REPORT):
            report = self._protected_report(place, timestamp)
            if report:
                self._outlet.send(report, self._streams[place].address)
            else:
                self._outlet.unsent += 1

    def _protected_report(self, place: int, timestamp: int) -> bytes | memoryview:
        """One stream's sender report, good until the next; empty, if libsrtp refused."""
        stream = self._streams[place]
        if self._loops is None:
            packets, octets = int(self._packets[place]), int(self._octets[place])
            report = sender_report(stream.ssrc, time.time(), timestamp, packets, octets, stream.cname)
            return protect_rtcp(stream.session, report)
        described, written = stream.description, native.ffi.from_buffer("uint8_t[]", self._written)
        length = self._loops.report_slot(
            self._slots, place, ntp_time(time.time()), timestamp, described, len(described), written
        )
        return memoryview(self._written)[:length]


def _pointers(kind: str, array: np.ndarray[Any, Any], step: int) -> list[Any]:
    start = array.ctypes.data
    return [srtp_ffi.cast(kind, start + step * number) for number in range(len(array))]


def sockaddr(address: tuple[str, int]) -> bytes:
    """An address as the kernel takes it (`struct sockaddr_in`, `sockaddr_in6`)."""
    host, port = address
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host)
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + packed + struct.pack("=I", 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)
