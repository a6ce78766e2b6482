"""Chat and questions. Each takes the room's lock, asks rooms.domain.talk, and stores no more than the room's confidentiality
allows: off the record nothing, under the Chatham House rule nobody's name.

`connection` is always that of whoever acts. All raise Refused: `not_joined`, `room_ended`, `not_allowed`, and what is said
beside.
"""

import dataclasses
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from accounts import clock
from accounts.models import random_id
from accounts.text import tidy, validate_line
from accounts.written import HOLD, hold
from rooms import events, hooks, passing, selectors
from rooms.domain import pace, talk
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.errors import Code, Refused
from rooms.domain.roles import Act, Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import ChatMessage, Participant, Question, Room, Vote
from rooms.services.actors import present, record
from rooms.services.carrying_out import locked
from rooms.services.words import Written, demand, place_of

# --- Chat -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def say(room_public_id: str, connection: str, text: str) -> Written:
    """Write a message. One that has to wait for staff is shown to nobody else.

    Raises:
        Refused: `slow_mode` with the seconds to wait, `too_many_messages`, `chat_busy`, `text_empty`, `text_unreadable`,
            `text_refused` with the reason.
    """
    room, me = _begin(room_public_id, connection, Act.CHAT)
    words = _sayable(text)
    now = clock.now()
    _demand_pace(room, me, now.timestamp())
    message = ChatMessage(room=room, author=me, text=words, at=now)
    if _waits(room, me, "chat", message.public_id, words):
        return Written(message.public_id, waits=True)
    _tell_message(room, me, message)
    return Written(message.public_id)


def _waits(room: Room, me: Participant, where: str, written: str, words: str) -> bool:
    place = place_of(room, me, where, written)
    verdict = demand(place, words)
    if verdict.outcome != HOLD:
        return False
    hold(place, words, "", verdict)
    if not _names_are_kept(room):
        passing.keep_author(written, me.public_id)
    return True


def _tell_message(room: Room, me: Participant | None, message: ChatMessage) -> None:
    told = selectors.chat_message(message, me)
    if _is_kept(room):
        message.author = me if _names_are_kept(room) else None
        message.save()
        _grow(room)
    if me is not None and not _names_are_kept(room):
        passing.keep_author(message.public_id, me.public_id)
    events.publish(room.public_id, events.Said(dataclasses.asdict(told), room.talk_version))


def _demand_pace(room: Room, me: Participant, now: float) -> None:
    if talk.waits_for_slow_mode(Role(me.role)):
        wait = pace.seconds_to_wait(passing.said_at(me.public_id), room.slow_mode, now)
        if wait:
            raise Refused(Code.SLOW_MODE, seconds=str(wait))
    if not passing.go_on(f"chat.{me.public_id}", pace.CHAT, now):
        raise Refused(Code.TOO_MANY_MESSAGES)
    if not passing.go_on(f"chat.{room.public_id}", pace.ROOM_CHAT, now):
        raise Refused(Code.CHAT_BUSY)
    passing.keep_said_at(me.public_id, now)


@transaction.atomic
def remove_message(room_public_id: str, connection: str, message: str) -> None:
    """Take a message away: one's own, or any as somebody who runs the room.

    Raises:
        Refused: `message_not_found`.
    """
    room, me = _begin(room_public_id, connection, Act.REMOVE_MESSAGE)
    if hooks.take_back(room_public_id, me.public_id, message):
        return
    stored = room.messages.filter(public_id=message).select_related("author").first()
    if stored is None and _is_kept(room):
        raise Refused(Code.MESSAGE_NOT_FOUND)
    author = _author(message, stored.author if stored else None)
    talk.demand_own_or_runs_it(selectors.as_person(me), author)
    if stored is None and not author:  # off the record only what was written here is known
        raise Refused(Code.MESSAGE_NOT_FOUND)
    if stored is not None:
        stored.delete()
        _grow(room)
    if author != me.public_id:
        record(room, me, Act.REMOVE_MESSAGE.value, message)
    events.publish(room.public_id, events.Unsaid(message, me.name, room.talk_version))


# --- Questions ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(room_public_id: str, connection: str, text: str) -> Written:
    """Ask a question. One that has to wait for staff is shown to nobody else.

    Raises:
        Refused: `questions_full`, `too_many_messages`, `text_empty`, `text_unreadable`, `text_refused` with the reason.
    """
    room, me = _begin(room_public_id, connection, Act.ASK)
    words = _sayable(text)
    now = clock.now()
    passed = passing.questions(room.public_id)
    still_open = room.questions.filter(seconds_in=None).count() + sum(q.seconds_in < 0 for q in passed.values())
    if still_open >= talk.MOST_OPEN_QUESTIONS:
        raise Refused(Code.QUESTIONS_FULL)
    if not passing.go_on(f"ask.{me.public_id}", pace.ASKING, now.timestamp()):
        raise Refused(Code.TOO_MANY_MESSAGES)
    question = Question(public_id=random_id(), room=room, author=me, text=words, at=now)
    if _waits(room, me, "question", question.public_id, words):
        return Written(question.public_id, waits=True)
    _tell_question(room, me, question)
    return Written(question.public_id)


def _tell_question(room: Room, me: Participant | None, question: Question) -> None:
    told = selectors.question_card(question, me)
    if _is_kept(room):
        question.author = me if _names_are_kept(room) else None
        question.save()
    elif me is not None:
        asked = passing.PassingQuestion(question.public_id, me.public_id, question.text, told.asked_at)
        passing.keep_questions(room.public_id, passing.questions(room.public_id) | {asked.id: asked})
    if me is not None and not _names_are_kept(room):
        passing.keep_author(question.public_id, me.public_id)
    _tell_questions(room, told)


@transaction.atomic
def vote(room_public_id: str, connection: str, question: str, *, up: bool) -> None:
    """Vote for a question, or take one's vote back.

    Raises:
        Refused: `question_not_found`, `question_answered`, `too_many_messages`.
    """
    room, me = _begin(room_public_id, connection, Act.VOTE)
    if not passing.go_on(f"vote.{me.public_id}", pace.VOTING, clock.now().timestamp()):
        raise Refused(Code.TOO_MANY_MESSAGES)
    found = _question(room, question)
    if isinstance(found, passing.PassingQuestion):
        _demand_open(found.seconds_in >= 0)
        _keep(room, found.voted(me.public_id, up=up))
    else:
        _demand_open(found.seconds_in is not None)
        if up:
            Vote.objects.get_or_create(question=found, participant=me)
        else:
            found.voters.filter(participant=me).delete()
        found.votes = found.voters.count()
        found.save(update_fields=["votes"])
    _tell_questions(room)


@transaction.atomic
def mark_answered(room_public_id: str, connection: str, question: str, *, answered: bool) -> None:
    """Say that a question was answered, at this moment of the room; or that it was not.

    Raises:
        Refused: `question_not_found`.
    """
    room, me = _begin(room_public_id, connection, Act.MARK_ANSWERED)
    found = _question(room, question)
    now = clock.now()
    seconds_in = int((now - (room.started_at or now)).total_seconds()) if answered else None
    if isinstance(found, passing.PassingQuestion):
        if (found.seconds_in >= 0) == answered:
            return
        _keep(room, dataclasses.replace(found, seconds_in=-1 if seconds_in is None else seconds_in))
    else:
        if (found.seconds_in is not None) == answered:
            return
        found.seconds_in, found.answered_at = seconds_in, now if answered else None
        found.save(update_fields=["seconds_in", "answered_at"])
    record(room, me, Act.MARK_ANSWERED.value if answered else "mark_open", question)
    _tell_questions(room)


@transaction.atomic
def remove_question(room_public_id: str, connection: str, question: str) -> None:
    """Take a question away: one's own, or any as somebody who runs the room.

    Raises:
        Refused: `question_not_found`.
    """
    room, me = _begin(room_public_id, connection, Act.REMOVE_QUESTION)
    if hooks.take_back(room_public_id, me.public_id, question):
        return
    found = _question(room, question)
    if isinstance(found, passing.PassingQuestion):
        author = found.author
        talk.demand_own_or_runs_it(selectors.as_person(me), author)
        passing.keep_questions(
            room.public_id, {id_: q for id_, q in passing.questions(room.public_id).items() if id_ != question}
        )
    else:
        author = _author(question, found.author)
        talk.demand_own_or_runs_it(selectors.as_person(me), author)
        found.delete()
    if author != me.public_id:
        record(room, me, Act.REMOVE_QUESTION.value, question)
    _tell_questions(room)


# --- Once staff have approved ---------------------------------------------------------------------------------------


@transaction.atomic
def say_approved(room_public_id: str, message: str, text: str, author: Participant | None) -> None:
    """A message that waited is said now. It has the id that its writer knows it by."""
    room = locked(room_public_id)
    if _is_kept(room):  # it may have become stricter meanwhile
        writer = author or _who(room, message)
        _tell_message(room, writer, ChatMessage(public_id=message, room=room, author=writer, text=text))


@transaction.atomic
def ask_approved(room_public_id: str, question: str, text: str, author: Participant | None) -> None:
    """A question that waited is asked now."""
    room = locked(room_public_id)
    if _is_kept(room):
        asker = author or _who(room, question)
        _tell_question(room, asker, Question(public_id=question, room=room, author=asker, text=text))


def drop_waiting(room_public_id: str, written: str) -> None:
    """What waited is not shown: the page of who wrote it takes it away. Nobody else knows of it."""
    room = Room.objects.get(public_id=room_public_id)
    events.publish(room_public_id, events.Unsaid(written, "", room.talk_version))


def _who(room: Room, written: str) -> Participant | None:
    known = passing.author_of(written)
    return room.participants.select_related("user__profile").filter(public_id=known).first() if known else None


# --- Later ----------------------------------------------------------------------------------------------------------


def delete_old_talk(now: datetime | None = None) -> int:
    """Delete what was written so long ago that it is kept no more.

    Returns:
        How many messages and questions.
    """
    since = (now or clock.now()) - timedelta(days=settings.CHAT_DAYS)
    messages, _ = ChatMessage.objects.filter(at__lt=since).delete()
    old = Question.objects.filter(at__lt=since)
    questions = old.count()
    old.delete()
    return messages + questions


# --- How ------------------------------------------------------------------------------------------------------------


def _begin(room_public_id: str, connection: str, act: Act) -> tuple[Room, Participant]:
    room = locked(room_public_id)
    me = present(room, connection)
    talk.demand_may(selectors.as_person(me), act, Phase(room.phase), frozen=room.frozen)
    return room, me


def _sayable(text: str) -> str:
    words = tidy(text)
    if not words:
        raise Refused(Code.TEXT_EMPTY)
    try:
        validate_line(words)
    except ValidationError as error:
        raise Refused(Code.TEXT_UNREADABLE) from error
    return words


def _question(room: Room, question: str) -> Question | passing.PassingQuestion:
    found = room.questions.select_related("author").filter(public_id=question).first()
    passed = None if found or _is_kept(room) else passing.questions(room.public_id).get(question)
    if found is None and passed is None:
        raise Refused(Code.QUESTION_NOT_FOUND)
    return found or passed  # type: ignore[return-value]


def _keep(room: Room, question: passing.PassingQuestion) -> None:
    passing.keep_questions(room.public_id, passing.questions(room.public_id) | {question.id: question})


def _demand_open(is_answered: bool) -> None:
    if is_answered:
        raise Refused(Code.QUESTION_ANSWERED)


def _author(written: str, stored: Participant | None) -> str:
    return stored.public_id if stored else passing.author_of(written)


def _is_kept(room: Room) -> bool:
    return may_be_kept(Confidentiality(room.confidentiality), Kept.CHAT)


def _names_are_kept(room: Room) -> bool:
    return may_be_kept(Confidentiality(room.confidentiality), Kept.NAMES)


def _grow(room: Room) -> None:
    """The talk has come further: what a web process has not heard of by the bus it finds by this."""
    Room.objects.filter(pk=room.pk).update(talk_version=F("talk_version") + 1)
    room.talk_version += 1


def _tell_questions(room: Room, *asked: object) -> None:
    _grow(room)
    cards = [dataclasses.asdict(question) for question in asked]  # type: ignore[call-overload]
    events.publish(room.public_id, events.QuestionsMoved(cards, room.talk_version))
