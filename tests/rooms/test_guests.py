"""Guests: a cookie's identity, a number in each room, kept out for a while by cookie and network."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Visibility
from rooms.models import Ban, Participant, Room
from rooms.services.carrying_out import locked
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def room() -> Room:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(visibility=Visibility.PUBLIC)
    services.join(room.public_id, room.host, muted=True)
    return Room.objects.get(pk=room.pk)


def a_guest(cookie: str = "cookie", network: str = "192.0.2.1") -> services.Entrant:
    return services.guest(cookie, network)


def numbers(room: Room) -> list[int]:
    return sorted(room.participants.exclude(guest_key="").values_list("guest_number", flat=True))


def test_guests_are_numbered_in_the_order_they_come_and_keep_their_number(room: Room) -> None:
    for cookie in ("one", "two", "one", "three", "two"):
        services.join(room.public_id, a_guest(cookie), muted=True)
    assert numbers(room) == [1, 2, 3]


def test_a_guest_is_the_same_and_still_kept_out_once_the_secret_is_another(room: Room, settings) -> None:
    first = services.join(room.public_id, a_guest("one"), muted=True)
    services.join(room.public_id, a_guest("two", "192.0.2.2"), muted=True)
    Ban.objects.create(room=room, network=a_guest("", "192.0.2.2").network, until=timezone.now() + timedelta(hours=1))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of many letters, for this test only"
    again = services.join(room.public_id, a_guest("one"), muted=True, resume=first.connection)
    assert (again.person, again.connection) == (first.person, first.connection)
    with pytest.raises(Refused, match=Code.BANNED):
        services.join(room.public_id, a_guest("three", "192.0.2.2"), muted=True)
    assert numbers(room) == [1, 2]


def test_many_who_come_at_once_get_a_number_each_without_the_rooms_lock(room: Room) -> None:
    many = 24

    def come(number: int) -> str:
        try:
            return services.join(room.public_id, a_guest(f"guest {number}"), muted=True).person
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        people = list(threads.map(come, range(many)))
    assert len(set(people)) == many
    assert numbers(room) == list(range(1, many + 1))


def test_a_listener_enters_while_somebody_holds_the_rooms_lock(room: Room) -> None:
    if connection.vendor == "sqlite":
        return  # one writer at a time is all there is; on PostgreSQL this is proven

    def come(entrant: services.Entrant) -> str:
        try:
            return services.join(room.public_id, entrant, muted=True).person
        finally:
            connections.close_all()

    listener = services.Entrant(user=a_member("Lin Wei"))
    with ThreadPoolExecutor(2) as threads, transaction.atomic():
        locked(room.public_id)
        for entrant in (listener, a_guest()):
            assert threads.submit(come, entrant).result(timeout=5)


def test_a_guest_is_heard_of_by_number_and_never_by_name(room: Room) -> None:
    services.join(room.public_id, a_guest(), muted=True)
    services.join(room.public_id, a_member("Lin Wei"), muted=True)
    count, faces = selectors.audience(room)
    assert count == 2
    assert [face.name for face in faces] == ["Lin Wei"]
    (found,) = selectors.find_people(room, "1")
    assert (found.person.guest, found.person.name, found.person.member, found.here) == (1, "", "", True)


def test_members_only_rooms_take_no_guests(room: Room) -> None:
    Room.objects.update(visibility=Visibility.MEMBERS)
    with pytest.raises(Refused) as refusal:
        services.join(room.public_id, a_guest(), muted=True)
    assert refusal.value.code is Code.SIGNED_OUT


def test_a_ban_holds_for_cookie_and_network_and_ends(room: Room) -> None:
    host = room.participants.get(user=room.host)
    guest = services.join(room.public_id, a_guest("bad", "192.0.2.1"), muted=True)
    services.ban(room.public_id, host.connection, guest.person)
    for same in (a_guest("bad", "198.51.100.7"), a_guest("new", "192.0.2.1")):
        with pytest.raises(Refused) as refusal:
            services.join(room.public_id, same, muted=True)
        assert refusal.value.code is Code.BANNED
    services.join(room.public_id, a_guest("other", "198.51.100.7"), muted=True)
    Ban.objects.update(until=timezone.now() - timedelta(seconds=1))
    services.join(room.public_id, a_guest("bad", "192.0.2.1"), muted=True)


def test_a_ban_on_somebody_who_has_left(room: Room) -> None:
    host = room.participants.get(user=room.host)
    member = a_member("Lin Wei")
    left = services.join(room.public_id, member, muted=True)
    services.leave(room.public_id, left.connection)
    services.ban(room.public_id, host.connection, left.person, reason="Sold courses")
    with pytest.raises(Refused) as refusal:
        services.join(room.public_id, member, muted=True)
    assert refusal.value.code is Code.BANNED
    same_address = a_member("Somebody else")
    type(member).objects.filter(pk=member.pk).delete()
    type(member).objects.filter(pk=same_address.pk).update(email=member.email)
    same_address.refresh_from_db()
    with pytest.raises(Refused):
        services.join(room.public_id, same_address, muted=True)  # under a new account too


def test_one_guest_is_in_one_room_at_a_time(room: Room) -> None:
    other = a_live_room()
    Room.objects.filter(pk=other.pk).update(visibility=Visibility.PUBLIC)
    services.join(room.public_id, a_guest(), muted=True)
    services.join(other.public_id, a_guest(), muted=True)
    here = selectors.on_roster(Participant.objects.exclude(guest_key=""))
    assert [participant.room.pk for participant in here] == [other.pk]


def test_one_network_without_an_account_does_not_fill_a_room(room: Room, settings) -> None:
    settings.MITALK_MOST_IN_A_ROOM, settings.MITALK_GUESTS_OF_A_NETWORK = 10, 3
    for number in range(3):
        here = services.join(room.public_id, a_guest(f"cookie {number}"), muted=True)
    with pytest.raises(Refused, match=Code.ROOM_FULL):
        services.join(room.public_id, a_guest("one more"), muted=True)
    services.join(room.public_id, a_guest("cookie 2"), muted=True)  # on another page
    services.join(room.public_id, a_guest("one more", network="198.51.100.7"), muted=True)
    services.join(room.public_id, a_member("Lin Wei"), muted=True)
    services.leave(room.public_id, room.participants.get(public_id=here.person).connection)
    services.join(room.public_id, a_guest("one more"), muted=True)


@pytest.mark.parametrize("act", ["raise_hand", "join_stage", "decline"])
def test_a_guest_is_never_on_stage(room: Room, act: str) -> None:
    guest = services.join(room.public_id, a_guest(), muted=True)
    arguments = {"line": ""} if act == "raise_hand" else {}
    with pytest.raises(Refused) as refusal:
        getattr(services, act)(room.public_id, guest.connection, **arguments)
    assert refusal.value.code is Code.NOT_ALLOWED
    host = room.participants.get(user=room.host)
    for on_them in (services.invite, services.name_moderator, services.hand_over):
        with pytest.raises(Refused):
            on_them(room.public_id, host.connection, guest.person)
