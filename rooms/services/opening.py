"""Topics and rooms: made, announced, opened."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Industry, User
from accounts.text import key, tidy
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import HandPolicy, Phase, Visibility
from rooms.models import Room, Topic


def create_topic(*, name: str, industry: Industry, by: User) -> Topic:
    """A topic; the one that is already there, if its name differs only in case or spacing."""
    defaults = {"name": tidy(name), "created_by": by}
    return Topic.objects.get_or_create(industry=industry, key=key(name), defaults=defaults)[0]


@transaction.atomic
def open_room(
    *,
    host: User,
    title: str,
    topic: Topic,
    language: str,
    visibility: str = Visibility.MEMBERS,
    hand_policy: str = HandPolicy.EVERYONE,
    speakers: Iterable[User] = (),
) -> Room:
    """A room that is live from now on."""
    now = timezone.now()
    room = Room.objects.create(
        host=host,
        title=tidy(title),
        topic=topic,
        language=language,
        visibility=visibility,
        hand_policy=hand_policy,
        phase=Phase.LIVE,
        starts_at=now,
        started_at=now,
        stage_empty_since=now,
    )
    room.speakers.set(speakers)
    return room


@transaction.atomic
def schedule_room(
    *, host: User, title: str, topic: Topic, language: str, starts_at: datetime, speakers: Iterable[User] = ()
) -> Room:
    """A room to come."""
    room = Room.objects.create(host=host, title=tidy(title), topic=topic, language=language, starts_at=starts_at)
    room.speakers.set(speakers)
    return room


def open_scheduled(room_public_id: str, by: User) -> None:
    """The host opens a room that was announced, at its time or when they like. Opening it twice changes nothing.

    Raises:
        Refused: `not_allowed` for anybody else, `room_ended`.
    """
    now = timezone.now()
    hosted = Room.objects.filter(public_id=room_public_id, host=by)
    opened = hosted.filter(phase=Phase.SCHEDULED).update(phase=Phase.LIVE, started_at=now, stage_empty_since=now)
    if not opened and not hosted.filter(phase=Phase.LIVE).exists():
        raise Refused(Code.ROOM_ENDED if hosted.exists() else Code.NOT_ALLOWED)
