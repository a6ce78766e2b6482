"""RTP packets (RFC 3550, section 5.1), read from bytes that anybody may have sent."""

import struct
from dataclasses import dataclass

_FIXED_HEADER = struct.Struct("!BBHII")
_EXTENSION_HEADER = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet: `sequence` is 16 bits, `timestamp` and `ssrc` 32 bits; `payload` without padding."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


class NotRtp(ValueError):
    """Bytes that are no RTP packet."""


def parse(data: bytes) -> RtpPacket:
    """Read a packet, skipping contributing sources and header extensions.

    Raises:
        NotRtp: too short for what its header promises, or another version.
    """
    if len(data) < _FIXED_HEADER.size:
        raise NotRtp
    first, second, sequence, timestamp, ssrc = _FIXED_HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise NotRtp
    start = _FIXED_HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < start + _EXTENSION_HEADER.size:
            raise NotRtp
        _profile, words = _EXTENSION_HEADER.unpack_from(data, start)
        start += _EXTENSION_HEADER.size + 4 * words
    end = len(data)
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            raise NotRtp
        end -= padding
    if start > end:
        raise NotRtp
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, bytes(data[start:end]))


def is_rtcp(data: bytes) -> bool:
    """Whether a packet of the shared port is RTCP (RFC 5761, section 4)."""
    return len(data) > 1 and 192 <= data[1] <= 223


def forward(new: int, old: int, bits: int) -> int:
    """How far `new` is ahead of `old` on a counter of so many bits; negative when it is behind."""
    size = 1 << bits
    distance = (new - old) & (size - 1)
    return distance - size if distance >= size // 2 else distance
