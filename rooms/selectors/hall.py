"""The hall: who talks now, what is to come, whom and what to follow. A handful of queries, however many rooms there are."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from accounts.models import Follow, SpokenLanguage, User
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import CoHost, Participant, Room, TopicFollow
from rooms.selectors.admission import open_to
from rooms.selectors.listing import RoomCard, cards, listed, listeners_of, topics_by_address
from rooms.selectors.people import on_roster
from rooms.selectors.programme import EventCard, asked_to_co_host, event_cards, programme_for
from rooms.selectors.suggestions import TopicCard, people_to_follow, topic_cards, topics_to_follow, with_followers

ROOMS_A_PAGE = 12
_MOST_ROOMS = 1000
_MOST_EVENTS = 8
_MOST_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the hall somebody wants to see. Anything that is none of ours means everything."""

    topic: str = ""  # a public id
    language: str = ""
    following_page: str = "1"
    page: str = "1"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of live rooms."""

    cards: list[RoomCard]
    page: Page


@dataclass(frozen=True, slots=True)
class Hall:
    """The hall as one person sees it."""

    live_count: int
    following: Shelf
    suggested: Shelf
    topic: TopicCard | None
    language: str
    topics: list[tuple[str, str]]  # that live rooms are about: public id and name
    events: list[EventCard]
    asked: list[CoHost]
    topics_to_follow: list[TopicCard]
    people_to_follow: list[PersonCard]

    @property
    def is_filtered(self) -> bool:
        """Whether only a part was wanted."""
        return bool(self.topic or self.language)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody talks in what was wanted."""
        return not self.following.cards and not self.suggested.cards


@dataclass(frozen=True, slots=True)
class _Live:
    """A live room, as far as choosing goes."""

    pk: int
    title: str
    language: str
    topic_id: str
    topic: str
    industry: int
    listening: int
    followed: bool


def hall_for(viewer: User, wanted: Wanted) -> Hall:
    """What the hall shows to a member."""
    language = wanted.language if wanted.language in SpokenLanguage.values else ""
    topic = topic_card(wanted.topic, viewer)
    live = _live(viewer)
    chosen = [
        room
        for room in live
        if (not topic or room.topic_id == topic.public_id) and (not language or room.language == language)
    ]
    following = _page([room for room in chosen if room.followed], wanted.following_page)
    suggested = _page(_best_first([room for room in chosen if not room.followed], viewer), wanted.page)
    shown = _cards([*following, *suggested])
    topic_id = topic.public_id if topic else ""
    is_filtered = bool(topic or language)
    return Hall(
        live_count=len(live),
        following=Shelf([shown[room.pk] for room in following if room.pk in shown], following),
        suggested=Shelf([shown[room.pk] for room in suggested if room.pk in shown], suggested),
        topic=topic,
        language=language,
        topics=sorted({(room.topic_id, room.topic) for room in live}, key=lambda pair: pair[1]),
        events=event_cards(programme_for(viewer, topic=topic_id, language=language)[:_MOST_EVENTS], viewer),
        asked=asked_to_co_host(viewer),
        topics_to_follow=[] if is_filtered else topics_to_follow(viewer, _MOST_SUGGESTED),
        people_to_follow=[] if is_filtered else people_to_follow(viewer, _MOST_SUGGESTED),
    )


def topic_card(public_id: str, viewer: User) -> TopicCard | None:
    """A topic by what an address says, as the viewer sees it; or None."""
    found = topic_cards(with_followers(topics_by_address(public_id), viewer)) if public_id else []
    return found[0] if found else None


def _live(viewer: User) -> list[_Live]:
    """Every live room, the fullest first. Followed: its host, somebody on its stage, or its topic; or it is the viewer's."""
    on_stage = on_roster(Participant.objects.filter(room=OuterRef("pk"), position=Position.STAGE))
    followed = (
        Q(host=viewer)
        | Q(Exists(Follow.objects.filter(follower=viewer, followed=OuterRef("host"))))
        | Q(Exists(TopicFollow.objects.filter(user=viewer, topic=OuterRef("topic"))))
        | Q(Exists(on_stage.filter(user__followers__follower=viewer)))
    )
    rooms = (
        Room.objects.filter(open_to(viewer), phase=Phase.LIVE)
        .annotate(listening=listeners_of("pk"), followed=ExpressionWrapper(followed, BooleanField()))
        .order_by("-listening", "title", "pk")
    )
    fields = ("pk", "title", "language", "topic__public_id", "topic__name", "topic__industry", "listening", "followed")
    return [_Live(*row) for row in rooms.values_list(*fields)[:_MOST_ROOMS]]


def _best_first(rooms: list[_Live], viewer: User) -> list[_Live]:
    """Rooms in the viewer's language and field go before others; among them the order stays."""
    mine = viewer.profile
    return sorted(rooms, key=lambda room: -(room.language == mine.language) - (room.industry == mine.industry_id))


def _page(rooms: list[_Live], number: str) -> Page:
    return Paginator(rooms, ROOMS_A_PAGE).get_page(number)


def _cards(rooms: list[_Live]) -> dict[int, RoomCard]:
    listening = {room.pk: room.listening for room in rooms}
    found = list(listed(Room.objects.filter(pk__in=listening))) if listening else []
    for room in found:
        room.listening = listening[room.pk]  # type: ignore[attr-defined]
    return dict(zip([room.pk for room in found], cards(found), strict=True))
