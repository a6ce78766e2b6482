"""Kept voices as sound again: each in its own track, all of them beginning at the same moment."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

from rooms.audio.codec import SAMPLE_RATE, BadPacket, Decoder
from rooms.audio.evidence.packets import VoicePacket

Track = NDArray[np.float32]  # mono, 48 kHz, -1 to 1

_PAUSE_MS = 400  # between two packets: then the sender had paused, and its timestamps may have
_ANOTHER_CLOCK_MS = 2000  # so far from when it came: the sender began anew, as at another audio worker
_MOST_SECONDS = 900


def track_of(packets: list[VoicePacket], began_ms: int) -> Track:
    """One voice's packets, in the order in which they came, as a track that begins at a moment (milliseconds since 1970).

    Between pauses timestamps decide where a packet stands, after a pause the time at which it came. What is no Opus is left
    out, and so is what stands before the beginning or after a quarter of an hour.
    """
    decoder, pieces = Decoder(), []
    start, first, last_ms = 0, 0, -(1 << 60)
    for packet in packets:
        came = (packet.at_ms - began_ms) * SAMPLE_RATE // 1000
        is_another_clock = abs(start + _since(packet, first) - came) > _ANOTHER_CLOCK_MS * SAMPLE_RATE // 1000
        if packet.at_ms - last_ms > _PAUSE_MS or is_another_clock:
            start, first = came, packet.timestamp
        last_ms = packet.at_ms
        try:
            sound = decoder.decode(packet.payload)
        except BadPacket:
            continue
        place = start + _since(packet, first)
        if 0 <= place < _MOST_SECONDS * SAMPLE_RATE:
            pieces.append((place, sound))
    track = np.zeros(max((place + len(sound) for place, sound in pieces), default=0), dtype=np.float32)
    for place, sound in pieces:
        track[place : place + len(sound)] = sound
    return track


def _since(packet: VoicePacket, first: int) -> int:
    return (packet.timestamp - first + (1 << 31)) % (1 << 32) - (1 << 31)


def as_wav(track: Track) -> bytes:
    """A WAV file of 16 bits, mono."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(SAMPLE_RATE)
        written.writeframes((np.clip(track, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def peaks(track: Track, seconds: float, columns: int) -> list[float]:
    """How loud each of so many parts of a span of time is at most, 0 to 1."""
    length = max(1, int(seconds * SAMPLE_RATE / columns))
    return [
        float(np.max(np.abs(part), initial=0.0))
        for part in (track[column * length : (column + 1) * length] for column in range(columns))
    ]
