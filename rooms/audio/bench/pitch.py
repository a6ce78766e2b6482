"""Talkers who can be told apart: each has a tone of their own, and whoever decodes the mix can tell whom it holds."""

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rooms.audio.bench.client import Client
from rooms.audio.bench.voice import packets
from rooms.audio.codec import Decoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.packet import RtpPacket

LOWEST, HIGHEST = 300, 3_300  # Hz
LEAST_STEP = 10  # Hz between two talkers
MOST_TALKERS = (HIGHEST - LOWEST) // LEAST_STEP
TURN_SECONDS = 1.0
_OVERLAP_SECONDS = 0.1  # of turns: nobody is to hear a pause
_AMPLITUDE = 0.2
_PRESENT_DB = -12.0  # of a tone that is sent, relative to how it is sent
_ABSENT_DB = -25.0  # of one that is not, at most; a codec's distortion of the others may lie there


def frequencies(number: int) -> list[int]:
    """So many tones in Hz, as far apart as can be.

    Raises:
        ValueError: too many to be told apart.
    """
    if number > MOST_TALKERS:
        raise ValueError(f"no more than {MOST_TALKERS} talkers can be told apart")
    step = (HIGHEST - LOWEST) // max(1, number)
    return [LOWEST + place * step for place in range(number)]


def voice(frequency: int, *, turn: int, turns: int) -> list[bytes]:
    """The Opus packets of a tone that swells four times a second, to be sent over and over.

    Args:
        turn, turns: which of how many turns of a second are theirs; in the others they are silent. One turn: always.
    """
    times = np.arange(int(turns * TURN_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    sound = _AMPLITUDE * (0.75 + 0.25 * np.sin(2 * np.pi * 4 * times)) * np.sin(2 * np.pi * frequency * times)
    if turns > 1:
        since = (times - turn * TURN_SECONDS) % (turns * TURN_SECONDS)
        sound *= since < TURN_SECONDS + _OVERLAP_SECONDS
    breath = np.random.default_rng(frequency).standard_normal(len(times)) * 0.0005
    return packets((sound + breath).astype(np.float32))


class Recorder:
    """The last packets that one client received."""

    def __init__(self, client: Client, seconds: float) -> None:
        self._packets: deque[RtpPacket] = deque(maxlen=int(seconds * SAMPLE_RATE / TICK_SAMPLES))
        client.on_packet = lambda packet, _now: self._packets.append(packet)

    def sound(self) -> NDArray[np.float32]:
        """What they hold, one after the other."""
        decoder = Decoder()
        decoded = [decoder.decode(packet.payload) for packet in self._packets]
        return np.concatenate(decoded) if decoded else np.zeros(0, dtype=np.float32)


def holds(sound: NDArray[np.float32], present: Iterable[int], absent: Sequence[int], *, turns: int) -> bool:
    """Whether these tones (Hz) are in a sound of whole turns, and those are not."""
    if len(sound) == 0:
        return False
    sent = 20 * np.log10(0.75 * _AMPLITUDE / turns)
    return all(level(sound, tone) > sent + _PRESENT_DB for tone in present) and all(
        level(sound, tone) < sent + _ABSENT_DB for tone in absent
    )


def level(sound: NDArray[np.float32], frequency: float) -> float:
    """The amplitude of one frequency (Hz), in dB of full scale."""
    times = np.arange(len(sound)) / SAMPLE_RATE
    window = np.hanning(len(sound))
    amplitude = 2 * abs(np.sum(sound * window * np.exp(-2j * np.pi * frequency * times))) / np.sum(window)
    return float(20 * np.log10(amplitude + 1e-9))
