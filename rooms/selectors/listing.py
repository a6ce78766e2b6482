"""Rooms and topics as lists and pages show them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.converters import PUBLIC_ID_PATTERN
from accounts.models import User
from rooms.domain.confidentiality import shows_audience
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import Participant, Room, Topic
from rooms.selectors.admission import open_to
from rooms.selectors.people import headline, looks_of, on_roster, person_card
from rooms.selectors.stage import on_stage

MOST_ROOMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room as lists show it."""

    public_id: str
    url: str
    title: str
    topic: str
    language_name: str
    phase: str
    starts_at: datetime
    started_at: datetime | None
    minutes_live: int
    host_name: str
    people: list[PersonCard]
    listening: int
    is_demo: bool
    description: str
    visibility: str
    confidentiality: str


def find_room(public_id: str) -> Room | None:
    """A room with what its page shows, or None."""
    return Room.objects.select_related("topic", "host__profile").filter(public_id=public_id).first()


def room_card(room: Room) -> RoomCard:
    """One room as lists show it."""
    return _cards([room])[0]


def live_rooms(viewer: User) -> list[RoomCard]:
    """The rooms that talk now and would let this person in, the fullest first."""
    rooms = Room.objects.filter(open_to(viewer), phase=Phase.LIVE)
    return sorted(_cards(_with_people(rooms)), key=lambda card: (-card.listening - len(card.people), card.title))


def live_by_topic(viewer: User) -> list[tuple[str, list[RoomCard]]]:
    """The rooms that talk now, under their topics; topics in the order of their fullest room."""
    by_topic: dict[str, list[RoomCard]] = defaultdict(list)
    for card in live_rooms(viewer):
        by_topic[card.topic].append(card)
    return list(by_topic.items())


def coming_rooms(viewer: User, now: datetime | None = None) -> list[RoomCard]:
    """The programme: rooms to come that would let this person in, the next first."""
    coming = Room.objects.filter(open_to(viewer), phase=Phase.SCHEDULED, starts_at__gte=now or timezone.now())
    rooms = coming.order_by("starts_at")
    return _cards(_with_people(rooms))


def _with_people(rooms: QuerySet[Room]) -> list[Room]:
    stage = (
        on_roster(Participant.objects.filter(position=Position.STAGE))
        .select_related("user__profile")
        .order_by("number")
    )
    listens = Q(participants__left_at=None, participants__position=Position.AUDIENCE)
    listening = Count("participants", filter=listens & ~Q(participants__role=Role.STAFF))
    return list(
        rooms.select_related("topic", "host__profile")
        .prefetch_related(Prefetch("participants", queryset=stage, to_attr="stage_now"))
        .annotate(listening=listening)[:MOST_ROOMS_SHOWN]
    )


def _cards(rooms: Iterable[Room]) -> list[RoomCard]:
    now = timezone.now()
    return [
        RoomCard(
            public_id=room.public_id,
            url=reverse("rooms:room", args=[room.public_id]),
            title=room.title,
            topic=room.topic.name,
            language_name=room.get_language_display(),
            phase=room.phase,
            starts_at=room.starts_at,
            started_at=room.started_at,
            minutes_live=int((now - room.started_at).total_seconds() // 60) if room.started_at else 0,
            host_name=room.host.name,
            people=_people(room),
            listening=getattr(room, "listening", 0),
            is_demo=room.host.is_demo,
            description=room.description,
            visibility=room.visibility,
            confidentiality=room.confidentiality,
        )
        for room in rooms
    ]


def _people(room: Room) -> list[PersonCard]:
    """Who is on stage, else the host. Under the Chatham House rule who speaks is for those inside."""
    if not shows_audience(Confidentiality(room.confidentiality)):
        return [_host_card(room)]
    stage = getattr(room, "stage_now", None)
    return [person_card(participant) for participant in (on_stage(room) if stage is None else stage)] or [
        _host_card(room)
    ]


def _host_card(room: Room) -> PersonCard:
    return PersonCard(
        id="",
        **looks_of(room.host),
        headline=headline(room.host),
        role=Role.HOST.value,
        position=Position.AUDIENCE.value,
        muted=True,
        member=room.host.public_id,
        number=0,
        guest=0,
        demo=room.host.is_demo,
    )


def find_topic(public_id: str) -> Topic | None:
    """A topic by what an address says, or None."""
    return Topic.objects.filter(public_id=public_id).first() if re.fullmatch(PUBLIC_ID_PATTERN, public_id) else None


def topics() -> QuerySet[Topic]:
    """Every topic, by industry and name."""
    return Topic.objects.select_related("industry").order_by("industry__name_en", "name")
