"""What is written in a room: chat and questions, as pages are told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from accounts import clock
from rooms import passing
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.messages import ChatMessage, Face, Question
from rooms.domain.pace import seconds_to_wait
from rooms.domain.roles import Role
from rooms.domain.snapshot import Confidentiality
from rooms.domain.talk import (
    MOST_ANSWERED_QUESTIONS,
    MOST_OPEN_QUESTIONS,
    RECENT_MESSAGES,
    in_rank,
    waits_for_slow_mode,
)
from rooms.models import ChatMessage as StoredMessage
from rooms.models import Participant, Room, Vote
from rooms.models import Question as StoredQuestion
from rooms.selectors.people import face, on_roster

NOBODY = Face(id="", name="", initials="", tint=0, portrait="", role="", claims=[])


@dataclass(frozen=True, slots=True)
class RoomTalk:
    """What is written in a room, as of a version. `kept`: it is stored; `named`: so is who wrote it."""

    version: int
    kept: bool
    named: bool
    frozen: bool
    messages: list[ChatMessage]
    questions: list[Question]


def talk(public_id: str) -> RoomTalk:
    """The last messages and the questions. The version is read before them: whoever writes in between is read again."""
    room = Room.objects.get(public_id=public_id)
    return RoomTalk(
        version=room.talk_version,
        kept=may_be_kept(Confidentiality(room.confidentiality), Kept.CHAT),
        named=may_be_kept(Confidentiality(room.confidentiality), Kept.NAMES),
        frozen=room.frozen,
        messages=_messages(room),
        questions=_questions(room),
    )


def _messages(room: Room) -> list[ChatMessage]:
    latest = room.messages.select_related("author__user__profile").order_by("-at", "-pk")[:RECENT_MESSAGES]
    return [chat_message(message, message.author) for message in reversed(latest)]


def chat_message(message: StoredMessage, author: Participant | None) -> ChatMessage:
    """A message as pages are told."""
    return ChatMessage(
        id=message.public_id, author=face(author) if author else NOBODY, text=message.text, at=moment(message.at)
    )


def _questions(room: Room) -> list[Question]:
    if not may_be_kept(Confidentiality(room.confidentiality), Kept.CHAT):
        return _passing_questions(room)
    rows = room.questions.select_related("author__user__profile")
    still_open = rows.filter(seconds_in=None).order_by("-votes", "at")[:MOST_OPEN_QUESTIONS]
    answered = rows.exclude(seconds_in=None).order_by("-seconds_in")[:MOST_ANSWERED_QUESTIONS]
    return in_rank(question_card(question, question.author) for question in (*still_open, *answered))


def question_card(question: StoredQuestion, author: Participant | None) -> Question:
    """A stored question as pages are told."""
    return Question(
        id=question.public_id,
        author=face(author) if author else NOBODY,
        text=question.text,
        asked_at=moment(question.at),
        votes=question.votes,
        seconds_in=-1 if question.seconds_in is None else question.seconds_in,
    )


def _passing_questions(room: Room) -> list[Question]:
    asked = passing.questions(room.public_id).values()
    people = room.participants.filter(public_id__in={question.author for question in asked})
    faces = {person.public_id: face(person) for person in people.select_related("user__profile")}
    return in_rank(
        Question(
            id=question.id,
            author=faces.get(question.author, NOBODY),
            text=question.text,
            asked_at=question.asked_at,
            votes=question.votes,
            seconds_in=question.seconds_in,
        )
        for question in asked
    )


def voted(room_public_id: str, person: str) -> list[str]:
    """The questions that somebody voted for."""
    passed = passing.questions(room_public_id)
    mine = Vote.objects.filter(question__room__public_id=room_public_id, participant__public_id=person)
    return [*mine.values_list("question__public_id", flat=True)] + [
        question.id for question in passed.values() if person in question.voters
    ]


def chat_wait(person: str, role: str, slow_mode: int) -> int:
    """How many seconds somebody waits until they may write."""
    if not slow_mode or not waits_for_slow_mode(Role(role)):
        return 0
    return seconds_to_wait(passing.said_at(person), slow_mode, clock.now().timestamp())


def is_here(room: Room, *, user_pk: int | None, guest_keys: Collection[str]) -> bool:
    """Whether somebody, by account or as a guest, is in this room now."""
    here = on_roster(room.participants.all())
    if user_pk is not None:
        return here.filter(user_id=user_pk).exists()
    return here.filter(user=None, guest_key__in=guest_keys).exists()


def moment(at: datetime) -> str:
    """The server's time as pages are told."""
    return at.isoformat(timespec="milliseconds")
