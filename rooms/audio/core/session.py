"""One room's sound: who may be heard, who is, and what each participant gets. No network, no codec, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.audio.core.dominance import Dominance
from rooms.audio.core.levels import INAUDIBLE_DBOV, level_dbov
from rooms.audio.core.limiter import Limiter
from rooms.audio.core.mixer import mix
from rooms.audio.core.sound import Sound
from rooms.audio.core.voice import BlockFilter, NewFilter, Voice

# For so long a talker who fell silent keeps a mix of their own. By then both encoders have heard the same for as long as they
# remember, so going over to the shared mix is not heard,
_TICKS_TO_STOP_TALKING = 15
# if both limiters have come to rest at the same gain too (within 0.02 dB). They hear the same, so they do; should they not,
# this long after the talker's last sound nobody waits for them any more.
_ALIKE = 0.002
_TICKS_TO_WAIT_FOR_LIMITERS = 150

# Of those who are not on stage; not all of them need be connections of this worker, which leave it one day.
_VOICES_REMEMBERED = 200


@dataclass
class OwnMix:
    """The state of the mix that one connection gets without themselves."""

    limiter: Limiter = field(default_factory=Limiter)
    talking: bool = False  # gets it
    _quiet_ticks: int = 0

    def hear(self, audible: bool, shared: Limiter) -> None:
        """Take whether the voice is audible in this tick."""
        if audible:
            self._quiet_ticks = 0
            if not self.talking:
                self.talking = True
                self.limiter.go_on_from(shared)
        elif self.talking:
            self._quiet_ticks += 1
            alike = abs(self.limiter.gain - shared.gain) < _ALIKE or self._quiet_ticks >= _TICKS_TO_WAIT_FOR_LIMITERS
            self.talking = self._quiet_ticks < _TICKS_TO_STOP_TALKING or not alike


@dataclass(frozen=True, slots=True)
class Mixes:
    """What one tick gives: `shared` for everybody who does not talk; `own` for each talker, without themselves.

    Sounds may be one and the same array, and `silence()` itself if there is nothing to hear: do not write to them.
    """

    shared: Sound
    own: dict[str, Sound]


@dataclass
class RoomSession:
    """The roster's gate and the mix of one room. Connections are opaque names."""

    new_filter: NewFilter = BlockFilter  # what each voice is filtered by
    version: int = -1
    may_speak: frozenset[str] = frozenset()
    _voices: dict[str, Voice] = field(default_factory=dict)  # of all who were ever on stage and have not left
    _own: dict[str, OwnMix] = field(default_factory=dict)  # of those who may be heard or have just been
    _leaving: set[str] = field(default_factory=set)
    _limiter: Limiter = field(default_factory=Limiter)
    _dominance: Dominance = field(default_factory=Dominance)

    def set_stage(self, version: int, may_speak: frozenset[str]) -> bool:
        """Who may be heard as of a version of the stage; an older one than is known changes nothing.

        Returns:
            Whether it was taken.
        """
        if version < self.version:
            return False
        self.version = version
        self.may_speak = may_speak
        for connection in sorted(may_speak):
            if connection not in self._voices:
                self._voices[connection] = Voice(filter=self.new_filter())
            self._own.setdefault(connection, OwnMix())
            self._leaving.discard(connection)
        for connection, voice in self._voices.items():
            voice.gate.open = connection in may_speak
        self._forget_the_oldest()
        return True

    def leave(self, connection: str) -> None:
        """A connection ended: what is still to be heard of it fades out in the next tick, then it is forgotten."""
        self.may_speak -= {connection}
        if connection in self._own:
            self._voices[connection].gate.open = False
            self._leaving.add(connection)
        else:
            self._voices.pop(connection, None)

    def audible(self) -> list[str]:
        """The connections whose sound this tick needs: those who may be heard, and those just fading out."""
        return [connection for connection in self._own if not self._voices[connection].gate.shut]

    def mix(self, sounds: Mapping[str, Sound]) -> Mixes:
        """Mix one tick. Whatever is in `sounds` without leave of the roster is left out here too.

        Args:
            sounds: (960,) float32 for each connection that has any; in a pause, none.
        """
        passed = {}
        for connection, own in self._own.items():
            heard = self._voices[connection].hear(sounds.get(connection))
            if heard is not None:
                passed[connection] = heard
            own.hear(heard is not None and level_dbov(heard) > INAUDIBLE_DBOV, self._limiter)
        self._dominance.hear({name: self._voices[name].activity for name in self._own if name in self.may_speak})
        talking = [connection for connection, own in self._own.items() if own.talking]
        everybody, without = mix(passed, talking)
        limited = {connection: self._own[connection].limiter.limit(sound) for connection, sound in without.items()}
        self._forget()
        return Mixes(shared=self._limiter.limit(everybody), own=limited)

    def speaking(self) -> tuple[str, ...]:
        """The connections whose voice is heard now: who has the floor first, then the others; the order seldom changes."""
        return tuple(name for name in self._dominance.speaking() if name in self.may_speak)

    def _forget_the_oldest(self) -> None:
        idle = [connection for connection in self._voices if connection not in self._own]
        for connection in idle[:-_VOICES_REMEMBERED]:
            del self._voices[connection]

    def _forget(self) -> None:
        for connection in [name for name in self._own if self._voices[name].gate.shut]:
            if connection in self._leaving:
                self._leaving.discard(connection)
                del self._voices[connection], self._own[connection]
            elif not self._own[connection].talking:
                del self._own[connection]
