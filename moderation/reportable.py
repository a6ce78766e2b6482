"""What somebody may report from a page, and when: only what they are or were shown."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts import clock
from accounts.models import User
from moderation import snapshots
from moderation.models import ReportKind
from moderation.services import About, Reporter, moment_held
from rooms import selectors
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.roles import RUNS_THE_ROOM, Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import ChatMessage, Participant, Question, Room

MOST_PEOPLE, MOST_WRITTEN = 50, 100


@dataclass(frozen=True, slots=True)
class Reportable:
    """Something that this person may report: what it is, as whom they do it, how it is called, and its page."""

    about: About
    who: Reporter
    title: str
    page: str
    is_over: bool = False  # the moment can be told
    seals_sound: bool = False


def find(kind: str, public_id: str, who: Reporter) -> Reportable | None:
    """What an address names, if this person may report it."""
    finders = {
        ReportKind.ROOM: _room,
        ReportKind.PERSON: _person,
        ReportKind.MESSAGE: _message,
        ReportKind.QUESTION: _question,
        ReportKind.PROFILE: _profile,
        ReportKind.TOPIC: _topic,
    }
    return finders[ReportKind(kind)](public_id, who)


# --- Rooms, and what was in them ------------------------------------------------------------------------------------


def open_until(room: Room) -> datetime | None:
    """Until when who was in a room may report what happened there: at the longest while it is known who was. None, if it
    is not over, or never began."""
    if room.phase != Phase.ENDED or room.not_held or room.ended_at is None:
        return None
    window = timedelta(days=settings.MITALK_REPORT_AFTER_DAYS)
    if not names_are_kept(room):
        window = min(window, timedelta(hours=settings.ATTENDANCE_HOURS))
    return room.ended_at + window


def _may_from_within(room: Room, who: Reporter) -> bool:
    """Whether somebody who is or was there may report what is or was in it."""
    if who.place is None or not who.place.joins or who.place.role == Role.STAFF:
        return False
    until = open_until(room)
    return room.phase == Phase.LIVE or (until is not None and clock.now() <= until)


def placed(room: Room, who: Reporter) -> Reporter:
    """The same person, with their place in this room."""
    return replace(who, place=selectors.stay_of(room, user=who.user, guest_keys=who.guest_keys))


def _in_room(room: Room, who: Reporter, about: About, title: str) -> Reportable:
    now, is_over = clock.now(), room.phase == Phase.ENDED
    seals = who.place is not None and moment_held(room, who.place, about.seconds_in, now) is not None
    page = "moderation:afterwards" if is_over and not room.not_held else "rooms:room"
    return Reportable(about, who, title, reverse(page, args=[room.public_id]), is_over, seals)


def _room(public_id: str, who: Reporter) -> Reportable | None:
    room = selectors.find_room(public_id)
    if room is None:
        return None
    who = placed(room, who)
    if not _may_from_within(room, who) and not _is_shown(room, who):
        return None
    about = About(
        kind=ReportKind.ROOM,
        room=room,
        snapshot=snapshots.of_room(room),
        seconds_in=_seconds_into(room, clock.now()),
    )
    return _in_room(room, who, about, room.title)


def _is_shown(room: Room, who: Reporter) -> bool:
    """A room that is live or to come is reported by whoever is shown its page: its title may be the matter."""
    if room.phase == Phase.ENDED and not room.not_held:
        return False
    return selectors.may_enter(room, who.user) if who.user else selectors.shown_to_guests(room)


def _person(public_id: str, who: Reporter) -> Reportable | None:
    target = Participant.objects.select_related("room__topic", "user__profile").filter(public_id=public_id).first()
    if target is None:
        return None
    room, who = target.room, placed(target.room, who)
    if not _may_from_within(room, who) or not people_of(room, who).filter(pk=target.pk).exists():
        return None
    about = About(
        kind=ReportKind.PERSON,
        room=room,
        target=target,
        target_user=target.user,
        snapshot=snapshots.of_person(target),
        seconds_in=_seconds_into(room, clock.now()),
    )
    return _in_room(room, who, about, target.name)


def names_are_kept(room: Room) -> bool:
    """Whether it may be told later who was there."""
    return may_be_kept(Confidentiality(room.confidentiality), Kept.NAMES)


def people_of(room: Room, who: Reporter) -> QuerySet[Participant]:
    """Whom somebody who was in a room may report: those who were there when they were, where names are kept. Guests are
    listed for those who run the room only, as in the room."""
    if who.place is None or not names_are_kept(room):
        return Participant.objects.none()
    others = room.participants.filter(joins__gt=0).exclude(pk=who.place.pk).select_related("user__profile")
    if who.place.role not in RUNS_THE_ROOM:
        others = others.filter(user__isnull=False)
    others = others.filter(Q(left_at=None) | Q(left_at__gt=who.place.arrived_at))
    return others if who.place.left_at is None else others.filter(arrived_at__lt=who.place.left_at)


def _message(public_id: str, who: Reporter) -> Reportable | None:
    return _written(ChatMessage.objects.filter(public_id=public_id).first(), ReportKind.MESSAGE, who)


def _question(public_id: str, who: Reporter) -> Reportable | None:
    return _written(Question.objects.filter(public_id=public_id).first(), ReportKind.QUESTION, who)


def _written(row: ChatMessage | Question | None, kind: ReportKind, who: Reporter) -> Reportable | None:
    if row is None:
        return None
    room, who = row.room, placed(row.room, who)
    if not _may_from_within(room, who) or (who.place is not None and row.author_id == who.place.pk):
        return None
    if who.place is not None and who.place.left_at is not None and row.at > who.place.left_at:
        return None
    about = About(
        kind=kind,
        room=room,
        target=row.author,
        target_user=row.author.user if row.author else None,
        written=row.public_id,
        message=row.text,
        snapshot=snapshots.of_person(row.author) if row.author else {},
        seconds_in=_seconds_into(room, row.at),
    )
    return _in_room(room, who, about, row.text)


def messages_of(room: Room, who: Reporter) -> list[ChatMessage]:
    """What others wrote in a room while one could read it, and is still kept, the last first."""
    kept = room.messages.select_related("author__user__profile").order_by("-at", "-pk")
    return list(_of_others(kept, who)[:MOST_WRITTEN])


def questions_of(room: Room, who: Reporter) -> list[Question]:
    """What others asked in a room while one could read it, and is still kept, the last first."""
    kept = room.questions.select_related("author__user__profile").order_by("-at", "-pk")
    return list(_of_others(kept, who)[:MOST_WRITTEN])


def _of_others(rows: QuerySet, who: Reporter) -> QuerySet:
    if who.place is None:
        return rows.none()
    others = rows.exclude(author__isnull=False, author=who.place.pk)
    return others if who.place.left_at is None else others.filter(at__lte=who.place.left_at)


def _seconds_into(room: Room, at: datetime) -> int | None:
    """How far into the room a moment is; None, if it is none of it."""
    if room.started_at is None or (room.ended_at is not None and at > room.ended_at):
        return None
    return max(0, int((at - room.started_at).total_seconds()))


# --- Elsewhere ------------------------------------------------------------------------------------------------------


def _profile(public_id: str, who: Reporter) -> Reportable | None:
    person = User.objects.filter(public_id=public_id, is_active=True, profile__isnull=False).first()
    if who.user is None or person is None or person == who.user:
        return None
    about = About(kind=ReportKind.PROFILE, target_user=person, snapshot=snapshots.of_profile(person, who.user))
    return Reportable(about, who, person.name, reverse("accounts:profile", args=[public_id]))


def _topic(public_id: str, who: Reporter) -> Reportable | None:
    topic = selectors.find_topic(public_id)
    if who.user is None or topic is None:
        return None
    about = About(kind=ReportKind.TOPIC, topic=topic, snapshot=snapshots.of_topic(topic))
    return Reportable(about, who, topic.name, reverse("rooms:programme") + f"?topic={public_id}")
