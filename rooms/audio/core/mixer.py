"""Adding voices: the mix of all, the mix without each talker (mix-minus), a limiter that never clips, fades that never click.

All sound is mono float32 in [−1, 1], 960 samples (20 ms) a tick.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.clock import TICK_SAMPLES

Sound = NDArray[np.float32]

_CEILING = 0.9  # where the limiter starts to hold
_KNEE = 0.8  # where the last, memoryless stage begins to bend
_RELEASE_A_TICK = 0.05  # gain regained in 20 ms
_FADE_SAMPLES = 480  # 10 ms

_FADE_IN = np.linspace(0.0, 1.0, _FADE_SAMPLES, dtype=np.float32)
_SILENCE = np.zeros(TICK_SAMPLES, dtype=np.float32)
_SILENCE.flags.writeable = False


def silence() -> Sound:
    """One tick of nothing; do not write to it."""
    return _SILENCE


def mix(voices: Mapping[str, Sound]) -> tuple[Sound, dict[str, Sound]]:
    """The sum of all voices, and for each of them the sum of the others. Neither is limited yet."""
    if not voices:
        return _SILENCE, {}
    everybody: Sound = np.sum(np.stack(list(voices.values())), axis=0, dtype=np.float32)
    return everybody, {name: everybody - voice for name, voice in voices.items()}


@dataclass
class Limiter:
    """Keeps one output below full scale: its gain drops within the tick that would clip and comes back slowly."""

    gain: float = 1.0

    def limit(self, sound: Sound) -> Sound:
        """The same sound, each sample within (−1, 1)."""
        peak = float(np.max(np.abs(sound)))
        wanted = min(1.0, _CEILING / peak) if peak > 0 else 1.0
        before = self.gain
        self.gain = wanted if wanted < before else min(wanted, before + _RELEASE_A_TICK)
        if before == self.gain == 1.0 and peak <= _KNEE:
            return sound
        ramp = np.full(len(sound), self.gain, dtype=np.float32)
        steps = min(_FADE_SAMPLES, len(sound))
        ramp[:steps] = np.linspace(before, self.gain, steps, dtype=np.float32)
        return _bend(sound * ramp)


def _bend(sound: Sound) -> Sound:
    magnitude = np.abs(sound)
    over = magnitude > _KNEE
    if not over.any():
        return sound
    room = 1.0 - _KNEE
    bent = _KNEE + room * np.tanh((magnitude - _KNEE) / room)
    # tanh reaches 1 in float32: stay a step below, so that no later stage wraps around.
    return np.where(over, np.sign(sound) * np.minimum(bent, np.float32(0.9999)), sound).astype(np.float32)


@dataclass
class Gate:
    """Lets a voice in or out over 10 ms, so that entering, leaving and muting do not click."""

    open: bool = False
    _level: float = 0.0

    @property
    def shut(self) -> bool:
        """Whether nothing passes any more: the fade is over."""
        return not self.open and self._level == 0.0

    def pass_through(self, voice: Sound) -> Sound:
        """One tick of a voice, faded where the gate moves."""
        target = 1.0 if self.open else 0.0
        if self._level == target:
            return voice if self.open else _SILENCE
        faded = voice.copy()
        if self.open:
            faded[:_FADE_SAMPLES] *= _FADE_IN
        else:
            faded[:_FADE_SAMPLES] *= _FADE_IN[::-1]
            faded[_FADE_SAMPLES:] = 0.0
        self._level = target
        return faded
