"""What somebody looks for, over rooms, topics and people."""

from dataclasses import dataclass

from accounts.matching import matches, words_of
from accounts.models import User
from accounts.people_search import Wanted, find_people
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Role
from rooms.domain.snapshot import Phase
from rooms.models import Room, Topic
from rooms.selectors.admission import open_to
from rooms.selectors.listing import RoomCard, cards, listed, listeners_of, member_card
from rooms.selectors.programme import EventCard, as_events, event_cards, has_somebody_to_run_it
from rooms.selectors.suggestions import TopicCard, topic_cards, with_followers

MOST_FOUND = 20  # of each kind


@dataclass(frozen=True, slots=True)
class Found:
    """Results, by kind."""

    live: list[RoomCard]
    coming: list[EventCard]
    topics: list[TopicCard]
    people: list[PersonCard]

    def __bool__(self) -> bool:
        return bool(self.live or self.coming or self.topics or self.people)


def search_for(viewer: User, query: str) -> Found | None:
    """What holds all the words that were typed; None if none were. Rooms are those that talk and those to come; nobody
    is found whom a block parts from the viewer."""
    if not words_of(query):
        return None
    rooms = matches(
        Room.objects.filter(open_to(viewer)), query, "title", "description", "topic__name", "host__profile__name"
    )
    live = listed(rooms.filter(phase=Phase.LIVE)).annotate(listening=listeners_of("pk")).order_by("-listening", "title")
    to_come = rooms.filter(has_somebody_to_run_it(), phase=Phase.SCHEDULED)
    coming = as_events(to_come, viewer).order_by("starts_at", "pk")
    topics = matches(with_followers(Topic.objects.all(), viewer), query, "name").order_by("-followers_now", "name")
    people = find_people(viewer, Wanted(query)).select_related("profile__user")
    return Found(
        live=cards(live[:MOST_FOUND]),
        coming=event_cards(coming[:MOST_FOUND], viewer),
        topics=topic_cards(topics[:MOST_FOUND]),
        people=[member_card(user, Role.MEMBER) for user in people.order_by("profile__name", "pk")[:MOST_FOUND]],
    )
