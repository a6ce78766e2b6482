"""Topics and rooms: made, opened."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import Industry, User
from accounts.text import key, tidy
from rooms.domain.snapshot import HandPolicy, Phase, Visibility
from rooms.models import Room, Topic, TopicFollow


def create_topic(*, name: str, industry: Industry, by: User) -> Topic:
    """A topic; the one that is already there, if its name differs only in case or spacing."""
    defaults = {"name": tidy(name), "created_by": by}
    return Topic.objects.get_or_create(industry=industry, key=key(name), defaults=defaults)[0]


def follow_topic(user: User, topic: Topic) -> None:
    """Want to know of rooms on a topic. Following twice changes nothing."""
    TopicFollow.objects.get_or_create(user=user, topic=topic)


def unfollow_topic(user: User, topic: Topic) -> None:
    """Follow a topic no more."""
    TopicFollow.objects.filter(user=user, topic=topic).delete()


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
