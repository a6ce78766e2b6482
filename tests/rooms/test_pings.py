"""Asking a follower into a room: who may, whom, how often, and what the asked sees."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.models import Ping, Room
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "accounts.backends.MemberBackend"


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def room() -> Room:
    return a_live_room()


@pytest.fixture
def lin(room: Room) -> User:
    """Somebody who listens."""
    lin = a_member("Lin Wei")
    services.join(room.public_id, lin, muted=True)
    return lin


def a_follower_of(user: User, name: str = "Petra Roth") -> User:
    follower = a_member(name)
    accounts.follow(follower, user)
    return follower


def refused(room: Room, by: User, whom: User) -> Code:
    with pytest.raises(Refused) as refusal:
        services.ping(room.public_id, by, whom)
    assert not Ping.objects.filter(sender=by, receiver=whom).exists()
    return refusal.value.code


def test_a_follower_is_asked_once_and_sees_it_in_the_hall_until_they_put_it_away(
    client: Client, room: Room, lin: User
) -> None:
    petra = a_follower_of(lin)
    for _ in range(2):
        services.ping(room.public_id, lin, petra)
    client.force_login(petra, backend=BACKEND)
    (ping,) = client.get(reverse("rooms:hallway")).context["pings"]
    assert (ping.sender, ping.room) == (lin, room)
    put_away = reverse("rooms:put_ping_away", args=[ping.public_id])
    client.force_login(lin, backend=BACKEND)
    client.post(put_away)  # it is not theirs
    assert selectors.pings_of(petra) == [ping]
    client.force_login(petra, backend=BACKEND)
    client.post(put_away)
    assert selectors.pings_of(petra) == []
    services.ping(room.public_id, lin, petra)
    assert selectors.pings_of(petra) == []


def test_nobody_asks_from_outside_or_as_staff(room: Room) -> None:
    outside, staff = a_member(), a_member(is_staff=True)
    services.join(room.public_id, staff, muted=True, as_staff=True)
    for by in (outside, staff):
        assert refused(room, by, a_follower_of(by)) is Code.NOT_JOINED


def test_only_followers_who_could_come_are_asked(room: Room, lin: User) -> None:
    stranger, followed = a_member(), a_member()
    accounts.follow(lin, followed)
    here, blocked_by_host = a_follower_of(lin), a_follower_of(lin)
    services.join(room.public_id, here, muted=True)
    accounts.block(room.host, blocked_by_host)
    blocker = a_follower_of(lin)
    accounts.block(blocker, lin)
    for whom in (stranger, followed, here, blocked_by_host, blocker, lin):
        assert refused(room, lin, whom) is Code.NOT_ALLOWED
    may_come = a_follower_of(lin)
    assert selectors.pingable(room, lin, "") == [may_come]
    Room.objects.update(visibility="closed")
    room.refresh_from_db()
    assert selectors.pingable(room, lin, "") == []


def test_where_the_audience_is_not_shown_asking_does_not_tell_who_is_there(room: Room, lin: User) -> None:
    here = a_follower_of(lin)
    services.join(room.public_id, here, muted=True)
    Room.objects.update(confidentiality="chatham")
    room.refresh_from_db()
    assert selectors.pingable(room, lin, "") == [here]
    services.ping(room.public_id, lin, here)


def test_a_ping_is_not_shown_any_more_once_it_leads_nowhere(room: Room, lin: User) -> None:
    petra = a_follower_of(lin)
    services.ping(room.public_id, lin, petra)
    assert len(selectors.pings_of(petra)) == 1
    Room.objects.update(visibility="closed")
    assert selectors.pings_of(petra) == []
    Room.objects.update(visibility="members")
    accounts.block(petra, lin)
    assert selectors.pings_of(petra) == []
    accounts.unblock(petra, lin)
    services.end_from_outside(room.public_id, by=room.host)
    assert selectors.pings_of(petra) == []


def test_nobody_asks_without_end(monkeypatch: pytest.MonkeyPatch, room: Room, lin: User) -> None:
    monkeypatch.setattr("rooms.services.pinging.MOST_PINGS_AN_HOUR", 2)
    for _ in range(2):
        services.ping(room.public_id, lin, a_follower_of(lin))
    assert refused(room, lin, a_follower_of(lin)) is Code.TOO_MANY_MESSAGES


def test_the_page_finds_followers_by_name_and_asks_them(client: Client, room: Room, lin: User) -> None:
    petra, _other = a_follower_of(lin), a_follower_of(lin, "Tomas Lind")
    address = reverse("rooms:ping", args=[room.public_id])
    client.force_login(lin, backend=BACKEND)
    assert [profile.user for profile in client.get(address, {"q": "pet\x00"}).context["found"]] == [petra]
    assert client.post(address, {"whom": petra.public_id})["Location"] == address
    assert client.post(address, {"whom": "\x00"}).status_code == 404
    assert client.post(address, {"whom": a_member().public_id})["X-Error-Code"] == "not_allowed"
    client.force_login(petra, backend=BACKEND)
    assert client.get(address).status_code == 404  # from outside
