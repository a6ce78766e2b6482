"""How loud a voice is to people, and the gain that makes all voices alike.

Loudness is that of ITU-R BS.1770-4: K-weighted, in blocks of 400 ms every 100 ms, gated at −70 LUFS and at 10 LU below the
average of what passed the first gate.
"""

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from rooms.audio.core.clock import TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.filters import Sections
from rooms.audio.core.sound import Sound

# −20 LUFS: about where browsers' own gain control leaves a voice, so that most are hardly changed; and the peaks of speech,
# up to 18 dB above its loudness, just fit under full scale.
TARGET_LUFS = -20.0

# ITU-R BS.1770-4, tables 1 and 2: the head's shelf, then the high-pass; for 48 kHz.
K_WEIGHTING: Sections = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)

_BLOCK_TICKS = 20  # 400 ms
_HOP_TICKS = 5  # 100 ms
_KEPT_BLOCKS = 36  # 3.6 s of speech: longer follows a voice too late, shorter hurries after single sentences
_GATE = 10 ** ((-70.0 + 0.691) / 10)  # −70 LUFS as a mean square
_RELATIVE_GATE_LU = 10.0
_RELATIVE_GATE = 10 ** (-_RELATIVE_GATE_LU / 10)

_MOST_BOOST_DB, _MOST_CUT_DB = 26.0, 20.0
_SURE_AFTER_BLOCKS = 25  # until then the gain moves fast, however loud or quiet the voice
_FAST_DB_A_TICK = 40.0 * TICK_SECONDS
_BOOST_DB_A_TICK = 6.0 * TICK_SECONDS
_CUT_DB_A_TICK = 12.0 * TICK_SECONDS  # too loud is worse than too quiet
_NEAR_ENOUGH_DB = 0.25

# A single tick of levelled speech is seldom 8 LU above the whole and hardly ever 10. What is further above is cut at once, so
# that a whisperer who shouts is not 40 dB too loud until the measure has followed; the cut goes when it is no longer needed.
_MOST_ABOVE_TARGET_LU = 12.0
_RECOVERY_DB_A_TICK = 20.0 * TICK_SECONDS

# Noise is steady: 400 ms in which the active ticks differ by less than this are no speech, unless they are loud.
_STEADY_DB = 6.0
_LOUD_DBOV = -30.0
_LEAST_ACTIVE_TICKS = 6

_RAMP = np.arange(1, TICK_SAMPLES + 1, dtype=np.float32) / np.float32(TICK_SAMPLES)
_SUDDEN_RAMP = np.minimum(_RAMP * 10, 1)  # 2 ms


def lufs(mean_square: float) -> float:
    """The loudness of a K-weighted mean square; −∞ of silence."""
    return -0.691 + 10.0 * math.log10(mean_square) if mean_square > 0 else -math.inf


def gated_loudness(blocks: Collection[float]) -> float:
    """The integrated loudness in LUFS of blocks given as K-weighted mean squares; −∞ if none passes the gates."""
    heard = [block for block in blocks if block > _GATE]
    if not heard:
        return -math.inf
    gate = sum(heard) / len(heard) * _RELATIVE_GATE
    loud = [block for block in heard if block > gate]
    return lufs(sum(loud) / len(loud))


@dataclass
class LoudnessMeter:
    """The loudness of one voice's speech, without its pauses and without noise."""

    loudness: float = -math.inf  # LUFS, of the last seconds of speech
    heard_blocks: int = 0  # of speech, ever
    _blocks: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT_BLOCKS))  # mean squares of speech
    _squares: deque[float] = field(default_factory=lambda: deque(maxlen=_BLOCK_TICKS))  # of the last ticks
    _levels: deque[float | None] = field(default_factory=lambda: deque(maxlen=_BLOCK_TICKS))
    _since_hop: int = 0

    def hear(self, mean_square: float, level: float | None) -> None:
        """Take one tick.

        Args:
            mean_square: of the K-weighted sound.
            level: of the sound in dBov if voice activity was found in it, else None.
        """
        self._squares.append(mean_square)
        self._levels.append(level)
        self._since_hop += 1
        if self._since_hop < _HOP_TICKS or len(self._squares) < _BLOCK_TICKS:
            return
        self._since_hop = 0
        if _is_speech([level for level in self._levels if level is not None]):
            self._blocks.append(sum(self._squares) / _BLOCK_TICKS)
            self.heard_blocks += 1
            self.loudness = gated_loudness(self._blocks)


def _is_speech(active_levels: list[float]) -> bool:
    if len(active_levels) < _LEAST_ACTIVE_TICKS:
        return False
    loudest = max(active_levels)
    return loudest > _LOUD_DBOV or loudest - min(active_levels) > _STEADY_DB


@dataclass
class Leveller:
    """Brings one voice to −20 LUFS: quickly when it is first heard, slowly later, never by what is not speech."""

    meter: LoudnessMeter = field(default_factory=LoudnessMeter)
    gain_db: float = 0.0
    _cut_db: float = 0.0  # on top of it, for sudden loudness
    _gain: float = 1.0  # of the last sample

    def level(self, voice: Sound, mean_square: float, level: float | None) -> Sound:
        """One tick (960,) with the gain on it, moving in a straight line from the last tick's.

        Args:
            voice: the sound.
            mean_square: of the K-weighted sound.
            level: of the sound in dBov if voice activity was found in it, else None.
        """
        self.meter.hear(mean_square, level)
        if level is not None:
            self._move(mean_square)
        excess = lufs(mean_square) + self.gain_db - TARGET_LUFS - _MOST_ABOVE_TARGET_LU
        ramp = _SUDDEN_RAMP if excess > self._cut_db else _RAMP
        self._cut_db = max(0.0, excess, self._cut_db - _RECOVERY_DB_A_TICK)
        before, self._gain = self._gain, 10 ** ((self.gain_db - self._cut_db) / 20)
        if before == self._gain:
            return voice if before == 1.0 else voice * np.float32(before)
        return voice * (np.float32(before) + np.float32(self._gain - before) * ramp)

    def _move(self, mean_square: float) -> None:
        if self.meter.heard_blocks == 0:
            return
        wanted = min(_MOST_BOOST_DB, max(-_MOST_CUT_DB, TARGET_LUFS - self.meter.loudness))
        away = wanted - self.gain_db
        if away > 0 and lufs(mean_square) < self.meter.loudness - _RELATIVE_GATE_LU:
            return  # breath between words is not to rise
        if self.meter.heard_blocks < _SURE_AFTER_BLOCKS:
            self.gain_db += min(_FAST_DB_A_TICK, max(-_FAST_DB_A_TICK, away))
        elif abs(away) > _NEAR_ENOUGH_DB:
            self.gain_db += min(_BOOST_DB_A_TICK, max(-_CUT_DB_A_TICK, away))
