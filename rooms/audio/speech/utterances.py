"""A voice as utterances: from shortly before somebody begins to speak until half a second after they stopped. Pure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rooms.audio.core.activity import VoiceActivity
from rooms.audio.core.levels import level_dbov

RATE = 16_000  # what recognisers take
TICK_SAMPLES = RATE // 50
_BEFORE_TICKS = 15  # 300 ms: the first sound of a word is faint
_MOST_TICKS = 750  # 15 s: then it is cut,
_OVERLAP_TICKS = 150  # and the next begins 3 s earlier, so that no phrase falls between two
_LEAST_TICKS = 15  # a cough

Tick = NDArray[np.float32]  # 320 samples in [-1, 1]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said in one go, 16 bits mono at 16 kHz."""

    room: str
    person: str
    language: str
    began_ms: int  # since 1970
    sound: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.sound) / 2 / RATE


@dataclass(slots=True)
class Segmenter:
    """Cuts one voice. `hear` takes ticks of 20 ms, with when each began."""

    room: str
    person: str
    language: str
    _activity: VoiceActivity = field(default_factory=VoiceActivity)
    _kept: deque[Tick] = field(default_factory=deque)
    _began_ms: int = 0
    _inside: bool = False

    def hear(self, tick: Tick, at_ms: int) -> Iterator[Utterance]:
        """Take a tick; the utterance that ends with it, if one does."""
        speaking = self._activity.hear(level_dbov(tick))
        if not self._kept:
            self._began_ms = at_ms
        self._kept.append(tick)
        if self._inside and not speaking:
            yield from self.end()
        elif self._inside and len(self._kept) >= _MOST_TICKS:
            yield self._utterance()
            self._drop_all_but(_OVERLAP_TICKS)
        elif not speaking and len(self._kept) > _BEFORE_TICKS:
            self._drop_all_but(_BEFORE_TICKS)
        self._inside = speaking

    def end(self) -> Iterator[Utterance]:
        """Nothing more comes for now: what was being said is over."""
        if self._inside and len(self._kept) >= _LEAST_TICKS:
            yield self._utterance()
        self._kept.clear()
        self._inside = False
        self._activity.stop()

    def _drop_all_but(self, ticks: int) -> None:
        while len(self._kept) > ticks:
            self._kept.popleft()
            self._began_ms += 20

    def _utterance(self) -> Utterance:
        sound = np.clip(np.concatenate(self._kept), -1, 1) * 32_767
        return Utterance(self.room, self.person, self.language, self._began_ms, sound.astype("<i2").tobytes())
