"""Rooms to come: as lists and their pages show them, who goes there, who runs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts import clock
from accounts.models import Block, Follow, User
from accounts.muting import is_muted
from accounts.people_search import holding
from accounts.portraits import Look, look
from rooms.domain.confidentiality import shows_audience
from rooms.domain.messages import PersonCard
from rooms.domain.programme import MISSED_AFTER, may_start
from rooms.domain.roles import Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import CoHost, Room, Rsvp, TopicFollow
from rooms.selectors.admission import open_to
from rooms.selectors.listing import member_card

MOST_SHOWN_GOING = 48
MOST_TO_ASK = 8
_TOLD_FOR = timedelta(days=1)  # a room that did not happen stays in the programme of who was going


@dataclass(frozen=True, slots=True)
class EventCard:
    """A room to come as lists and its page show it to somebody."""

    public_id: str
    url: str
    title: str
    description: str
    topic: str
    topic_id: str
    language_name: str
    phase: str
    not_held: str
    starts_at: datetime
    minutes_until: int
    host_name: str
    people: list[PersonCard]  # the host, then who accepted to host with them
    going: int
    i_go: bool
    i_run: bool
    may_start: bool
    is_uncertain: bool  # there is nobody who could start it
    is_demo: bool
    visibility: str
    confidentiality: str


def programme_for(viewer: User, *, topic: str = "", language: str = "", now: datetime | None = None) -> QuerySet[Room]:
    """The rooms to come, the next first, and what did not happen lately although the viewer was going; `event_cards` shows
    them. As with live rooms, what somebody hosts whom the viewer muted for themselves is only listed if they are a part of it
    or follow it. `topic` is a public id."""
    now = now or clock.now()
    to_come = Q(phase=Phase.SCHEDULED, starts_at__gte=now - MISSED_AFTER) & has_somebody_to_run_it()
    mine = Exists(Rsvp.objects.filter(room=OuterRef("pk"), user=viewer))
    did_not_happen = ~Q(not_held="") & Q(ended_at__gte=now - _TOLD_FOR) & Q(mine)
    wanted = ~is_muted("host", viewer) | Q(mine) | _followed_or_run_by(viewer)
    rooms = Room.objects.filter(open_to(viewer) & (to_come | did_not_happen) & wanted)
    if topic:
        rooms = rooms.filter(topic__public_id=topic)
    if language:
        rooms = rooms.filter(language=language)
    return as_events(rooms, viewer).order_by("starts_at", "pk")


def _followed_or_run_by(viewer: User) -> Q:
    follows_host = Follow.objects.filter(follower=viewer, followed=OuterRef("host"))
    follows_topic = TopicFollow.objects.filter(user=viewer, topic=OuterRef("topic"))
    runs_it = CoHost.objects.filter(user=viewer, declined_at=None, room=OuterRef("pk"))
    return Q(Exists(follows_host)) | Q(Exists(follows_topic)) | Q(Exists(runs_it))


def has_somebody_to_run_it() -> Q:
    """Rooms whose host, or somebody who accepted to host with them, is in MiTalk and not kept out."""
    co_hosts = CoHost.objects.exclude(accepted_at=None).filter(room=OuterRef("pk"), user__is_active=True)
    return Q(host__is_active=True) | Q(Exists(co_hosts))


def as_events(rooms: QuerySet[Room], viewer: User | None) -> QuerySet[Room]:
    """Rooms with what their cards in the programme show; None: to somebody without an account."""
    hosts_too = CoHost.objects.exclude(accepted_at=None).filter(user__is_active=True)
    accepted = hosts_too.select_related("user__profile").order_by("accepted_at")
    rsvps = Rsvp.objects.filter(room=OuterRef("pk"))
    going = rsvps.filter(user__is_active=True).order_by().values("room").annotate(number=Count("pk")).values("number")
    return (
        rooms.select_related("topic", "host__profile")
        .prefetch_related(Prefetch("co_hosts", queryset=accepted, to_attr="hosts_too"))
        .annotate(going=Coalesce(Subquery(going), 0), i_go=Exists(rsvps.filter(user=viewer)))
    )


def event_cards(rooms: Iterable[Room], viewer: User | None) -> list[EventCard]:
    """Rooms that `as_events` has fetched, as the viewer sees them."""
    now = clock.now()
    return [_event_card(room, viewer, now) for room in rooms]


def event_card(room: Room, viewer: User | None) -> EventCard:
    """One room to come, as the viewer sees it."""
    return event_cards(as_events(Room.objects.filter(pk=room.pk), viewer), viewer)[0]


def _event_card(room: Room, viewer: User | None, now: datetime) -> EventCard:
    hosts_too: list[CoHost] = room.hosts_too  # type: ignore[attr-defined]
    i_run = viewer is not None and viewer.pk in {room.host_id, *(co_host.user_id for co_host in hosts_too)}
    return EventCard(
        public_id=room.public_id,
        url=reverse("rooms:room", args=[room.public_id]),
        title=room.title,
        description=room.description,
        topic=room.topic.name,
        topic_id=room.topic.public_id,
        language_name=room.get_language_display(),
        phase=room.phase,
        not_held=room.not_held,
        starts_at=room.starts_at,
        minutes_until=max(0, int((room.starts_at - now).total_seconds() // 60)),
        host_name=room.host.name,
        people=[
            member_card(room.host, Role.HOST),
            *(member_card(co_host.user, Role.MODERATOR) for co_host in hosts_too),
        ],
        going=room.going,  # type: ignore[attr-defined]
        i_go=room.i_go,  # type: ignore[attr-defined]
        i_run=i_run,
        may_start=i_run and room.phase == Phase.SCHEDULED and may_start(room.starts_at, now),
        is_uncertain=room.phase == Phase.SCHEDULED and not room.host.is_active and not hosts_too,
        is_demo=room.host.is_demo,
        visibility=room.visibility,
        confidentiality=room.confidentiality,
    )


# --- Who runs it ------------------------------------------------------------------------------------------------------


def accepted_co_hosts(room: Room) -> QuerySet[CoHost]:
    """Who accepted to run a room with its host."""
    return room.co_hosts.exclude(accepted_at=None).filter(user__is_active=True).select_related("user")


def runs_scheduled(room: Room, user: User) -> bool:
    """Whether somebody may start this room: its host, or who accepted to host with them."""
    return room.host_id == user.pk or accepted_co_hosts(room).filter(user=user).exists()


def co_hosts(room: Room) -> list[CoHost]:
    """Everybody who was asked, in order; for the host."""
    return list(room.co_hosts.select_related("user__profile").order_by("asked_at"))


def my_answer(room: Room, user: User) -> CoHost | None:
    """What this person was asked and answered, or None if they were not."""
    return room.co_hosts.filter(user=user).first()


def asked_to_co_host(user: User) -> list[CoHost]:
    """The rooms that somebody waits to be answered about."""
    open_questions = CoHost.objects.filter(
        user=user, accepted_at=None, declined_at=None, room__phase=Phase.SCHEDULED, room__host__is_active=True
    )
    return list(open_questions.select_related("room__host__profile").order_by("room__starts_at")[:MOST_TO_ASK])


def may_ask(by: User, asked: User) -> bool:
    """Whether a host may ask this member to host with them."""
    return members_to_ask(by).filter(pk=asked.pk).exists()


def members_to_ask(by: User) -> QuerySet[User]:
    """The members whom a host may ask: not themselves, and nobody with whom there is a block."""
    apart = Block.objects.filter(Q(blocker=by, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=by))
    members = User.objects.filter(~Exists(apart), is_active=True, is_demo=False, profile__isnull=False)
    return members.exclude(pk=by.pk).select_related("profile")


def find_members_to_ask(room: Room, by: User, query: str) -> list[PersonCard]:
    """Members by a part of what their profile says, who were not asked yet."""
    found = holding(members_to_ask(by), query, by)
    fresh = found.exclude(co_hosted__room=room).order_by("profile__name", "pk")
    return [member_card(user, Role.MEMBER) for user in fresh[:MOST_TO_ASK]]


# --- Who goes there -----------------------------------------------------------------------------------------------------


def those_who_go(room: Room) -> dict[int, str]:
    """The key and the time zone of everybody who is told of this room: who goes, and who runs it."""
    people = {room.host_id: room.time_zone}
    accepted = accepted_co_hosts(room).values_list("user", "time_zone")
    people |= {user: zone or room.time_zone for user, zone in accepted}
    return people | dict(room.rsvps.filter(user__is_active=True).values_list("user", "time_zone"))


def who_goes(room: Room, viewer: User) -> list[Look]:
    """The faces of who is going, the first first; of nobody, where the room will not say who listens. Whoever blocked the
    viewer is not shown to them."""
    if not shows_audience(Confidentiality(room.confidentiality)):
        return []
    apart = Block.objects.filter(blocker=OuterRef("user"), blocked=viewer)
    rsvps = room.rsvps.filter(~Exists(apart), user__is_active=True).select_related("user__profile").order_by("at", "pk")
    return [_look(rsvp.user) for rsvp in rsvps[:MOST_SHOWN_GOING]]


def _look(user: User) -> Look:
    profile = getattr(user, "profile", None)
    return profile.face if profile else look("", user.public_id, "")
