"""How loud a sound is. Measured here: what a client claims of itself is not believed."""

import math

from rooms.audio.core.sound import Sound, power

SILENCE_DBOV = -127.0
INAUDIBLE_DBOV = -65.0  # nobody hears what is below: it need not be sent, and may come back to its own speaker


def level_dbov(samples: Sound) -> float:
    """RMS level in dBov (RFC 6464: 0 is a full-scale square wave, −127 silence) of samples in [−1, 1]."""
    return decibels(power(samples))


def decibels(mean_square: float) -> float:
    """A mean square in dBov, −127 at least."""
    return max(SILENCE_DBOV, 10.0 * math.log10(mean_square)) if mean_square > 0 else SILENCE_DBOV
