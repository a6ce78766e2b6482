"""The filter that every voice goes through, in C where there is a compiler, else in numpy."""

from typing import Any

import numpy as np

from rooms.audio import native
from rooms.audio.core.clock import TICK_SAMPLES
from rooms.audio.core.loudness import K_WEIGHTING
from rooms.audio.core.sound import Sound
from rooms.audio.core.voice import HIGH_PASS, BlockFilter, Filtered, VoiceFilter

_SECTIONS = [
    {"b0": b0, "b1": b1, "b2": b2, "a1": a1, "a2": a2}
    for b0, b1, b2, _a0, a1, a2 in np.concatenate((HIGH_PASS, K_WEIGHTING)).tolist()
]
_AT_REST = 1e-5  # −100 dBov, as of the filter in numpy


class SampleFilter:
    """A `VoiceFilter` that goes from sample to sample; `loops` is the library."""

    def __init__(self, loops: Any) -> None:
        self._loops = loops
        self._sections = _at_rest()
        self._heard = False

    def reset(self) -> None:
        """Forget what was heard."""
        if self._heard:  # it is asked in every silent tick
            self._sections = _at_rest()
            self._heard = False

    @property
    def at_rest(self) -> bool:
        """Whether nothing audible rings on, so that a tick of silence need not be filtered."""
        return not self._heard or all(
            abs(section.first) < _AT_REST and abs(section.second) < _AT_REST for section in self._sections
        )

    def filter(self, sound: Sound) -> Filtered:
        """One tick (960,)."""
        voice = np.empty(TICK_SAMPLES, dtype=np.float32)
        given, made = native.ffi.from_buffer("float[]", sound), native.ffi.from_buffer("float[]", voice)
        powers = self._loops.filter_sound(self._sections, given, TICK_SAMPLES, made)
        self._heard = True
        return Filtered(voice, powers.tapped, powers.last)


def _at_rest() -> Any:
    return native.ffi.new("struct section[4]", _SECTIONS)


def new_voice_filter() -> VoiceFilter:
    """The faster of the two that this machine has."""
    loops = native.loops()
    return BlockFilter() if loops is None else SampleFilter(loops)
