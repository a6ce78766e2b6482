"""The hall: what a member finds there, by whom and what they follow, and that it is never empty."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Industry, User
from rooms import selectors, services
from rooms.models import Participant, Room, Topic
from rooms.selectors import Wanted, live
from tests.factories import a_live_room, a_member, a_room_to_come, a_topic, an_industry

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def amara(client: Client, recording_bus) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend="accounts.backends.MemberBackend")
    return amara


def titles(shelf) -> list[str]:
    return [card.title for card in shelf.cards]


def test_followed_people_and_topics_are_kept_apart_from_suggestions(amara: User) -> None:
    by_host, on_stage, by_topic = a_member("Lin Wei"), a_member("Petra Roth"), a_topic()
    accounts.follow(amara, by_host)
    accounts.follow(amara, on_stage)
    services.follow_topic(amara, by_topic)
    a_live_room(by_host, title="Of a host whom I follow")
    speaks = a_live_room(title="Somebody whom I follow speaks", speakers=(on_stage,))
    services.join(speaks.public_id, on_stage, muted=True)
    services.open_room(host=a_member(), title="On a topic that I follow", topic=by_topic, language="en")
    a_live_room(title="Of strangers")
    hall = selectors.hall_for(amara, Wanted())
    followed = {"Of a host whom I follow", "Somebody whom I follow speaks", "On a topic that I follow"}
    assert set(titles(hall.following)) == followed
    assert titles(hall.suggested) == ["Of strangers"]
    services.unfollow_topic(amara, by_topic)
    assert "On a topic that I follow" in titles(selectors.hall_for(amara, Wanted()).suggested)


def test_suggestions_begin_with_ones_own_language_and_the_fullest_room(amara: User) -> None:
    full, empty = a_live_room(title="Full"), a_live_room(title="Empty")
    foreign = a_live_room(title="Fuller, in another language")
    Room.objects.filter(pk=foreign.pk).update(language="ko")
    for room, listeners in ((full, 1), (foreign, 2)):
        for _ in range(listeners):
            services.join(room.public_id, a_member(), muted=True)
    suggested = selectors.hall_for(amara, Wanted()).suggested
    assert titles(suggested) == ["Full", "Empty", "Fuller, in another language"]
    assert [card.listening for card in suggested.cards] == [1, 0, 2]
    assert empty.topic.name in {card.topic for card in suggested.cards}


def test_a_card_says_who_is_on_stage(client: Client, amara: User) -> None:
    room = a_live_room(a_member("Lin Wei 林薇"))
    services.join(room.public_id, room.host, muted=True)
    page = client.get(reverse("rooms:hallway")).content.decode()
    for words in ("Lin Wei 林薇", "Process engineer", room.topic.name, "English", "0 listening"):
        assert words in page
    services.end_from_outside(room.public_id, by=room.host)
    assert room.title not in client.get(reverse("rooms:hallway")).content.decode()


def test_filters_by_topic_and_language_stay_on_paging(client: Client, amara: User) -> None:
    topic = a_topic()
    for number in range(14):
        services.open_room(host=a_member(), title=f"Room {number:02}", topic=topic, language="ko")
    services.open_room(host=a_member(), title="Another language", topic=topic, language="zh")
    a_live_room(title="Another topic")
    address = f"{reverse('rooms:hallway')}?topic={topic.public_id}&language=ko"
    page = client.get(address)
    assert titles(page.context["hall"].suggested) == [f"Room {number:02}" for number in range(12)]
    text = page.content.decode()
    assert "Another topic" not in text.split("<main", 1)[1].split("Suggested", 1)[1]
    following = f"?topic={topic.public_id}&amp;language=ko&amp;page=2"
    assert following in text
    second = client.get(reverse("rooms:hallway") + following.replace("&amp;", "&"))
    assert titles(second.context["hall"].suggested) == ["Room 12", "Room 13"]
    assert f'value="{topic.public_id}" selected' in second.content.decode()


@pytest.mark.parametrize(
    "query", ["topic=nowhere-nowhere-", "topic=%00", "language=xx", "page=-1", "page=x", "page=99999"]
)
def test_a_filter_that_is_none_of_ours_shows_everything(client: Client, amara: User, query: str) -> None:
    a_live_room(title="Here")
    page = client.get(f"{reverse('rooms:hallway')}?{query}")
    assert titles(page.context["hall"].suggested) == ["Here"]


def test_a_topic_is_followed_from_the_hall_and_back(client: Client, amara: User) -> None:
    topic = a_topic()
    hall = f"{reverse('rooms:hallway')}?topic={topic.public_id}"
    assert reverse("rooms:follow_topic", args=[topic.public_id]) in client.get(hall).content.decode()
    assert client.post(reverse("rooms:follow_topic", args=[topic.public_id]), {"next": hall})["Location"] == hall
    assert amara.followed_topics.get().topic == topic
    assert reverse("rooms:unfollow_topic", args=[topic.public_id]) in client.get(hall).content.decode()
    away = client.post(reverse("rooms:unfollow_topic", args=[topic.public_id]), {"next": "https://evil.example/"})
    assert away["Location"] == reverse("rooms:hallway")
    assert not amara.followed_topics.exists()


def test_suggested_people_are_near_and_nobody_with_a_block_between(amara: User) -> None:
    elsewhere = Industry.objects.create(slug="law", name_en="Law", name_zh="法律", name_ko="법률")
    far, near, followed, blocked, blocker = (
        a_member(name) for name in ("Far", "Near", "Followed", "Blocked", "Blocker")
    )
    far.profile.industry = elsewhere
    far.profile.save()
    for other in (a_member("One"), a_member("Two")):
        accounts.follow(other, far)
    accounts.follow(amara, followed)
    accounts.block(amara, blocked)
    accounts.block(blocker, amara)
    names = [card.name for card in selectors.suggestions.people_to_follow(amara, 50)]
    assert names.index("Near") < names.index("Far")
    assert not {"Followed", "Blocked", "Blocker", "Amara Okafor"} & set(names)
    assert near.profile.industry == an_industry()


def test_somebody_is_followed_from_the_hall(client: Client, amara: User) -> None:
    lin = a_member("Lin Wei")
    address = reverse("accounts:relate", args=[lin.public_id, "follow"])
    assert address in client.get(reverse("rooms:hallway")).content.decode()
    assert client.post(address, {"next": "/hallway/"})["Location"] == "/hallway/"
    assert address not in client.get(reverse("rooms:hallway")).content.decode()


def test_the_hall_is_never_empty(client: Client, amara: User) -> None:
    Topic.objects.all().delete()
    topic = a_topic(amara)
    page = client.get(reverse("rooms:hallway")).content.decode()
    for address in (reverse("rooms:new_room"), reverse("rooms:schedule"), f"?topic={topic.public_id}"):
        assert address in page
    assert "the next room can be yours" in page
    a_room_to_come(minutes=90)
    page = client.get(reverse("rooms:hallway")).content.decode()
    assert "Chip packaging 101" in page
    assert "Look at what is about to start" in page


def test_what_did_not_happen_is_told_to_those_who_were_going(amara: User) -> None:
    room = a_room_to_come()
    services.go(room, amara, "UTC")
    services.close_missed_rooms(timezone.now() + timedelta(hours=2))
    (card,) = selectors.hall_for(amara, Wanted()).events
    assert (card.public_id, card.not_held) == (room.public_id, "nobody_came")
    assert selectors.hall_for(a_member(), Wanted()).events == []


def test_two_hundred_live_rooms_cost_twelve_queries(client: Client, amara: User, django_assert_max_num_queries) -> None:
    topic = a_topic()
    hosts = [a_member(f"Host {number}", password=None) for number in range(20)]
    rooms = Room.objects.bulk_create(
        Room(title=f"Room {n}", topic=topic, host=hosts[n % 20], phase="live", started_at=timezone.now())
        for n in range(200)
    )
    Participant.objects.bulk_create(
        Participant(room=room, user=host, position="stage", connection="", left_at=None)
        for room, host in zip(rooms, hosts, strict=False)
    )
    Room.objects.filter(pk__in=[room.pk for room in rooms[:10]]).update(visibility="closed")
    for room in rooms[:10]:
        room.guest_list.add(amara)
    for _ in range(10):
        a_room_to_come()
    services.ask_co_host(a_room_to_come(title="Asked").public_id, Room.objects.get(title="Asked").host, amara)
    client.get(reverse("accounts:welcome"))  # every five minutes a session is noted in its owner's list
    for query in ("", f"?topic={topic.public_id}&language=en"):
        with django_assert_max_num_queries(MOST_QUERIES):
            page = client.get(reverse("rooms:hallway") + query)
        assert page.context["hall"].live_count == 200


@pytest.fixture
def kept_for_long(settings) -> None:
    settings.MITALK_HALL_KEPT_SECONDS = 3600.0
    live.forget()


def test_what_is_kept_of_the_hall_is_nobodys_alone(client: Client, amara: User, kept_for_long: None) -> None:
    room = a_live_room(title="For few")
    Room.objects.filter(pk=room.pk).update(visibility="closed")
    room.guest_list.add(amara)
    assert titles(selectors.hall_for(amara, Wanted()).suggested) == ["For few"]
    assert titles(selectors.hall_for(a_member(), Wanted()).suggested) == []
    room.guest_list.remove(amara)
    assert titles(selectors.hall_for(amara, Wanted()).suggested) == []


def test_a_room_that_opens_or_ends_is_not_kept_back(amara: User, kept_for_long: None) -> None:
    first = a_live_room(title="First")
    assert titles(selectors.hall_for(amara, Wanted()).suggested) == ["First"]
    a_live_room(title="Second")
    assert titles(selectors.hall_for(amara, Wanted()).suggested) == ["First", "Second"]
    services.end_from_outside(first.public_id, by=first.host)
    assert titles(selectors.hall_for(amara, Wanted()).suggested) == ["Second"]


def test_with_what_is_kept_a_page_costs_less(
    client: Client, amara: User, kept_for_long, django_assert_num_queries
) -> None:
    a_live_room()
    client.get(reverse("accounts:welcome"))
    with django_assert_num_queries(MOST_QUERIES - 1):
        client.get(reverse("rooms:hallway"))
    with django_assert_num_queries(MOST_QUERIES - 3):
        client.get(reverse("rooms:hallway"))
