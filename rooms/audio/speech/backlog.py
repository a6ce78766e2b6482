"""Utterances that wait to be recognised: bounded, and when there are too many, some people are listened to whole and others
not at all for a while, by lot, rather than everybody in pieces. Pure; time is an argument."""

import random
from collections import deque
from dataclasses import dataclass, field

from rooms.audio.speech.utterances import Utterance

MOST_SECONDS = 60.0  # of speech
_LOTS_LAST_SECONDS = 30.0
_BEHIND_FOR_SECONDS = 30.0

Whose = tuple[str, str]  # room and person


@dataclass(slots=True)
class Backlog:
    """See the module."""

    most_seconds: float = MOST_SECONDS
    lots: random.Random = field(default_factory=random.SystemRandom)
    left_out_seconds: float = 0.0
    _waiting: deque[Utterance] = field(default_factory=deque)
    _seconds: float = 0.0
    _drawn: dict[Whose, float] = field(default_factory=dict)
    _drawn_at: float = float("-inf")
    _left_out_at: float = float("-inf")

    @property
    def waiting_seconds(self) -> float:
        """How much speech waits."""
        return self._seconds

    def behind(self, now: float) -> bool:
        """Whether somebody was left out lately."""
        return now - self._left_out_at < _BEHIND_FOR_SECONDS

    def put(self, utterance: Utterance, now: float) -> None:
        """One more."""
        self._waiting.append(utterance)
        self._seconds += utterance.seconds
        while self._seconds > self.most_seconds and self._waiting:
            self._leave_out(now)

    def take(self) -> Utterance | None:
        """The one that has waited longest."""
        if not self._waiting:
            return None
        utterance = self._waiting.popleft()
        self._seconds = self._seconds - utterance.seconds if self._waiting else 0.0
        return utterance

    def _leave_out(self, now: float) -> None:
        """All that waits of whoever has the least lot; of one alone, the oldest."""
        if now - self._drawn_at >= _LOTS_LAST_SECONDS:
            self._drawn, self._drawn_at = {}, now
        people = {_whose(each) for each in self._waiting}
        for whose in sorted(people - self._drawn.keys()):
            self._drawn[whose] = self.lots.random()
        if len(people) > 1:
            least = min(people, key=lambda whose: self._drawn[whose])
            kept = deque(each for each in self._waiting if _whose(each) != least)
        else:
            kept = deque(list(self._waiting)[1:])
        seconds = sum(each.seconds for each in kept)
        self.left_out_seconds += self._seconds - seconds
        self._waiting, self._seconds, self._left_out_at = kept, seconds, now


def _whose(utterance: Utterance) -> Whose:
    return utterance.room, utterance.person


def rest_seconds(used: float, budget_percent: int) -> float:
    """How long to rest after so many seconds of CPU, so that no more than the budget of a core is used."""
    return used * (100 / budget_percent - 1)
