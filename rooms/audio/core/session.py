"""One room's sound: who may be heard, who is, and what each participant gets. No network, no codec, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.audio.core.levels import INAUDIBLE_DBOV, SILENCE_DBOV, VoiceActivity, level_dbov
from rooms.audio.core.mixer import Gate, Limiter, Sound, mix

# For so long a talker who fell silent keeps a mix of their own. By then both limiters have come to rest at the same gain, and
# both encoders have heard the same for as long as they remember, so going over to the shared mix is not heard.
_TICKS_TO_STOP_TALKING = 50


@dataclass
class Voice:
    """One connection whose sound may be mixed."""

    gate: Gate = field(default_factory=Gate)
    activity: VoiceActivity = field(default_factory=VoiceActivity)
    limiter: Limiter = field(default_factory=Limiter)  # of the mix that this talker gets
    talking: bool = False  # gets the mix without themselves
    _quiet_ticks: int = 0

    def hear(self, level: float) -> None:
        """Take the level (dBov) of what this voice gives to one tick."""
        self.activity.hear(level)
        self._quiet_ticks = 0 if level > INAUDIBLE_DBOV else self._quiet_ticks + 1
        self.talking = self._quiet_ticks < _TICKS_TO_STOP_TALKING if self.talking else self._quiet_ticks == 0


@dataclass(frozen=True, slots=True)
class Mixes:
    """What one tick gives: `shared` for everybody who does not talk; `own` for each talker, without themselves."""

    shared: Sound
    own: dict[str, Sound]


@dataclass
class RoomSession:
    """The roster's gate and the mix of one room. Connections are opaque names."""

    version: int = -1
    may_speak: frozenset[str] = frozenset()
    voices: dict[str, Voice] = field(default_factory=dict)
    _limiter: Limiter = field(default_factory=Limiter)

    def set_stage(self, version: int, may_speak: frozenset[str]) -> bool:
        """Who may be heard as of a version of the stage; an older one than is known changes nothing.

        Returns:
            Whether it was taken.
        """
        if version < self.version:
            return False
        self.version = version
        self.may_speak = may_speak
        for connection in may_speak:
            self.voices.setdefault(connection, Voice())
        for connection, voice in self.voices.items():
            voice.gate.open = connection in may_speak
        return True

    def leave(self, connection: str) -> None:
        """A connection ended: what is still to be heard of it fades out in the next tick."""
        self.may_speak -= {connection}
        if connection in self.voices:
            self.voices[connection].gate.open = False

    def audible(self) -> list[str]:
        """The connections whose sound this tick needs: those who may be heard, and those just fading out."""
        for connection in [name for name, voice in self.voices.items() if voice.gate.shut]:
            del self.voices[connection]
        return list(self.voices)

    def mix(self, sounds: Mapping[str, Sound]) -> Mixes:
        """Mix one tick. Whatever is in `sounds` without leave of the roster is left out here too."""
        passed = {}
        for connection, voice in self.voices.items():
            sound = sounds.get(connection)
            if sound is not None:
                passed[connection] = voice.gate.pass_through(sound)
            elif not voice.gate.open:
                voice.gate = Gate()  # nothing to fade out
            talked = voice.talking
            voice.hear(level_dbov(passed[connection]) if connection in passed else SILENCE_DBOV)
            if voice.talking and not talked:
                voice.limiter.gain = self._limiter.gain  # goes on where the shared mix was
        everybody, without = mix(passed)
        own = {
            connection: voice.limiter.limit(without.get(connection, everybody))
            for connection, voice in self.voices.items()
            if voice.talking
        }
        return Mixes(shared=self._limiter.limit(everybody), own=own)

    def speaking(self) -> frozenset[str]:
        """The connections whose voice is heard now."""
        return frozenset(name for name, voice in self.voices.items() if voice.gate.open and voice.activity.speaking)
