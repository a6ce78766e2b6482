"""Whoever closed their account, or was suspended, is not shown as going anywhere or running anything."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts import suspending
from accounts.models import User
from accounts.own_data import deletion
from rooms import selectors
from rooms import services as rooms
from tests.factories import a_live_room, a_member, a_room_to_come

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara(recording_bus) -> User:
    return a_member("Amara Okafor")


def test_they_co_host_nothing_to_come(client: Client, amara: User) -> None:
    host, viewer = a_member("Ji-woo Han"), a_member("Lin Wei")
    room = a_room_to_come(host)
    rooms.ask_co_host(room.public_id, host, amara)
    rooms.answer_co_host(room, amara, accept=True, time_zone="UTC")
    assert [person.name for person in selectors.event_card(room, viewer).people] == ["Ji-woo Han", "Amara Okafor"]
    deletion.request(amara)
    assert [person.name for person in selectors.event_card(room, viewer).people] == ["Ji-woo Han"]
    client.force_login(viewer, backend="accounts.backends.MemberBackend")
    for address in (reverse("rooms:hallway"), reverse("rooms:room", args=[room.public_id])):
        assert "Amara" not in client.get(address).content.decode()


def test_they_are_not_counted_among_those_who_go(amara: User) -> None:
    room, viewer = a_room_to_come(), a_member("Lin Wei")
    rooms.go(room, amara, time_zone="UTC")
    assert selectors.event_card(room, viewer).going == 1
    deletion.request(amara)
    assert selectors.event_card(room, viewer).going == 0


def test_the_number_on_the_waiting_page_stays_the_same_when_it_asks_again(client: Client, amara: User) -> None:
    room = a_room_to_come()
    rooms.go(room, amara, time_zone="UTC")
    deletion.request(amara)
    client.force_login(a_member("Lin Wei"), backend="accounts.backends.MemberBackend")
    assert client.get(reverse("rooms:phase", args=[room.public_id])).json()["going"] == 0


def test_they_ask_nobody_into_a_room(amara: User) -> None:
    room, lin = a_live_room(), a_member("Lin Wei")
    accounts.follow(lin, amara)
    rooms.join(room.public_id, amara, muted=True)
    rooms.ping(room.public_id, amara, lin)
    assert len(selectors.pings_of(lin)) == 1
    deletion.request(amara)
    assert selectors.pings_of(lin) == []


def test_a_suspended_hosts_rooms_are_neither_found_nor_asked_about(amara: User) -> None:
    viewer = a_member("Lin Wei")
    room = a_room_to_come(amara, title="Chip packaging 101")
    rooms.ask_co_host(room.public_id, amara, viewer)
    assert len(selectors.search_for(viewer, "packaging").coming) == len(selectors.asked_to_co_host(viewer)) == 1
    suspending.suspend(amara, by=a_member("Staff", is_staff=True))
    assert selectors.search_for(viewer, "packaging").coming == []
    assert selectors.asked_to_co_host(viewer) == []
