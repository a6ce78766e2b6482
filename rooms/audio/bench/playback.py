"""What a listener hears of the packets they received: jitter buffer, decoder and the 20 ms of a sound card, afterwards.

Nothing is waited for: packets go in by the times at which they arrived, and sound comes out by a clock that only counts.
"""

from dataclasses import dataclass, field

import numpy as np

from rooms.audio.bench.speech import Sound
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.packet import RtpPacket
from rooms.audio.playout import Speaker

_SILENCE = np.zeros(TICK_SAMPLES, dtype=np.float32)
_AFTER_SECONDS = 0.5
_PHASE_SECONDS = 0.007  # a sound card keeps a time of its own: its ticks are not the moments at which packets come


@dataclass(frozen=True, slots=True)
class Heard:
    """A listener's sound: 48 kHz mono in [−1, 1]."""

    began: float  # seconds of the clock by which packets arrived
    sound: Sound

    def part(self, since: float, seconds: float) -> Sound:
        """What was heard from a moment on; silence where that is before the beginning or after the end."""
        start, length = round((since - self.began) * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
        padded = np.zeros(length, dtype=np.float32)
        first, last = max(0, start), min(len(self.sound), start + length)
        if first < last:
            padded[first - start : last - start] = self.sound[first:last]
        return padded


@dataclass
class Tape:
    """The packets of one listener with the times of their arrival (seconds)."""

    packets: list[tuple[float, RtpPacket]] = field(default_factory=list)

    def take(self, packet: RtpPacket, arrived: float) -> None:
        """One packet."""
        self.packets.append((arrived, packet))

    def play(self) -> Heard:
        """What was heard.

        Raises:
            ValueError: nothing came.
        """
        if not self.packets:
            raise ValueError("nothing was received")
        arrivals = sorted(self.packets, key=lambda arrival: arrival[0])  # a network with jitter lets packets overtake
        began, ended = arrivals[0][0] + _PHASE_SECONDS, arrivals[-1][0] + _AFTER_SECONDS
        speaker, ticks, place = Speaker(), [], 0
        for number in range(int((ended - began) / TICK_SECONDS)):
            now = began + number * TICK_SECONDS
            while place < len(arrivals) and arrivals[place][0] <= now:
                speaker.push(arrivals[place][1], arrivals[place][0])
                place += 1
            sound = speaker.read(now)
            ticks.append(_SILENCE if sound is None else sound)
        return Heard(began, np.concatenate(ticks))
