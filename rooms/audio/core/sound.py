"""What sound is everywhere in the worker: mono float32 in [−1, 1] at 48 kHz, one tick (960 samples, 20 ms) at a time."""

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.clock import TICK_SAMPLES

Sound = NDArray[np.float32]

_LOUDEST = 2.0  # a decoder overshoots full scale a little; what is beyond this is no sound
_FAINTEST = (
    1e-9  # −180 dBFS; below, samples are denormal or nearly so, and cost a hundred times as much to compute with
)
_SILENCE = np.zeros(TICK_SAMPLES, dtype=np.float32)
_SILENCE.flags.writeable = False


def silence() -> Sound:
    """One tick of nothing, always the same array; do not write to it."""
    return _SILENCE


def power(sound: Sound) -> float:
    """Mean square of the samples: 0 is silence, 1 a full-scale square wave."""
    return float(sound.dot(sound)) / max(1, len(sound))


def peak(sound: Sound) -> float:
    """The largest magnitude of a sample; NaN if there is one."""
    # argmax stops at a NaN, and takes a quarter of the time of max.
    return max(sound.item(sound.argmax()), -sound.item(sound.argmin()))


def clean(sound: Sound) -> Sound:
    """The sound itself if it is one; otherwise a copy without NaN, infinities and absurd samples.

    Filters and limiters remember what they have heard, so a single NaN would silence a room for good.
    """
    loudest = peak(sound)
    if _FAINTEST < loudest <= _LOUDEST:
        return sound
    if loudest <= _FAINTEST:
        return _SILENCE
    return np.clip(np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0), -_LOUDEST, _LOUDEST)
