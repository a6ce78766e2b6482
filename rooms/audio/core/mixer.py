"""Adding voices: the mix of all, the mix without each talker (mix-minus), and gates whose fades never click."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from rooms.audio.core.sound import Sound, silence

__all__ = ["Gate", "Sound", "mix", "silence"]

_FADE_SAMPLES = 480  # 10 ms
_FADE_IN = np.linspace(0.0, 1.0, _FADE_SAMPLES, dtype=np.float32)
_FADE_OUT = _FADE_IN[::-1].copy()


def mix(voices: Mapping[str, Sound], without: Collection[str]) -> tuple[Sound, dict[str, Sound]]:
    """The sum of all voices, and for each name in `without` the sum of the others. Neither is limited yet.

    What needs no adding is not copied: do not write to the sounds that come back.
    """
    everybody = _sum(list(voices.values()))
    own = {}
    for name in without:
        if name not in voices:
            own[name] = everybody
        elif len(voices) <= 2:
            own[name] = _sum([voice for other, voice in voices.items() if other != name])
        else:
            own[name] = everybody - voices[name]
    return everybody, own


def _sum(sounds: list[Sound]) -> Sound:
    if len(sounds) < 2:
        return sounds[0] if sounds else silence()
    total: Sound = sounds[0] + sounds[1]
    for sound in sounds[2:]:
        total += sound
    return total


@dataclass
class Gate:
    """Lets a voice in or out over 10 ms, so that entering, leaving and muting do not click."""

    open: bool = False
    _level: float = 0.0

    @property
    def shut(self) -> bool:
        """Whether nothing passes any more: the fade is over."""
        return not self.open and self._level == 0.0

    def pass_through(self, voice: Sound) -> Sound:
        """One tick of a voice, faded where the gate moves."""
        target = 1.0 if self.open else 0.0
        if self._level == target:
            return voice if self.open else silence()
        self._level = target
        faded = voice.copy()
        if self.open:
            faded[:_FADE_SAMPLES] *= _FADE_IN
        else:
            faded[:_FADE_SAMPLES] *= _FADE_OUT
            faded[_FADE_SAMPLES:] = 0.0
        return faded

    def pass_nothing(self) -> None:
        """One tick in which the voice has no sound: there is nothing to fade out."""
        if not self.open:
            self._level = 0.0
