"""Topics and rooms: made, opened."""

from collections.abc import Iterable

from django.db import transaction

from accounts import clock, renaming
from accounts.models import Industry, User
from accounts.text import key, tidy
from accounts.written import HOLD, Place, hold, judged
from rooms.domain.confidentiality import loosens
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.domain.snapshot import Confidentiality, HandPolicy, Phase, Visibility
from rooms.models import Room, Topic, TopicFollow
from rooms.services.carrying_out import locked
from rooms.services.limiting import demand_able
from rooms.services.words import save_new


class TopicWaits(Exception):
    """The name of a topic waits for staff: there is no such topic until then."""


def create_topic(*, name: str, industry: Industry, by: User) -> Topic:
    """A topic; the one that is already there, if its name differs only in case or spacing.

    Raises:
        TextRefused: a list of terms refuses its name; TopicWaits: it is for staff to decide.
    """
    found = Topic.objects.filter(industry=industry, key=key(name)).first()
    if found is not None:
        return found
    place = Place("topic.name", f"{by.public_id}.{industry.pk}", by=by)
    verdict = judged(place, tidy(name))
    if verdict.outcome == HOLD:
        hold(place, tidy(name), "", verdict)
        raise TopicWaits
    return make_topic(name=name, industry=industry, by=by)


def make_topic(*, name: str, industry: Industry, by: User) -> Topic:
    """The same without asking anybody about its name."""
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
    description: str = "",
    visibility: str = Visibility.MEMBERS,
    confidentiality: str = Confidentiality.ON_RECORD,
    hand_policy: str = HandPolicy.EVERYONE,
    stage_size: int = 8,
    slow_mode: int = 0,
    speakers: Iterable[User] = (),
) -> Room:
    """A room that is live from now on. Whom a closed one lets in is said by its guest list, which begins empty. Words
    that have to wait for staff are not in it yet.

    Raises:
        Refused: `sanctioned_hosting`, `trust_host`.
        TextRefused: a list of terms refuses its words.
    """
    renaming.lock(host)  # as whoever sanctions them does: no room opens meanwhile
    demand_able(host, Ability.HOST)
    now = clock.now()
    room = Room(
        host=host,
        opened_by=host,
        title=tidy(title),
        description=tidy(description),
        topic=topic,
        language=language,
        visibility=visibility,
        confidentiality=confidentiality,
        hand_policy=hand_policy,
        stage_size=stage_size,
        slow_mode=slow_mode,
        phase=Phase.LIVE,
        starts_at=now,
        started_at=now,
        stage_empty_since=now,
    )
    save_new(room)
    room.speakers.set(speakers)
    return room


@transaction.atomic
def change_confidentiality(room_public_id: str, by: User, mode: str) -> None:
    """The host chooses another confidentiality. Once somebody has entered it becomes stricter only; who is inside sees it at
    once, whoever comes back is asked again.

    Raises:
        Refused: `not_allowed` for anybody else, `room_ended`, `confidentiality_fixed`.
    """
    room = locked(room_public_id)
    if room.host_id != by.pk:
        raise Refused(Code.NOT_ALLOWED)
    if room.phase == Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    before, after = Confidentiality(room.confidentiality), Confidentiality(mode)
    somebody_entered = room.participants.filter(joins__gt=0).exists()
    if somebody_entered and loosens(before, after):
        raise Refused(Code.CONFIDENTIALITY_FIXED)
    if before is not after:
        room.confidentiality = after.value
        room.version += 1  # without an event: every page sees that it is behind, and asks for the room as it is now
        room.save(update_fields=["confidentiality", "version"])
