"""One room's sound: who may be heard, who is, and what each participant gets. No network, no codec, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.audio.core.levels import VoiceActivity, level_dbov
from rooms.audio.core.mixer import Gate, Limiter, Sound, mix


@dataclass
class Voice:
    """One connection whose sound may be mixed."""

    gate: Gate = field(default_factory=Gate)
    activity: VoiceActivity = field(default_factory=VoiceActivity)
    limiter: Limiter = field(default_factory=Limiter)  # of the mix that this talker gets


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

    def audible(self) -> list[str]:
        """The connections whose sound this tick needs: those who may be heard, and those just fading out."""
        for connection in [name for name, voice in self.voices.items() if voice.gate.shut]:
            del self.voices[connection]
        return list(self.voices)

    def forget(self, connection: str) -> None:
        """A connection ended: nothing of it is mixed again."""
        self.voices.pop(connection, None)
        self.may_speak -= {connection}

    def mix(self, sounds: Mapping[str, Sound]) -> Mixes:
        """Mix one tick. Whatever is in `sounds` without leave of the roster is left out here too."""
        passed = {}
        for connection, voice in self.voices.items():
            sound = sounds.get(connection)
            if sound is None:
                voice.activity.hear(-127.0)
                if not voice.gate.open:
                    voice.gate = Gate()
                continue
            through = voice.gate.pass_through(sound)
            voice.activity.hear(level_dbov(through))
            passed[connection] = through
        everybody, without = mix(passed)
        own = {connection: self.voices[connection].limiter.limit(sound) for connection, sound in without.items()}
        return Mixes(shared=self._limiter.limit(everybody), own=own)

    def speaking(self) -> frozenset[str]:
        """The connections whose voice is heard now."""
        return frozenset(name for name, voice in self.voices.items() if voice.gate.open and voice.activity.speaking)
