"""Shorter or longer by one pitch period: how playout gains or gives back a few milliseconds in the middle of speech.

Two places that are alike are laid over each other with a crossfade, and what lies between them is left out or played twice.
The distance is the one in 2.5–15 ms at which they are most alike by normalised correlation: in voiced speech that is a
whole number of pitch periods, so pitch and spectrum stay as they were. (WSOLA: Verhelst and Roelands, ICASSP 1993; NetEQ
in WebRTC calls the same Accelerate and PreemptiveExpand.)

Pure functions. All sound is mono float32 in [−1, 1] at 48 kHz.
"""

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.mixer import Sound

LEAST_LAG = 120  # samples, 2.5 ms: a voice of 400 Hz
MOST_LAG = 720  # 15 ms: a voice of 67 Hz
OVERLAP = 480  # 10 ms, crossfaded
HISTORY = MOST_LAG - OVERLAP  # samples before the sound that `lengthen` may repeat
JOIN = 240  # 5 ms, crossfaded

_CLICK_SAMPLES = 72  # 1.5 ms: libopus joins within them, and in its hybrid mode not always smoothly
_STEEPER = 1.5
_COARSE = 4  # the search looks at every fourth sample's neighbourhood first: 12 kHz is enough to find a pitch
# Two periods at once are one seam less than one and one: a little less alike will do.
_PREFERENCES = np.linspace(0.0, 0.05, MOST_LAG // _COARSE + 1)
_QUIET_POWER = 1e-5  # −50 dBov: nobody hears a seam below this
_RISES = {length: np.linspace(0.0, 1.0, length, dtype=np.float32) for length in (OVERLAP, JOIN)}


def shorten(sound: Sound, most: int, least_likeness: float) -> Sound | None:
    """The sound without up to `most` of its samples, taken out near its beginning.

    Args:
        sound: at least LEAST_LAG + OVERLAP samples.
        most: samples that may go.
        least_likeness: normalised correlation, −1 to 1, that two places must have to be joined, unless all is quiet; above 1,
            only where all is quiet.

    Returns:
        LEAST_LAG to MOST_LAG samples less; None where no two places are alike enough.
    """
    most = min(most, MOST_LAG, len(sound) - OVERLAP)
    if most < LEAST_LAG:
        return None
    quiet = _is_quiet(sound[: most + OVERLAP])
    if not quiet and least_likeness > 1:
        return None
    first = sound[:OVERLAP]
    place, likeness = _most_alike(first, sound[LEAST_LAG : most + OVERLAP], prefer_first=False)
    if not quiet and likeness < least_likeness:
        return None
    second = sound[LEAST_LAG + place :]
    return np.concatenate((_crossfade(first, second[:OVERLAP], likeness), second[OVERLAP:]))


def lengthen(sound: Sound, history: Sound, least_likeness: float) -> Sound | None:
    """The sound with some of it played twice near its end.

    Args:
        sound: at least OVERLAP + LEAST_LAG samples.
        history: up to HISTORY samples that were played before it: they may be repeated too.
        least_likeness: as for `shorten`.

    Returns:
        LEAST_LAG to MOST_LAG samples more; None where no two places are alike enough.
    """
    whole = np.concatenate((history, sound))
    end = len(whole) - OVERLAP
    begin = max(0, end - MOST_LAG)
    if end - begin < LEAST_LAG:
        return None
    quiet = _is_quiet(whole[begin:])
    if not quiet and least_likeness > 1:
        return None
    last = whole[end:]
    place, likeness = _most_alike(last, whole[begin : end - LEAST_LAG + OVERLAP], prefer_first=True)
    if not quiet and likeness < least_likeness:
        return None
    again = whole[begin + place :]
    return np.concatenate((whole[len(history) : end], _crossfade(last, again[:OVERLAP], likeness), again[OVERLAP:]))


def join(before: Sound, after: Sound) -> Sound:
    """What follows on a sound that stood in for lost packets: if it begins with a click, under 5 ms of how the sound before
    would have gone on.

    Args:
        before: at least OVERLAP + JOIN samples.
        after: at least JOIN samples.
    """
    if not _clicks(before, after):
        return after
    end = len(before) - OVERLAP
    begin = max(0, end - MOST_LAG)
    place, likeness = _most_alike(before[end:], before[begin:-JOIN], prefer_first=False)
    period = end - begin - place
    beyond = before[-period:][:JOIN]
    # It has become quieter meanwhile: begin exactly where it ended.
    beyond = beyond + (before[-1] - before[-1 - period]) * (1.0 - _RISES[JOIN])
    return np.concatenate((_crossfade(beyond, after[:JOIN], likeness), after[JOIN:]))


def _clicks(before: Sound, after: Sound) -> bool:
    """Whether there is a step in the first samples that is steeper than the sound itself."""
    steps = np.abs(np.diff(after, prepend=before[-1:]))
    usual = max(float(np.abs(np.diff(before)).max()), float(steps[_CLICK_SAMPLES:].max()))
    return float(steps[:_CLICK_SAMPLES].max()) > _STEEPER * usual


def _most_alike(pattern: Sound, region: Sound, *, prefer_first: bool) -> tuple[int, float]:
    """Where in the region the pattern fits best, in samples, and the normalised correlation there. Of places that are about
    as good the first is taken, or else the last."""
    rough = _correlations(_decimated(pattern), _decimated(region))
    preference = _PREFERENCES[: len(rough)]
    rough += preference[::-1] if prefer_first else preference
    place = int(np.argmax(rough)) * _COARSE
    begin = max(0, place - _COARSE)
    end = min(len(region), place + _COARSE + len(pattern))
    likenesses = _correlations(pattern, region[begin:end])
    best = int(np.argmax(likenesses))
    return begin + best, float(likenesses[best])


def _correlations(pattern: Sound, region: Sound) -> NDArray[np.float64]:
    """The normalised correlation of the pattern with each place of the region: 0 where either is silent."""
    energy = np.concatenate(([0.0], np.cumsum(np.square(region, dtype=np.float64))))
    energies = energy[len(pattern) :] - energy[: -len(pattern)]
    scale = np.sqrt(np.maximum(energies * float(pattern.dot(pattern)), 1e-12))
    return np.correlate(region, pattern, "valid") / scale


def _decimated(sound: Sound) -> Sound:
    """Every _COARSE samples as their mean."""
    whole = len(sound) - len(sound) % _COARSE
    return sound[:whole].reshape(-1, _COARSE).mean(axis=1)


def _is_quiet(sound: Sound) -> bool:
    return float(sound.dot(sound)) < _QUIET_POWER * len(sound)


def _crossfade(first: Sound, second: Sound, likeness: float) -> Sound:
    """One into the other, at even power: what is alike adds up in amplitude, what is not only in power."""
    alike = min(1.0, max(0.0, likeness))
    rise = _RISES[len(first)]
    fall = 1.0 - rise
    power = 1.0 - 2.0 * (1.0 - alike) * rise * fall
    return ((first * fall + second * rise) / np.sqrt(power)).astype(np.float32)
