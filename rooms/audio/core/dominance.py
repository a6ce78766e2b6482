"""Who has the floor: not who is loudest this moment, but who is speaking and goes on.

The idea of several time scales is that of I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
videoconferencing", Computer Speech and Language 27 (2013): what happens now must be borne out by what happened for longer.
Levels decide nothing but ties, so whoever has the better microphone gains nothing by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.audio.core.activity import VoiceActivity

_RECENT_TICKS = 25
_RECENT = (1 << _RECENT_TICKS) - 1
_TAKES_THE_FLOOR = 18  # active ticks of the recent half second: longer than a cough
_HOLDS_THE_FLOOR = 8  # with fewer, the floor is free
_LASTING_SHARE_A_TICK = 1 / 150  # the longer memory: three seconds
_OUTTALKED_BY = 0.35  # who was active in so much more of it takes the floor even from somebody who still speaks
_CHANGES_PLACES_BY = 0.3  # the same for the places after the first


@dataclass
class _Share:
    """How much of the time a voice rose above its noise."""

    recent: int = 0  # one bit a tick, the newest lowest
    lasting: float = 0.0  # 0 to 1

    def hear(self, active: bool) -> None:
        """Take one tick."""
        self.recent = (self.recent << 1 | active) & _RECENT
        self.lasting += (active - self.lasting) * _LASTING_SHARE_A_TICK

    @property
    def recent_ticks(self) -> int:
        """In how many of the last 25 ticks it was active."""
        return self.recent.bit_count()


@dataclass
class Dominance:
    """The order of the voices in a room."""

    dominant: str | None = None
    _shares: dict[str, _Share] = field(default_factory=dict)
    _order: list[str] = field(default_factory=list)  # those who speak; the dominant may be anywhere

    def hear(self, voices: Mapping[str, VoiceActivity]) -> None:
        """Take one tick of everybody who may be heard; who is not among them is forgotten."""
        if self._shares.keys() != voices.keys():
            self._shares = {name: self._shares.get(name) or _Share() for name in voices}
        for name, activity in voices.items():
            self._shares[name].hear(activity.above_noise)
        self._choose_dominant(voices)
        self._keep_order([name for name, activity in voices.items() if activity.speaking])

    def speaking(self) -> tuple[str, ...]:
        """Who speaks: the dominant first, then the others, who change places only when one has clearly been more active."""
        if self.dominant not in self._order:
            return tuple(self._order)
        return (self.dominant, *(name for name in self._order if name != self.dominant))

    def _choose_dominant(self, voices: Mapping[str, VoiceActivity]) -> None:
        holder = self._shares.get(self.dominant) if self.dominant is not None else None
        claimants = [
            name
            for name, share in self._shares.items()
            if share is not holder and share.recent_ticks >= _TAKES_THE_FLOOR
        ]
        if claimants:
            claimant = max(claimants, key=lambda name: (self._shares[name].recent_ticks, voices[name].level))
            if holder is None or self._gives_way(holder, self._shares[claimant]):
                self.dominant = claimant

    @staticmethod
    def _gives_way(holder: _Share, claimant: _Share) -> bool:
        return holder.recent_ticks <= _HOLDS_THE_FLOOR or claimant.lasting > holder.lasting + _OUTTALKED_BY

    def _keep_order(self, speaking: list[str]) -> None:
        order = [name for name in self._order if name in speaking]
        order += [name for name in speaking if name not in order]
        for place in range(1, len(order)):
            before, after = order[place - 1], order[place]
            if self._shares[after].lasting > self._shares[before].lasting + _CHANGES_PLACES_BY:
                order[place - 1], order[place] = after, before
        self._order = order
