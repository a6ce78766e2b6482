"""Whom somebody has muted for themselves asks them nowhere, and is suggested to them nowhere."""

from typing import Any

import pytest
from django.core import mail

from accounts import muting
from accounts import services as accounts
from accounts.models import User
from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.messages import ChatSaid, QuestionsChanged
from rooms.domain.snapshot import Confidentiality
from rooms.events import MutesMoved
from rooms.models import Room
from rooms.quiet import authors_of, without
from rooms.selectors import Wanted
from rooms.services import programme_mail
from tests.factories import a_live_room, a_member, a_room_to_come
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def amara() -> User:
    return a_member("Amara Okafor")


@pytest.fixture
def lin() -> User:
    return a_member("Lin Wei")


def enter(room: Room, user: User, **how: Any) -> services.Joined:
    return services.join(room.public_id, user, muted=True, **how)


def test_a_ping_of_theirs_is_not_shown_and_they_do_not_notice(amara: User, lin: User) -> None:
    room = a_live_room()
    enter(room, lin)
    accounts.follow(amara, lin)
    muting.mute(amara, lin)
    assert selectors.pingable(room, lin, "") == [amara]
    services.ping(room.public_id, lin, amara)
    assert selectors.pings_of(amara) == []
    muting.unmute(amara, lin)
    assert [ping.sender for ping in selectors.pings_of(amara)] == [lin]


def test_neither_they_nor_their_rooms_are_suggested_but_they_are_found(amara: User, lin: User) -> None:
    a_live_room(lin, title="Of Lin Wei")
    a_live_room(title="Of somebody else")
    muting.mute(amara, lin)
    hall = selectors.hall_for(amara, Wanted())
    assert [card.title for card in hall.suggested.cards] == ["Of somebody else"]
    assert hall.live_count == 1
    assert "Lin Wei" not in [card.name for card in hall.people_to_follow]
    found = selectors.search_for(amara, "Lin Wei")
    assert found is not None
    assert [card.name for card in found.people] == ["Lin Wei"]
    assert [card.title for card in found.live] == ["Of Lin Wei"]
    assert "Of Lin Wei" in [card.title for card in selectors.hall_for(a_member(), Wanted()).suggested.cards]


def test_a_room_of_theirs_that_one_follows_stays_where_it_was(amara: User, lin: User) -> None:
    a_live_room(lin, title="Of Lin Wei")
    accounts.follow(amara, lin)
    muting.mute(amara, lin)
    assert [card.title for card in selectors.hall_for(amara, Wanted()).following.cards] == ["Of Lin Wei"]


def titles(viewer: User) -> list[str]:
    """What is to come, in the programme and in the hall."""
    coming = [room.title for room in selectors.programme_for(viewer)]
    assert [event.title for event in selectors.hall_for(viewer, Wanted()).events] == coming
    return coming


def test_their_rooms_to_come_are_not_listed(amara: User, lin: User) -> None:
    a_room_to_come(lin, title="Of Lin Wei", minutes=60)
    a_room_to_come(title="Of somebody else", minutes=90)
    muting.mute(amara, lin)
    assert titles(amara) == ["Of somebody else"]
    assert titles(a_member()) == ["Of Lin Wei", "Of somebody else"]
    found = selectors.search_for(amara, "Of Lin Wei")
    assert found is not None
    assert [card.title for card in found.coming] == ["Of Lin Wei"], "who looks for it finds it"
    muting.unmute(amara, lin)
    assert titles(amara) == ["Of Lin Wei", "Of somebody else"]


def follows_the_host(room: Room, amara: User) -> None:
    accounts.follow(amara, room.host)


def follows_the_topic(room: Room, amara: User) -> None:
    services.follow_topic(amara, room.topic)


def is_going(room: Room, amara: User) -> None:
    services.go(room, amara, "UTC")


def is_asked_to_host_with_them(room: Room, amara: User) -> None:
    services.ask_co_host(room.public_id, room.host, amara)


@pytest.mark.parametrize("is_a_part", [follows_the_host, follows_the_topic, is_going, is_asked_to_host_with_them])
def test_what_one_is_a_part_of_or_follows_stays_listed(amara: User, lin: User, is_a_part: Any) -> None:
    room = a_room_to_come(lin, title="Of Lin Wei")
    is_a_part(room, amara)
    muting.mute(amara, lin)
    assert titles(amara) == ["Of Lin Wei"]


def test_being_asked_to_host_with_them_comes_by_no_mail(amara: User, lin: User) -> None:
    room = a_room_to_come(lin)
    services.ask_co_host(room.public_id, lin, amara)
    muting.mute(amara, lin)  # it was on its way
    programme_mail.send_due()
    assert mail.outbox == []
    assert [asked.room for asked in selectors.asked_to_co_host(amara)] == [room]


def test_who_muted_whom_is_known_by_the_people_of_a_room(amara: User, lin: User) -> None:
    room, elsewhere = a_live_room(), a_live_room()
    petra = a_member("Petra Roth", is_staff=True)
    for muter in (amara, petra):
        muting.mute(muter, lin)
    muted, me = enter(room, lin), enter(room, amara)
    staff = enter(room, petra, as_staff=True)
    assert selectors.quiet_for(room.public_id, me.person) == [muted.person]
    for other in (muted, staff):  # staff read everything
        assert selectors.quiet_for(room.public_id, other.person) == []
    assert selectors.connections_without(room.public_id, [muted.person, me.person]) == {
        muted.person: {me.connection},
        me.person: set(),
    }
    assert selectors.quiet_in(room.public_id) == {me.connection: {muted.person}}
    assert selectors.quiet_in(elsewhere.public_id) == {}
    assert selectors.connections_without(elsewhere.public_id, [muted.person]) == {muted.person: set()}


def test_a_mute_tells_nobody_who_listens_where_that_is_not_shown(amara: User, lin: User) -> None:
    room = a_live_room()
    room.confidentiality = Confidentiality.CHATHAM_HOUSE
    room.save()
    muting.mute(amara, lin)
    muting.mute(amara, room.host)
    host = enter(room, room.host)
    enter(room, lin, accepts=room.confidentiality)
    me = enter(room, amara, accepts=room.confidentiality)
    assert selectors.quiet_for(room.public_id, me.person) == [host.person]
    assert selectors.quiet_in(room.public_id) == {me.connection: {host.person}}


def test_only_the_rooms_that_one_is_in_are_told_and_not_of_whom(bus: RecordingBus, amara: User, lin: User) -> None:
    room = a_live_room()
    a_live_room()
    enter(room, lin)
    me = enter(room, amara)
    muting.mute(amara, lin)
    assert bus.of_kind(MutesMoved.kind) == [{"kind": MutesMoved.kind}]
    services.leave(room.public_id, me.connection)
    muting.unmute(amara, lin)
    assert len(bus.of_kind(MutesMoved.kind)) == 1


def test_guests_and_staff_are_not_muted_in_a_room(amara: User) -> None:
    room = a_live_room()
    me = enter(room, amara)
    staff = enter(room, a_member(is_staff=True), as_staff=True)
    with pytest.raises(Refused) as refusal:
        services.mute_for_oneself(room.public_id, me.connection, staff.person, muted=True)
    assert refusal.value.code is Code.NOT_ALLOWED


def test_a_frame_is_told_without_the_words_of_some() -> None:
    said = {"type": ChatSaid.type, "data": {"messages": [{"id": str(n), "author": {"id": n}} for n in ("a", "b", "")]}}
    assert authors_of(said) == {"a", "b"}
    left = without(said, {"a"})
    assert left is not None
    assert [message["id"] for message in left["data"]["messages"]] == ["b", ""]
    asked = {"type": QuestionsChanged.type, "data": {"questions": [{"id": "1", "author": {"id": "a"}}], "removed": []}}
    assert without(asked, {"a"}) is None
    gone = {**asked, "data": {**asked["data"], "removed": ["2"]}}
    assert without(gone, {"a"}) == {**gone, "data": {"questions": [], "removed": ["2"]}}
    assert authors_of({"type": "room.reacted", "data": {"counts": []}}) == set()
