"""Keeps a sum of voices below full scale without being heard: look-ahead within the tick, hold, slow release.

After the limiters of D. Giannoulis, M. Massberg and J. D. Reiss, "Digital dynamic range compressor design – a tutorial and
analysis", Journal of the Audio Engineering Society 60 (2012): the gain comes from the peak of short blocks, moves in straight
lines between them, and is in place before the peak. Only what is loud from the very first samples of a tick comes too early
for that; the last, memoryless stage bends it.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.clock import TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.sound import Sound, peak

_CEILING = 0.84  # −1.5 dBFS: Opus does not keep peaks exactly
_KNEE = 0.88  # where the last stage begins to bend; what was foreseen never gets there
_BELOW_FULL_SCALE = 0.9999  # tanh reaches 1 in float32: stay a step below, so that no later stage wraps around

_BLOCK = 48  # samples: 1 ms
_BLOCKS = TICK_SAMPLES // _BLOCK
_BLOCK_SECONDS = TICK_SECONDS / _BLOCKS
# A steady sum is not to be modulated by the distances of its peaks: the gain comes back only as far as the peaks of the last
# 300 ms allow, with a time constant of 200 ms.
_HELD_TICKS = round(0.3 / TICK_SECONDS)
_RELEASE_A_BLOCK = _BLOCK_SECONDS / 0.2
_AS_GOOD_AS_ONE = 0.9995

# A straight line through a block: how much of the gain at its beginning and at its end each sample gets.
_END = np.arange(1, _BLOCK + 1, dtype=np.float32) / np.float32(_BLOCK)
_LINE = np.stack([1 - _END, _END])


@dataclass
class Limiter:
    """One output's limiter."""

    gain: float = 1.0  # at the end of the last tick
    # The gain for the peak of each of the last ticks.
    _allowed: deque[float] = field(default_factory=lambda: deque(maxlen=_HELD_TICKS))

    def limit(self, sound: Sound) -> Sound:
        """The same 960 samples, each within (−1, 1); the very same array if there is nothing to do."""
        loudest = peak(sound)
        self._allowed.append(_gain_for(loudest))
        if self.gain == 1.0 and loudest <= _CEILING:
            return sound
        blocks = sound.reshape(_BLOCKS, _BLOCK)
        gains = self._gains(np.abs(blocks).max(axis=1).tolist())
        edges = np.array((gains[:-1], gains[1:]), dtype=np.float32)
        limited: Sound = (blocks * (edges.T @ _LINE)).reshape(-1)
        return _bend(limited) if loudest * max(gains) > _KNEE else limited

    def go_on_from(self, other: "Limiter") -> None:
        """Take another's state, so that its output and this one's differ only by what they hear from now on."""
        self.gain, self._allowed = other.gain, other._allowed.copy()

    def _gains(self, peaks: list[float]) -> list[float]:
        """The gain at the blocks' edges, the first being that at the end of the last tick."""
        wanted = [_gain_for(loudest) for loudest in peaks]
        allowed = min(self._allowed)
        gain = self.gain
        gains = [gain]
        for block, now in enumerate(wanted):
            # At an edge the gain suits the blocks on both sides: it has fallen before the loud one begins.
            edge = min(now, wanted[block + 1]) if block + 1 < _BLOCKS else now
            gain = min(edge, gain + max(0.0, allowed - gain) * _RELEASE_A_BLOCK)
            gains.append(gain)
        self.gain = gain if gain < _AS_GOOD_AS_ONE else 1.0
        return gains


def _gain_for(loudest: float) -> float:
    return _CEILING / loudest if loudest > _CEILING else 1.0


def _bend(sound: Sound) -> NDArray[np.float32]:
    magnitude = np.abs(sound)
    over = magnitude > _KNEE
    if not over.any():
        return sound
    room = 1.0 - _KNEE
    bent = _KNEE + room * np.tanh((magnitude - _KNEE) / room)
    return np.where(over, np.sign(sound) * np.minimum(bent, _BELOW_FULL_SCALE), sound).astype(np.float32)
