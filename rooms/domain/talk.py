"""The talk beside the sound: who may write, ask, vote, and take back what. Pure; the stage's rules are in rooms.domain.state.

Nothing of it is part of the stage: it has no place in the stage's history, and is told in batches.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

from rooms.domain.errors import Code, Refused
from rooms.domain.roles import RUNS_THE_ROOM, Act, Role, may
from rooms.domain.snapshot import Person, Phase

MAX_MESSAGE = 500
MAX_QUESTION = 280
RECENT_MESSAGES = 50  # are given to who enters
MOST_OPEN_QUESTIONS = 50  # of a room
MOST_ANSWERED_QUESTIONS = 20  # are shown, the latest; the rest are markers only


class Reaction(StrEnum):
    """What one can say with a tap."""

    AGREE = "agree"
    LOVE = "love"
    IDEA = "idea"
    SMILE = "smile"


_QUIET_WHILE_FROZEN = frozenset({Act.CHAT, Act.REACT, Act.ASK, Act.VOTE})


def demand_may(actor: Person, act: Act, phase: Phase, *, frozen: bool) -> None:
    """Refuse what this person may not do in this room now.

    Raises:
        Refused: `room_ended`, `room_not_open`, `not_allowed`, `room_frozen`.
    """
    if phase is not Phase.LIVE:
        raise Refused(Code.ROOM_ENDED if phase is Phase.ENDED else Code.ROOM_NOT_OPEN)
    if not may(actor.role, actor.position, act):
        raise Refused(Code.NOT_ALLOWED)
    if frozen and act in _QUIET_WHILE_FROZEN:
        raise Refused(Code.ROOM_FROZEN)


def demand_own_or_runs_it(actor: Person, author: str) -> None:
    """Those who run the room, and staff, take away anything; everybody else what they wrote themselves.

    Raises:
        Refused: `not_allowed`.
    """
    if actor.role in RUNS_THE_ROOM or actor.role is Role.STAFF:
        return
    if not author or author != actor.id:
        raise Refused(Code.NOT_ALLOWED)


def waits_for_slow_mode(role: Role) -> bool:
    """Whether slow mode holds for somebody: not for those who run the room."""
    return role not in RUNS_THE_ROOM


class Ranked(Protocol):
    """What a question's place depends on: its votes, when it was asked, and how far into the room it was answered (-1: not
    yet)."""

    @property
    def votes(self) -> int: ...
    @property
    def asked_at(self) -> str: ...
    @property
    def seconds_in(self) -> int: ...


Question = TypeVar("Question", bound=Ranked)


def in_rank(questions: Iterable[Question]) -> list[Question]:
    """Open questions first, the most wanted and then the oldest first; then what was answered, the latest first."""
    everything = list(questions)
    still_open = sorted(
        (question for question in everything if question.seconds_in < 0),
        key=lambda question: (-question.votes, question.asked_at),
    )
    answered = sorted(
        (question for question in everything if question.seconds_in >= 0),
        key=lambda question: (-question.seconds_in, question.asked_at),
    )
    return still_open + answered[:MOST_ANSWERED_QUESTIONS]
