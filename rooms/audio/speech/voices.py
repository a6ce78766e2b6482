"""Packets that the gate let through, decoded at 16 kHz and cut into utterances, each person's on their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rooms.audio.codec import BadPacket, Decoder
from rooms.audio.evidence.packets import VoicePacket
from rooms.audio.speech.utterances import RATE, TICK_SAMPLES, Segmenter, Utterance

_RTP_RATE = 48_000
_CONCEALED_MS, _PAUSE_MS = 100, 400  # a gap of packets that were lost; of one that sends no silence
_OVER_AFTER_SECONDS = 2.0  # packets are handed over once a second
_FORGOTTEN_AFTER_SECONDS = 60.0
_NOTHING = np.zeros(0, dtype=np.float32)


@dataclass(slots=True)
class _Voice:
    segmenter: Segmenter
    touched: float
    decoder: Decoder = field(default_factory=lambda: Decoder(RATE))
    expected: int | None = None  # RTP's timestamp of the packet that comes next
    rest: NDArray[np.float32] = field(default_factory=lambda: _NOTHING)  # of a tick


@dataclass(slots=True)
class Voices:
    """Of all rooms. `now` is any clock that only goes forward, in seconds."""

    _voices: dict[tuple[str, str], _Voice] = field(default_factory=dict)

    def take(self, room: str, language: str, packets: list[VoicePacket], now: float) -> Iterator[Utterance]:
        """Take what was said; the utterances that are over."""
        for packet in packets:
            whose = (room, packet.person)
            voice = self._voices.get(whose)
            if voice is None or voice.segmenter.language != language:
                voice = self._voices[whose] = _Voice(Segmenter(room, packet.person, language), now)
            voice.touched = now
            yield from _hear(voice, packet)

    def look(self, now: float) -> Iterator[Utterance]:
        """Those who send nothing any more have ended what they said."""
        for whose, voice in list(self._voices.items()):
            if now - voice.touched > _OVER_AFTER_SECONDS:
                yield from voice.segmenter.end()
                voice.rest, voice.expected = _NOTHING, None
            if now - voice.touched > _FORGOTTEN_AFTER_SECONDS:
                del self._voices[whose]


def _hear(voice: _Voice, packet: VoicePacket) -> Iterator[Utterance]:
    gap_ms = _gap_ms(voice, packet)
    if gap_ms < 0:
        return  # late, or twice
    try:
        sound = voice.decoder.decode(packet.payload)
    except BadPacket:
        return
    voice.expected = (packet.timestamp + len(sound) * _RTP_RATE // RATE) % (1 << 32)
    if gap_ms > _PAUSE_MS:
        yield from voice.segmenter.end()
        voice.rest = _NOTHING
    elif gap_ms > 0:
        hole = np.zeros(gap_ms * RATE // 1000, dtype=np.float32)
        if gap_ms <= _CONCEALED_MS:
            hole[:] = np.resize(sound, len(hole)) * 0.5  # a hole of a packet or two would cut a word
        sound = np.concatenate([hole, sound])
    ticks = np.concatenate([voice.rest, sound])
    whole = len(ticks) - len(ticks) % TICK_SAMPLES
    voice.rest = ticks[whole:]
    began_ms = packet.at_ms - (len(ticks) * 1000 // RATE)
    for start in range(0, whole, TICK_SAMPLES):
        yield from voice.segmenter.hear(ticks[start : start + TICK_SAMPLES], began_ms + start * 1000 // RATE)


def _gap_ms(voice: _Voice, packet: VoicePacket) -> int:
    """Milliseconds that are missing before a packet; less than nothing of one that comes too late."""
    if voice.expected is None:
        return 0
    missing = (packet.timestamp - voice.expected + (1 << 31)) % (1 << 32) - (1 << 31)
    if abs(missing) > 10 * _RTP_RATE:
        return _PAUSE_MS + 1  # another connection: its timestamps begin anew
    return missing * 1000 // _RTP_RATE
