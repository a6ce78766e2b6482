"""The hall: who talks now, what is to come, whom and what to follow. A handful of queries, however many rooms there are."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, Value

from accounts.models import SpokenLanguage, User
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import CoHost, Participant, Room
from rooms.selectors.admission import LISTED_TO_ALL, open_to
from rooms.selectors.listing import RoomCard, topics_by_address
from rooms.selectors.live import LiveRoom, LiveRooms, live_rooms
from rooms.selectors.people import on_roster
from rooms.selectors.programme import EventCard, asked_to_co_host, event_cards, programme_for
from rooms.selectors.suggestions import TopicCard, people_to_follow, topic_cards, topics_to_follow, with_followers

ROOMS_A_PAGE = 12
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


def hall_for(viewer: User, wanted: Wanted) -> Hall:
    """What the hall shows to a member."""
    language = wanted.language if wanted.language in SpokenLanguage.values else ""
    topic = topic_card(wanted.topic, viewer)
    everywhere, visibilities = live_rooms()
    private = {pk for pk, visibility in visibilities.items() if visibility not in LISTED_TO_ALL}
    mine = _mine(viewer, private)
    seen = (visibilities.keys() - private | mine.let_in) - (mine.muted - mine.followed)
    live = [room for room in everywhere.rooms.values() if room.pk in seen]
    chosen = [
        room
        for room in live
        if (not topic or room.topic_id == topic.public_id) and (not language or room.language == language)
    ]
    followed = [room for room in chosen if room.pk in mine.followed]
    others = [room for room in chosen if room.pk not in mine.followed]
    topic_id = topic.public_id if topic else ""
    is_filtered = bool(topic or language)
    return Hall(
        live_count=len(live),
        following=_shelf(everywhere, followed, wanted.following_page),
        suggested=_shelf(everywhere, _best_first(others, viewer), wanted.page),
        topic=topic,
        language=language,
        topics=sorted({(room.topic_id, room.topic_name) for room in live}, key=lambda pair: pair[1]),
        events=event_cards(programme_for(viewer, topic=topic_id, language=language)[:_MOST_EVENTS], viewer),
        asked=asked_to_co_host(viewer),
        topics_to_follow=[] if is_filtered else topics_to_follow(viewer, _MOST_SUGGESTED),
        people_to_follow=[] if is_filtered else people_to_follow(viewer, _MOST_SUGGESTED),
    )


def topic_card(public_id: str, viewer: User) -> TopicCard | None:
    """A topic by what an address says, as the viewer sees it; or None."""
    found = topic_cards(with_followers(topics_by_address(public_id), viewer)) if public_id else []
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Mine:
    """What live rooms are to one person, by their keys."""

    followed: set[int]  # whose host, topic, or somebody on stage they follow; and their own
    let_in: set[int]  # of those that are not for everybody
    muted: set[int]  # whose host they muted for themselves


def _mine(viewer: User, private: set[int]) -> _Mine:
    """One question, however many rooms there are."""
    live = Room.objects.filter(phase=Phase.LIVE)
    on_stage = on_roster(Participant.objects.filter(room__phase=Phase.LIVE, position=Position.STAGE))
    questions = [
        _named(live.filter(Q(host=viewer) | Q(host__followers__follower=viewer)), "followed"),
        _named(live.filter(topic__followers__user=viewer), "followed"),
        _named(on_stage.filter(user__followers__follower=viewer), "followed", room="room"),
        _named(live.filter(host__muted_by__muter=viewer), "muted"),
    ]
    if private:
        questions.append(_named(live.filter(open_to(viewer), pk__in=private), "let in"))
    mine = _Mine(set(), set(), set())
    by_relation = {"followed": mine.followed, "let in": mine.let_in, "muted": mine.muted}
    for room, relation in questions[0].union(*questions[1:]):
        by_relation[relation].add(room)
    return mine


def _named(rows: QuerySet[Any], relation: str, room: str = "pk") -> QuerySet[Any]:
    return rows.order_by().annotate(relation=Value(relation)).values_list(room, "relation")


def _best_first(rooms: list[LiveRoom], viewer: User) -> list[LiveRoom]:
    """Rooms in the viewer's language and field go before others; among them the order stays."""
    mine = viewer.profile
    return sorted(rooms, key=lambda room: -(room.language == mine.language) - (room.industry == mine.industry_id))


def _shelf(everywhere: LiveRooms, rooms: list[LiveRoom], number: str) -> Shelf:
    page = Paginator(rooms, ROOMS_A_PAGE).get_page(number)
    return Shelf(everywhere.cards(room.pk for room in page), page)
