"""Voices as they came: packets of Opus with whose they are and when they arrived."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgpack


@dataclass(frozen=True, slots=True)
class VoicePacket:
    """One packet that the gate let through.

    `person` is a participant's public id, `at_ms` milliseconds since 1970, `timestamp` RTP's (48 kHz, wraps at 32 bits).
    """

    person: str
    at_ms: int
    timestamp: int
    payload: bytes


class Malformed(ValueError):
    """Bytes that are no packets of ours."""


def pack(packets: Iterable[VoicePacket]) -> bytes:
    """Packets as bytes."""
    return msgpack.packb([(packet.person, packet.at_ms, packet.timestamp, packet.payload) for packet in packets])


def unpack(data: bytes) -> list[VoicePacket]:
    """The packets again.

    Raises:
        Malformed: they are not what `pack` made.
    """
    try:
        rows: list[tuple[Any, ...]] = msgpack.unpackb(data, use_list=False)
        return [VoicePacket(*row) for row in rows]
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise Malformed(str(error)) from error
