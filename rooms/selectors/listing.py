"""Rooms and topics as lists and pages show them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts import clock
from accounts.claims.selectors import first_claim, remember_first
from accounts.converters import PUBLIC_ID_PATTERN
from accounts.models import User
from rooms.domain.confidentiality import shows_audience
from rooms.domain.messages import ClaimCard, PersonCard
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room, Topic
from rooms.selectors.people import claims, headline, looks_of, on_roster, person_card
from rooms.selectors.stage import on_stage


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room as lists show it."""

    public_id: str
    url: str
    title: str
    topic: str
    topic_id: str
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
    return cards([room])[0]


def listed(rooms: QuerySet[Room]) -> QuerySet[Room]:
    """Rooms with what their cards show; of each person the first claim, without a query of its own."""
    stage = (
        on_roster(Participant.objects.filter(position=Position.STAGE))
        .select_related("user__profile")
        .annotate(claim_now=first_claim("user"))
        .order_by("number", "public_id")
    )
    with_hosts = rooms.select_related("topic", "host__profile").annotate(host_claim=first_claim("host"))
    return with_hosts.prefetch_related(Prefetch("participants", queryset=stage, to_attr="stage_now"))


def listeners_of(room: str) -> Coalesce:
    """How many listen in a room, for a query of rooms whose key is `room` there."""
    audience = on_roster(Participant.objects.filter(room=OuterRef(room), position=Position.AUDIENCE))
    counted = audience.exclude(role=Role.STAFF).order_by().values("room").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def cards(rooms: Iterable[Room]) -> list[RoomCard]:
    """Rooms as lists show them; `listed` has fetched what that takes."""
    now = clock.now()
    rooms = list(rooms)
    for room in rooms:
        _remember_claims(room)
    return [
        RoomCard(
            public_id=room.public_id,
            url=reverse("rooms:room", args=[room.public_id]),
            title=room.title,
            topic=room.topic.name,
            topic_id=room.topic.public_id,
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


def _remember_claims(room: Room) -> None:
    if hasattr(room, "host_claim"):
        remember_first(room.host, room.host_claim)
    for participant in getattr(room, "stage_now", ()):
        remember_first(participant.user, participant.claim_now)


def _people(room: Room) -> list[PersonCard]:
    """Who is on stage, else the host. Under the Chatham House rule who speaks is for those inside."""
    host = [member_card(room.host, Role.HOST, claims(room.host))]
    if not shows_audience(Confidentiality(room.confidentiality)):
        return host
    stage = getattr(room, "stage_now", None)
    return [person_card(participant) for participant in (on_stage(room) if stage is None else stage)] or host


def member_card(user: User, role: Role, shown: Sequence[ClaimCard] = ()) -> PersonCard:
    """A member as lists show them, who is not in the room (yet), with what they have shown. Needs `profile`."""
    return PersonCard(
        id="",
        **looks_of(user),
        headline=headline(user),
        role=role.value,
        position=Position.AUDIENCE.value,
        muted=True,
        member=user.public_id,
        number=0,
        guest=0,
        demo=user.is_demo,
        claims=list(shown),
    )


def topics_by_address(public_id: str) -> QuerySet[Topic]:
    """The topic that an address names, if there is one."""
    return (
        Topic.objects.filter(public_id=public_id)
        if re.fullmatch(PUBLIC_ID_PATTERN, public_id)
        else Topic.objects.none()
    )


def find_topic(public_id: str) -> Topic | None:
    """A topic by what an address says, or None."""
    return topics_by_address(public_id).first()


def topics() -> QuerySet[Topic]:
    """Every topic, by industry and name."""
    return Topic.objects.select_related("industry").order_by("industry__name_en", "name")
