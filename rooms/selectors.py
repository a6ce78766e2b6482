"""Reads: what pages, the live protocol and the audio worker are shown."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.converters import PUBLIC_ID_PATTERN
from accounts.models import User, normalised_email
from accounts.portraits import look
from rooms.audio.wire import RoomTruth
from rooms.domain.messages import Face, PersonCard, RoomSnapshot
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Person, Phase, Snapshot
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Participant, Room, Topic

MOST_FACES = 40  # of the audience; the rest is a count
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


def on_roster(participants: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those of them who are in their room now."""
    return participants.filter(left_at=None)


def person_card(participant: Participant) -> PersonCard:
    """A participant as the others see them. Needs `user__profile`."""
    user = participant.user
    return PersonCard(
        id=participant.public_id,
        **_looks(user),
        headline=_headline(user),
        role=participant.role,
        position=participant.position,
        muted=participant.muted,
        number=participant.number,
        demo=user.is_demo,
    )


def face(participant: Participant) -> Face:
    """A listener's face. Needs `user__profile`."""
    return Face(id=participant.public_id, **_looks(participant.user))


def _looks(user: User) -> dict:
    profile = getattr(user, "profile", None)
    return dataclasses.asdict(profile.face if profile else look("", user.public_id, ""))


def _headline(user: User) -> str:
    profile = getattr(user, "profile", None)
    return profile.headline if profile else ""


def as_person(participant: Participant) -> Person:
    """A participant as the rules see them."""
    return Person(
        id=participant.public_id,
        role=Role(participant.role),
        position=Position(participant.position),
        muted=participant.muted,
        number=participant.number,
    )


def on_stage(room: Room) -> QuerySet[Participant]:
    """The people on stage, first come first, with their profiles."""
    return (
        on_roster(room.participants.all())
        .filter(position=Position.STAGE)
        .select_related("user__profile")
        .order_by("number", "public_id")
    )


def stage_snapshot(room: Room) -> Snapshot:
    """The stage for the rules. Take the room's lock first when something is decided on it."""
    return Snapshot(
        room=room.public_id,
        phase=Phase(room.phase),
        stage_size=room.stage_size,
        version=room.version,
        stage=MappingProxyType({p.public_id: as_person(p) for p in on_stage(room)}),
    )


def audience(room: Room) -> tuple[int, list[Face]]:
    """How many listen, and the faces of the last to arrive."""
    listeners = on_roster(room.participants.all()).filter(position=Position.AUDIENCE)
    shown = listeners.select_related("user__profile").order_by("-arrived_at", "-id")[: MOST_FACES + 1]
    faces = [face(participant) for participant in shown]
    count = len(faces) if len(faces) <= MOST_FACES else listeners.count()
    return count, faces[:MOST_FACES]


def audience_of(public_id: str) -> tuple[int, list[Face]]:
    """The same, by the room's public id."""
    return audience(Room.objects.get(public_id=public_id))


def room_snapshot(public_id: str) -> RoomSnapshot:
    """The whole room as a page needs it. The stage is read before the version could have moved on: a reader in between
    sees an older `seq` and heals by the events that follow."""
    room = Room.objects.get(public_id=public_id)
    count, faces = audience(room)
    return RoomSnapshot(
        seq=room.version,
        phase=room.phase,
        stage_size=room.stage_size,
        stage=[person_card(participant) for participant in on_stage(room)],
        count=count,
        faces=faces,
    )


def find_room(public_id: str) -> Room | None:
    """A room with what its page shows, or None."""
    return Room.objects.select_related("topic", "host__profile").filter(public_id=public_id).first()


def versions(rooms: Iterable[str]) -> dict[str, int]:
    """The version of each of these rooms, in one query."""
    return dict(Room.objects.filter(public_id__in=list(rooms)).values_list("public_id", "version"))


def person_of(room_public_id: str, connection: str) -> str | None:
    """The public id of whoever is in a room by this connection, or None."""
    people = on_roster(Participant.objects.filter(room__public_id=room_public_id, connection=connection))
    return people.values_list("public_id", flat=True).first()


def has_place_on_stage(room: Room, user: User) -> bool:
    """Whether a person who enters this room sits on stage at once: its host and the speakers named with it."""
    return room.host_id == user.pk or room.speakers.filter(pk=user.pk).exists()


def room_card(room: Room) -> RoomCard:
    """One room as lists show it."""
    return _cards([room])[0]


def live_rooms() -> list[RoomCard]:
    """The rooms that talk now, the fullest first."""
    rooms = Room.objects.filter(phase=Phase.LIVE)
    return sorted(_cards(_with_people(rooms)), key=lambda card: (-card.listening - len(card.people), card.title))


def live_by_topic() -> list[tuple[str, list[RoomCard]]]:
    """The rooms that talk now, under their topics; topics in the order of their fullest room."""
    by_topic: dict[str, list[RoomCard]] = defaultdict(list)
    for card in live_rooms():
        by_topic[card.topic].append(card)
    return list(by_topic.items())


def coming_rooms(now: datetime | None = None) -> list[RoomCard]:
    """The programme: rooms to come, the next first."""
    rooms = Room.objects.filter(phase=Phase.SCHEDULED, starts_at__gte=now or timezone.now()).order_by("starts_at")
    return _cards(_with_people(rooms))


def _with_people(rooms: QuerySet[Room]) -> list[Room]:
    stage = (
        on_roster(Participant.objects.filter(position=Position.STAGE))
        .select_related("user__profile")
        .order_by("number")
    )
    listening = Count("participants", filter=Q(participants__left_at=None, participants__position=Position.AUDIENCE))
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
            people=[person_card(participant) for participant in getattr(room, "stage_now", on_stage(room))]
            or [_host_card(room)],
            listening=getattr(room, "listening", 0),
            is_demo=room.host.is_demo,
        )
        for room in rooms
    ]


def _host_card(room: Room) -> PersonCard:
    return PersonCard(
        id="",
        **_looks(room.host),
        headline=_headline(room.host),
        role=Role.HOST.value,
        position=Position.AUDIENCE.value,
        muted=True,
        number=0,
        demo=room.host.is_demo,
    )


def find_topic(public_id: str) -> Topic | None:
    """A topic by what an address says, or None."""
    return Topic.objects.filter(public_id=public_id).first() if re.fullmatch(PUBLIC_ID_PATTERN, public_id) else None


def topics() -> QuerySet[Topic]:
    """Every topic, by industry and name."""
    return Topic.objects.select_related("industry").order_by("industry__name_en", "name")


# --- Audio workers ----------------------------------------------------------------------------------------------------


def live_workers(now: datetime | None = None) -> QuerySet[AudioWorker]:
    """The audio workers that were heard of lately, the least burdened first."""
    since = (now or timezone.now()) - WORKER_SILENT_AFTER
    return (
        AudioWorker.objects.filter(beat_at__gte=since)
        .annotate(load=Count("rooms", filter=Q(rooms__phase=Phase.LIVE)))
        .order_by("load", "pk")
    )


def audio_truth(worker_id: str) -> dict[str, RoomTruth]:
    """Who is in the live rooms of one worker and who may be heard there, in one query."""
    rows = (
        on_roster(Participant.objects.filter(room__phase=Phase.LIVE, room__worker__worker_id=worker_id))
        .values_list("room__public_id", "room__version", "connection", "position", "muted")
        .order_by()
    )
    versions: dict[str, int] = {}
    present: dict[str, set[str]] = defaultdict(set)
    may_speak: dict[str, set[str]] = defaultdict(set)
    for room, version, connection, position, muted in rows:
        versions[room] = version
        present[room].add(connection)
        if position == Position.STAGE and not muted:
            may_speak[room].add(connection)
    return {
        room: RoomTruth(
            room=room, version=version, may_speak=frozenset(may_speak[room]), present=frozenset(present[room])
        )
        for room, version in versions.items()
    }


def rooms_of_worker(worker_id: str) -> QuerySet[Room, str]:
    """The public ids of the live rooms that a worker carries."""
    return Room.objects.filter(phase=Phase.LIVE, worker__worker_id=worker_id).values_list("public_id", flat=True)


def members_by_email(addresses: list[str], *, but: User) -> list[User]:
    """The active members with these addresses, except one."""
    wanted = {normalised_email(address) for address in addresses}
    return list(User.objects.filter(email__in=wanted, is_active=True, profile__isnull=False).exclude(pk=but.pk))
