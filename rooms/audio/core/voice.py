"""One voice's way from the decoder to the mix: cleaned, freed of rumble, measured, levelled, let through."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from rooms.audio.core.activity import VoiceActivity
from rooms.audio.core.filters import Cascade, RunningFilter, butterworth_high_pass
from rooms.audio.core.levels import SILENCE_DBOV, decibels
from rooms.audio.core.loudness import K_WEIGHTING, Leveller
from rooms.audio.core.mixer import Gate
from rooms.audio.core.sound import Sound, clean, power, silence

# Below the voice there is DC, rumble, wind and handling. 70 Hz takes 30 Hz down by 29 dB, mains hum of 50 Hz by 12, and
# leaves a voice of 85 Hz all but 0.8 dB; at 80 Hz speech scored 0.05 to 0.1 of PESQ less.
HIGH_PASS = butterworth_high_pass(70.0, order=4)
_CASCADE = Cascade(HIGH_PASS, K_WEIGHTING)


class Filtered(NamedTuple):
    """One tick of a voice without what is below it."""

    voice: Sound
    mean_square: float
    weighted: float  # mean square of the same, K-weighted


class VoiceFilter(Protocol):
    """`HIGH_PASS`, and `K_WEIGHTING` after it, of one voice tick by tick."""

    def reset(self) -> None:
        """Forget what was heard."""

    @property
    def at_rest(self) -> bool:
        """Whether nothing audible rings on, so that a tick of silence need not be filtered."""

    def filter(self, sound: Sound) -> Filtered:
        """One tick (960,)."""


class BlockFilter(RunningFilter):
    """The filter in numpy."""

    def __init__(self) -> None:
        super().__init__(_CASCADE)

    def filter(self, sound: Sound) -> Filtered:
        """One tick (960,)."""
        voice, weighted = self.run(sound)
        return Filtered(voice, power(voice), power(weighted))


NewFilter = Callable[[], VoiceFilter]

_FAINT_DBOV = -50.0
_ABOVE_NOISE_DB = 6.0
_TICKS_TO_SHUT = 100  # two seconds


@dataclass
class NoiseGate:
    """Shuts a voice off when for two seconds there was nothing but faint steady noise, and lets in whatever rises above it.

    Open microphones of people who only listen would otherwise add up, and each keep their owner from the shared mix.
    """

    _gate: Gate = field(default_factory=lambda: Gate(open=True, _level=1.0))
    _quiet_ticks: int = 0

    def pass_through(self, sound: Sound, level: float, activity: VoiceActivity) -> Sound:
        """One tick of a voice: as it is to be mixed (960,), its level in dBov, and what its activity was found to be."""
        noise = activity.level < activity.noise.level + _ABOVE_NOISE_DB
        self._quiet_ticks = self._quiet_ticks + 1 if noise and level < _FAINT_DBOV and not activity.active else 0
        self._gate.open = self._quiet_ticks < _TICKS_TO_SHUT
        return self._gate.pass_through(sound)


@dataclass
class Voice:
    """One connection whose sound may be mixed. What was learnt of it outlasts its being muted."""

    gate: Gate = field(default_factory=Gate)
    activity: VoiceActivity = field(default_factory=VoiceActivity)
    leveller: Leveller = field(default_factory=Leveller)
    _noise_gate: NoiseGate = field(default_factory=NoiseGate)
    filter: VoiceFilter = field(default_factory=BlockFilter)

    def hear(self, sound: Sound | None) -> Sound | None:
        """Take one tick from the decoder, (960,) or None in a pause; what of it goes into the mix, None if nothing does."""
        sound = silence() if sound is None else clean(sound)
        if self.gate.shut or (sound is silence() and self.filter.at_rest):
            self._pass_nothing()
            return None
        voice, mean_square, weighted = self.filter.filter(sound)
        level = decibels(mean_square)
        speaking = self.activity.hear(level) and self.activity.active
        levelled = self.leveller.level(voice, weighted, level if speaking else None)
        heard = self._noise_gate.pass_through(levelled, level + self.leveller.gain_db, self.activity)
        passed = self.gate.pass_through(heard)
        if self.gate.shut:
            self.filter.reset()
            self.activity.stop()
        return passed

    def _pass_nothing(self) -> None:
        self.filter.reset()
        self.leveller.meter.hear(0.0, None)
        self.activity.hear(SILENCE_DBOV)
        self.gate.pass_nothing()
