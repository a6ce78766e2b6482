"""Whether a voice speaks: by its level above the noise it comes with, with hysteresis in level and in time."""

from collections import deque
from dataclasses import dataclass, field

_LOUD_DBOV = -30.0  # so loud is speech even when it is as steady as noise: people try their microphones with tones
_FAINT_DBOV = -52.0  # so faint is none
_ABOVE_NOISE_DB = 9.0
_HYSTERESIS_DB = 4.0  # who is heard goes on being heard at so much less

_SCORE_TO_SPEAK = 4  # ticks (80 ms): a click is shorter
_SCORE_TO_FALL_SILENT = 25  # ticks (half a second): a breath between words is no silence
_WEIGHT_OF_SOUND = (
    2  # in a pause a tick of sound outweighs so many of silence; typing sounds more seldom, speech more often
)

_NOISE_BEFORE_ANY_IS_KNOWN_DBOV = -50.0
_LEAST_NOISE_DBOV = -70.0
_MUTED_DBOV = -90.0  # below this a microphone is off, which says nothing of its noise
_PART_TICKS = 20
_PARTS = 3  # with the part under way the memory is 1.2 to 1.6 s: running speech has a gap in that, a fan has none


@dataclass
class NoiseFloor:
    """The level of the noise under a voice: the least level of the last 1.2 to 1.6 s.

    Minimum statistics after R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
    statistics", IEEE Transactions on Speech and Audio Processing 9 (2001), here of the whole band.
    """

    level: float = _NOISE_BEFORE_ANY_IS_KNOWN_DBOV
    _parts: deque[float] = field(
        default_factory=lambda: deque([_NOISE_BEFORE_ANY_IS_KNOWN_DBOV] * _PARTS, maxlen=_PARTS)
    )
    _least: float = 0.0
    _ticks: int = 0

    def hear(self, level: float) -> float:
        """Take the level (dBov) of one tick; the noise floor in dBov, −70 at least."""
        if level < _MUTED_DBOV:
            return self.level
        self._least = min(self._least, level)
        self.level = max(_LEAST_NOISE_DBOV, min(self._least, *self._parts))
        self._ticks += 1
        if self._ticks == _PART_TICKS:
            self._parts.append(self._least)
            self._least = 0.0
            self._ticks = 0
        return self.level


@dataclass
class VoiceActivity:
    """Speaking or not."""

    active: bool = False  # in the last tick alone
    above_noise: bool = False  # active, and not only because it is loud: a vacuum cleaner is not
    speaking: bool = False  # for people to see
    level: float = -127.0  # dBov, of the last tick
    noise: NoiseFloor = field(default_factory=NoiseFloor)
    _score: int = 0  # ticks that say the opposite of `speaking`

    def hear(self, level: float) -> bool:
        """Take the level (dBov) of one tick; whether the voice speaks now."""
        self.level = level
        floor = self.noise.hear(level)
        needed = min(_LOUD_DBOV, max(_FAINT_DBOV, floor + _ABOVE_NOISE_DB))
        self.active = level > (needed - _HYSTERESIS_DB if self.active else needed)
        self.above_noise = self.active and level > floor + _ABOVE_NOISE_DB - _HYSTERESIS_DB
        if self.active == self.speaking:
            self._score = max(0, self._score - (_WEIGHT_OF_SOUND if self.speaking else 1))
        else:
            self._score += 1
        if self._score >= (_SCORE_TO_FALL_SILENT if self.speaking else _SCORE_TO_SPEAK):
            self.speaking = not self.speaking
            self._score = 0
        return self.speaking

    def stop(self) -> None:
        """The voice is cut off; only its noise is remembered."""
        self.active = self.above_noise = self.speaking = False
        self._score = 0
