"""RTCP (RFC 3550, section 6): the reports that we send of our streams, and what receivers report of them."""

import struct
from dataclasses import dataclass

from rooms.audio.core.reception import Reception

SENDER_REPORT = 200
RECEIVER_REPORT = 201
_SOURCE_DESCRIPTION = 202
_CNAME = 1
_VERSION = 0x80
_NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970
MOST_CNAME_BYTES = 255

_HEADER = struct.Struct("!BBH")
_SENDER_INFO = struct.Struct("!IQIII")
_SOURCE = struct.Struct("!I")
_BLOCK = struct.Struct("!IB3xIIII")
_OWN_BLOCK = struct.Struct("!IIIIII")


class NotRtcp(ValueError):
    """Bytes that are no RTCP packet."""


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """What a receiver says of one stream."""

    ssrc: int
    lost: float  # the share of packets lost since its last report, 0 to 1
    jitter: int  # in samples


@dataclass(frozen=True, slots=True)
class LastReport:
    """A sender report that came: what a receiver report says of it, so that its sender can measure the round trip."""

    middle: int  # the middle 32 bits of its NTP time
    came_at: float  # seconds of our clock


def sender_report(ssrc: int, unix_time: float, timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """A sender report and the source description that must go with it (section 6.1).

    Args:
        unix_time: seconds; the moment that RTP `timestamp` stands for.
        packets, octets: sent since the stream began; octets of payload. Both wrap at 32 bits.
        cname: ASCII, at most 255 characters.
    """
    information = _SENDER_INFO.pack(ssrc, ntp_time(unix_time), timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _packet(SENDER_REPORT, 0, information) + description(ssrc, cname)


def ntp_time(unix_time: float) -> int:
    """Seconds since 1970 as reports say them: 32 bits of seconds since 1900, 32 bits of their fraction (section 4)."""
    return int((unix_time + _NTP_EPOCH) * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


def receiver_report(ssrc: int, reception: Reception, last: LastReport | None, now: float, cname: str) -> bytes:
    """A receiver report with one block, and the source description that must go with it (section 6.4.2).

    Args:
        ssrc: ours.
        last: the sender report of theirs that came last.
        now: seconds of the clock by which `last` came.
    """
    delay = min(0xFFFFFFFF, int((now - last.came_at) * 65_536)) if last is not None else 0
    lost = (int(reception.fraction_lost * 256) << 24) | (reception.cumulative_lost & 0xFFFFFF)
    block = _OWN_BLOCK.pack(
        reception.ssrc,
        lost,
        reception.highest_sequence,
        reception.jitter & 0xFFFFFFFF,
        last.middle if last is not None else 0,
        delay,
    )
    return _packet(RECEIVER_REPORT, 1, _SOURCE.pack(ssrc) + block) + description(ssrc, cname)


def description(ssrc: int, cname: str) -> bytes:
    """The source description of one source (section 6.5). `cname` is ASCII, at most 255 characters."""
    name = cname.encode("ascii")
    assert len(name) <= MOST_CNAME_BYTES
    chunk = _SOURCE.pack(ssrc) + bytes([_CNAME, len(name)]) + name
    chunk += bytes(4 - len(chunk) % 4)  # ends with at least one zero
    return _packet(_SOURCE_DESCRIPTION, 1, chunk)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(_VERSION | count, kind, len(body) // 4) + body


def reception_reports(data: bytes) -> list[ReceptionReport]:
    """The report blocks of a compound packet that anybody may have written.

    Raises:
        NotRtcp: it is cut off, or not of version 2.
    """
    reports: list[ReceptionReport] = []
    position = 0
    while position < len(data):
        if len(data) - position < _HEADER.size:
            raise NotRtcp
        first, kind, words = _HEADER.unpack_from(data, position)
        end = position + _HEADER.size + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise NotRtcp
        start = position + _HEADER.size + (_SENDER_INFO.size if kind == SENDER_REPORT else _SOURCE.size)
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            reports += _blocks(data[start:end], first & 0x1F)
        position = end
    return reports


def middle_of_ntp(data: bytes) -> int | None:
    """Of a compound packet that begins with a sender report, as one must that holds one: the middle 32 bits of its time."""
    if len(data) < _HEADER.size + _SENDER_INFO.size or data[1] != SENDER_REPORT:
        return None
    _ssrc, ntp, _timestamp, _packets, _octets = _SENDER_INFO.unpack_from(data, _HEADER.size)
    return (ntp >> 16) & 0xFFFFFFFF


def _blocks(data: bytes, count: int) -> list[ReceptionReport]:
    if len(data) < count * _BLOCK.size:
        raise NotRtcp
    return [
        ReceptionReport(ssrc=ssrc, lost=fraction / 256, jitter=jitter)
        for ssrc, fraction, _highest, jitter, _last_report, _delay in (
            _BLOCK.unpack_from(data, index * _BLOCK.size) for index in range(count)
        )
    ]
