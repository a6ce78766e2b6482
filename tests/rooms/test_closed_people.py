"""Whoever closed their account, or was suspended, is not shown as going anywhere or running anything."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.own_data import deletion
from rooms import selectors
from rooms import services as rooms
from tests.factories import a_member, a_room_to_come

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
