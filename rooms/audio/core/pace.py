"""When playout has to be shortened or lengthened, so that its delay stays what the jitter buffer asks for.

The sender's clock drifts against ours, and the delay that is asked for changes. A correction waits for a place where nobody
hears it: the less particular, the longer it has waited and the further playout is away. After one it rests.
"""

from dataclasses import dataclass
from enum import Enum

from rooms.audio.core.clock import TICK_SECONDS

_STEADY_SECONDS = 0.004  # hysteresis: the measure wavers by the lateness of ticks
_LEAST_SECONDS = 0.0025  # no pitch period is shorter
_PATIENT_TICKS = 10  # so long it must have been off: one late tick is no drift

_QUIET, _ALIKE, _FAIRLY_ALIKE, _ANYHOW = (
    2.0,
    0.9,
    0.6,
    -1.0,
)  # normalised correlations; 2 is none: only where it is quiet


@dataclass(frozen=True, slots=True)
class _Urgency:
    least: float  # surplus, in seconds,
    most: float  # up to which it holds
    rest: int  # ticks between two corrections
    steps: tuple[
        tuple[int, float], ...
    ]  # ticks that a correction has been wanted, and the likeness asked for from then on


_DRIFTING = _Urgency(-0.003, 0.04, 5, ((400, _FAIRLY_ALIKE), (60, _ALIKE), (_PATIENT_TICKS, _QUIET)))
_OFF = _Urgency(-0.02, 0.06, 5, ((250, _ANYHOW), (75, _FAIRLY_ALIKE), (_PATIENT_TICKS, _ALIKE)))
_FAR = _Urgency(float("-inf"), float("inf"), 2, ((75, _ANYHOW), (0, _FAIRLY_ALIKE)))


class Direction(Enum):
    """Which way."""

    SHORTEN = "shorten"
    LENGTHEN = "lengthen"


@dataclass(frozen=True, slots=True)
class Correction:
    """What to try in this tick."""

    direction: Direction
    least_likeness: float  # normalised correlation that two places must have to be joined
    beyond_spare: bool = False  # SHORTEN by more than what is spare: take the next packet early


@dataclass
class Pace:
    """One speaker's. Asked once a tick."""

    _direction: Direction | None = None
    _ticks: int = 0  # for which that direction has been wanted without a correction
    _resting: int = 0

    def judge(self, surplus: float, spare: float) -> Correction | None:
        """What to try in this tick, if anything.

        Args:
            surplus: seconds by which packets wait longer than they must for the tick that takes them. Ticks come every 20 ms,
                so up to 20 ms are in the nature of things.
            spare: seconds of sound that are decoded beyond this tick but do not make up another: delay for nothing.
        """
        if self._resting > 0:
            self._resting -= 1
        is_behind = surplus > TICK_SECONDS + _STEADY_SECONDS
        if surplus < 0:
            direction = Direction.LENGTHEN
        elif is_behind or (surplus > _STEADY_SECONDS and spare >= _LEAST_SECONDS):
            direction = Direction.SHORTEN
        else:
            self._direction = None
            return None
        self._ticks = self._ticks + 1 if direction is self._direction else 0
        self._direction = direction
        if self._resting > 0:
            return None
        for since, likeness in _urgency(surplus).steps:
            if self._ticks >= since:
                is_urgent = is_behind or direction is Direction.LENGTHEN
                return Correction(direction, likeness if is_urgent else max(likeness, _ALIKE), is_behind)
        return None

    def corrected(self, surplus: float) -> None:
        """The correction was made, at this surplus: rest."""
        self._ticks = min(self._ticks, _PATIENT_TICKS)
        self._resting = _urgency(surplus).rest


def _urgency(surplus: float) -> _Urgency:
    return next(urgency for urgency in (_DRIFTING, _OFF, _FAR) if urgency.least <= surplus <= urgency.most)
