"""How good is what was heard? PESQ (ITU-T P.862.2, wide band), STOI (Taal et al., 2011), loudness (ITU-R BS.1770), holes.

Wide-band PESQ goes from 1.04 to 4.64, STOI from 0 to 1. Both compare with the sound that was sent, after the delay between
the two has been found by cross-correlation.
"""

import numpy as np
import pyloudnorm
from pesq import NoUtterancesError, pesq
from pystoi import stoi as stoi_of
from scipy.signal import correlate, resample_poly

from rooms.audio.bench.speech import Sound
from rooms.audio.core.clock import SAMPLE_RATE

_PESQ_RATE = 16_000
_WORST_PESQ = 1.04
_FRAME, _HOP = SAMPLE_RATE // 100, SAMPLE_RATE // 200  # 10 ms, every 5 ms
_HOLE_DB = -20.0  # below how loud it mostly is
_EDGE_SECONDS = 0.2  # of the tone: where it begins and ends, it is not full


def delay(sent: Sound, heard: Sound) -> int:
    """By how many samples the sent sound lies within a longer one that was heard: where they correlate best."""
    return int(np.argmax(correlate(heard, sent, mode="valid", method="fft")))


def pesq_wb(sent: Sound, heard: Sound) -> float:
    """Wide-band PESQ of two aligned sounds; the worst there is when no speech is found in what was heard."""
    try:
        return float(pesq(_PESQ_RATE, _at_16_khz(sent), _at_16_khz(heard), "wb"))
    except NoUtterancesError:
        return _WORST_PESQ


def stoi(sent: Sound, heard: Sound) -> float:
    """STOI of two aligned sounds."""
    return float(stoi_of(_at_16_khz(sent), _at_16_khz(heard), _PESQ_RATE, extended=False))


def louder_by(sent: Sound, heard: Sound) -> float:
    """Loudness units (LU) by which the one that was heard is louder; negative when it is softer."""
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    return float(meter.integrated_loudness(heard) - meter.integrated_loudness(sent))


def longest_hole(tone: Sound) -> float:
    """Seconds for which a steady tone is 20 dB softer than it mostly is, at most."""
    edge = int(_EDGE_SECONDS * SAMPLE_RATE)
    tone = tone[edge : len(tone) - edge]
    frames = np.lib.stride_tricks.sliding_window_view(tone, _FRAME)[::_HOP]
    power = np.mean(np.square(frames), axis=1)
    soft = power < np.median(power) * 10 ** (_HOLE_DB / 10)
    longest = run = 0
    for is_soft in soft:
        run = run + 1 if is_soft else 0
        longest = max(longest, run)
    return longest * _HOP / SAMPLE_RATE


def _at_16_khz(sound: Sound) -> Sound:
    return np.asarray(resample_poly(sound, 1, SAMPLE_RATE // _PESQ_RATE), dtype=np.float32)
