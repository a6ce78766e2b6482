"""People meet although a block stands between them: the host is told, and nobody is kept out."""

import pytest

from accounts import services as accounts
from accounts.models import User
from rooms import selectors, services
from rooms.domain.snapshot import Confidentiality
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def lin() -> User:
    return a_member("Lin Wei")


@pytest.fixture
def amara() -> User:
    return a_member("Amara Okafor")


def a_room_with(*speakers: User, confidentiality: Confidentiality = Confidentiality.ON_RECORD) -> Room:
    """Its host is there; these have places on stage."""
    room = a_live_room()
    room.speakers.set(speakers)
    Room.objects.filter(pk=room.pk).update(confidentiality=confidentiality)
    room.refresh_from_db()
    enter(room, room.host)
    return room


def enter(room: Room, user: User) -> services.Joined:
    return services.join(room.public_id, user, muted=True, accepts=room.confidentiality)


def told(bus: RecordingBus) -> list[set[str]]:
    return [
        {conflict["first_name"], conflict["second_name"]}
        for event in bus.of_kind("met")
        for conflict in event["conflicts"]
    ]


PAIR = {"Lin Wei", "Amara Okafor"}


@pytest.mark.parametrize("speaker_blocked", [True, False])
def test_a_speaker_meets_a_listener(bus: RecordingBus, lin: User, amara: User, speaker_blocked: bool) -> None:
    accounts.block(*((lin, amara) if speaker_blocked else (amara, lin)))
    room = a_room_with(lin)
    enter(room, lin)
    assert told(bus) == []
    enter(room, amara)
    assert told(bus) == [PAIR]
    assert room.participants.filter(user=amara, left_at=None).exists()  # nobody is kept out


def test_two_who_listen_do_not_meet_until_one_goes_on_stage(bus: RecordingBus, lin: User, amara: User) -> None:
    accounts.block(lin, amara)
    room = a_room_with()
    host = room.participants.get(user=room.host).connection
    listener = enter(room, lin)
    enter(room, amara)
    assert told(bus) == []
    services.raise_hand(room.public_id, listener.connection, line="")
    services.invite(room.public_id, host, listener.person)
    assert told(bus) == [PAIR]


@pytest.mark.parametrize("mode", [Confidentiality.CHATHAM_HOUSE, Confidentiality.OFF_RECORD])
def test_who_listens_is_not_told_where_it_is_not_shown(
    bus: RecordingBus, lin: User, amara: User, mode: Confidentiality
) -> None:
    accounts.block(lin, amara)
    room = a_room_with(lin, confidentiality=mode)
    enter(room, lin)
    enter(room, amara)
    assert told(bus) == ([PAIR] if selectors.audience(room)[1] else [])


def test_under_the_chatham_house_rule_two_on_stage_are_told_of(bus: RecordingBus, lin: User, amara: User) -> None:
    accounts.block(lin, amara)
    room = a_room_with(lin, amara, confidentiality=Confidentiality.CHATHAM_HOUSE)
    enter(room, lin)
    enter(room, amara)
    assert PAIR in told(bus)


def test_a_block_made_in_the_room_is_told_at_once(bus: RecordingBus, lin: User, amara: User) -> None:
    room = a_room_with(lin)
    speaker, listener = enter(room, lin), enter(room, amara)
    services.block(room.public_id, speaker.connection, listener.person)
    assert told(bus) == [PAIR]


def test_whom_the_host_blocked_is_no_news_to_the_host(bus: RecordingBus, lin: User) -> None:
    room = a_room_with()
    listener = enter(room, lin)
    services.block(room.public_id, room.participants.get(user=room.host).connection, listener.person)
    assert told(bus) == []


def test_whoever_left_meets_nobody(lin: User, amara: User) -> None:
    accounts.block(lin, amara)
    room = a_room_with(lin)
    enter(room, lin)
    listener = enter(room, amara)
    assert len(selectors.conflicts(room)) == 1
    services.leave(room.public_id, listener.connection)
    assert selectors.conflicts(room) == []
