"""How loud a voice is, and whether it speaks. Measured here: what a client claims of itself is not believed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SILENCE_DBOV = -127.0
INAUDIBLE_DBOV = -65.0  # nobody hears what is below: it need not be sent, and may come back to its own speaker
_SPEAKS_ABOVE_DBOV = -45.0
_FALLS_SILENT_BELOW_DBOV = -52.0
_TICKS_TO_SPEAK = 2
_TICKS_TO_FALL_SILENT = 25  # half a second: a breath between words is no silence


def level_dbov(samples: NDArray[np.float32]) -> float:
    """RMS level in dBov (RFC 6464: 0 is a full-scale square wave, −127 silence) of samples in [−1, 1]."""
    power = float(np.dot(samples, samples)) / max(1, len(samples))
    return max(SILENCE_DBOV, 10.0 * float(np.log10(power))) if power > 0 else SILENCE_DBOV


@dataclass
class VoiceActivity:
    """Speaking or not, with hysteresis in level and time."""

    speaking: bool = False
    _ticks: int = 0  # for how long the level has said the opposite

    def hear(self, level: float) -> bool:
        """Take the level of one tick; whether the voice speaks now."""
        opposite = level < _FALLS_SILENT_BELOW_DBOV if self.speaking else level > _SPEAKS_ABOVE_DBOV
        self._ticks = self._ticks + 1 if opposite else 0
        if self._ticks >= (_TICKS_TO_FALL_SILENT if self.speaking else _TICKS_TO_SPEAK):
            self.speaking = not self.speaking
            self._ticks = 0
        return self.speaking
