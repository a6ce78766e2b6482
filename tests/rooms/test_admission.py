"""Whom a room lets in: every kind of person at every kind of room, at the door, in the hall, on its page, in the sound."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Visibility
from rooms.models import Participant, Room
from tests.factories import a_member, a_topic
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "accounts.backends.MemberBackend"
PUBLIC, MEMBERS, FOLLOWERS, CLOSED = Visibility
TITLE = "What the audit left out"


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def a_room(visibility: Visibility, **chosen: object) -> Room:
    host = a_member("Ji-woo Han")
    chosen = {"title": TITLE, "topic": a_topic(host), "language": "en", **chosen}
    return services.open_room(host=host, visibility=visibility, **chosen)  # type: ignore[arg-type]


# --- Who comes ------------------------------------------------------------------------------------------------------


def the_host(room: Room) -> User:
    return room.host


def a_stranger(room: Room) -> User:
    return a_member("Amara Okafor")


def staff_as_themselves(room: Room) -> User:
    return a_member("Sofia Takács", is_staff=True)


def a_follower(room: Room) -> User:
    follower = a_member("Lin Wei")
    accounts.follow(follower, room.host)
    return follower


def followed_by_the_host(room: Room) -> User:
    followed = a_member("Lin Wei")
    accounts.follow(room.host, followed)
    return followed


def on_the_guest_list(room: Room) -> User:
    listed = a_member("Petra Roth")
    services.put_on_guest_list(room.public_id, room.host, listed)
    return listed


def a_speaker(room: Room) -> User:
    speaker = a_member("Tomas Lind")
    room.speakers.add(speaker)
    return speaker


def a_moderator(room: Room) -> User:
    """Made one while they were let in, and then taken off the list."""
    member = on_the_guest_list(room)
    if room.visibility == FOLLOWERS:
        accounts.follow(member, room.host)
    host = services.join(room.public_id, room.host, muted=True)
    joined = services.join(room.public_id, member, muted=True)
    services.name_moderator(room.public_id, host.connection, joined.person)
    services.drop(room.public_id, joined.connection, joined.number)
    accounts.unfollow(member, room.host)
    services.take_off_guest_list(room.public_id, room.host, member)
    return member


Who = Callable[[Room], User]
EVERYWHERE = {PUBLIC, MEMBERS, FOLLOWERS, CLOSED}
LET_IN: list[tuple[Who, set[Visibility]]] = [
    (the_host, EVERYWHERE),
    (a_speaker, EVERYWHERE),
    (a_moderator, EVERYWHERE),
    (a_stranger, {PUBLIC, MEMBERS}),
    (staff_as_themselves, {PUBLIC, MEMBERS}),
    (followed_by_the_host, {PUBLIC, MEMBERS}),
    (a_follower, {PUBLIC, MEMBERS, FOLLOWERS}),
    (on_the_guest_list, {PUBLIC, MEMBERS, CLOSED}),
]
CASES = [
    pytest.param(who, visibility, visibility in where, id=f"{who.__name__}-{visibility}")
    for who, where in LET_IN
    for visibility in Visibility
]


@pytest.mark.parametrize(("who", "visibility", "is_let_in"), CASES)
def test_at_the_door_in_the_hall_and_on_the_page(
    client: Client, who: Who, visibility: Visibility, is_let_in: bool
) -> None:
    room = a_room(visibility)
    person = who(room)
    hall = selectors.hall_for(person, selectors.Wanted())
    listed = [card.title for card in (*hall.following.cards, *hall.suggested.cards)]
    assert listed == ([TITLE] if is_let_in else [])
    client.force_login(person, backend=BACKEND)
    page = client.get(reverse("rooms:room", args=[room.public_id]))
    if person.is_staff:
        assert page.status_code == 200  # to enter openly as staff
        assert is_let_in or (page.context["stage"], page.context["audience"]) == ([], [])
    else:
        assert page.status_code == (200 if is_let_in else 403)
        assert (TITLE in page.content.decode()) == is_let_in
    assert (client.get(reverse("rooms:qr_code", args=[room.public_id])).status_code == 200) == (
        is_let_in or person.is_staff
    )
    if is_let_in:
        services.join(room.public_id, person, muted=True)
    else:
        with pytest.raises(Refused, match=Code.ROOM_PRIVATE):
            services.join(room.public_id, person, muted=True)


@pytest.mark.parametrize("visibility", Visibility)
def test_a_guest_comes_into_public_rooms_only(client: Client, visibility: Visibility) -> None:
    room, guest = a_room(visibility), services.guest("a cookie", "192.0.2.1")
    page = client.get(reverse("rooms:room", args=[room.public_id]))
    if visibility is PUBLIC:
        assert page.status_code == 200
        services.join(room.public_id, guest, muted=True)
    else:
        assert page["Location"].startswith(reverse("account_login"))  # as if there were no such room
        with pytest.raises(Refused, match=Code.SIGNED_OUT):
            services.join(room.public_id, guest, muted=True)
        assert client.get(reverse("rooms:qr_code", args=[room.public_id])).status_code == 404


@pytest.mark.parametrize("visibility", Visibility)
def test_staff_who_come_openly_as_such_are_let_in_and_stay(visibility: Visibility) -> None:
    room = a_room(visibility)
    services.join(room.public_id, a_member(is_staff=True), muted=True, as_staff=True)
    assert services.sweep_revoked() == 0


# --- What a private room tells those whom it does not let in --------------------------------------------------------


@pytest.mark.parametrize("phase", ["live", "scheduled", "ended"])
def test_its_page_says_that_it_is_closed_and_nothing_of_it(client: Client, phase: str) -> None:
    room = a_room(CLOSED, description="About the audit")
    services.join(room.public_id, room.host, muted=True)
    Room.objects.update(phase=phase)
    stranger = a_member("Amara Okafor")
    client.force_login(stranger, backend=BACKEND)
    page = client.get(reverse("rooms:room", args=[room.public_id]))
    assert (page.status_code, page["X-Error-Code"]) == (403, "room_private")
    text = page.content.decode()
    assert "This room is closed" in text
    for secret in (TITLE, "About the audit", "Ji-woo Han", room.topic.name):
        assert secret not in text
    with pytest.raises(Refused, match=Code.ROOM_PRIVATE):  # nor whether it has begun, or is over
        services.join(room.public_id, stranger, muted=True)


def test_an_invite_into_it_does_not_say_what_it_is(client: Client) -> None:
    from tests.factories import an_invite

    for visibility in (FOLLOWERS, CLOSED):
        room = a_room(visibility)
        _invite, code = an_invite(sponsor=room.host, room=room)
        assert TITLE not in client.get(reverse("invites:preview", args=[code])).content.decode()


def test_the_programme_lists_it_to_those_it_is_for(client: Client) -> None:
    room = a_room(FOLLOWERS)
    Room.objects.update(phase="scheduled", starts_at="2100-01-01T10:00Z")
    assert [coming.title for coming in selectors.programme_for(a_follower(room))] == [TITLE]
    assert list(selectors.programme_for(a_member())) == []


# --- Let in no more -------------------------------------------------------------------------------------------------


def heard_and_present(room: Room) -> set[str]:
    """The connections that the audio worker is told of."""
    services.register_worker(worker_id="w", public_ip="127.0.0.1", udp_port=7)
    services.place_room(room.public_id)
    return set(selectors.audio_truth("w")[room.public_id].present)


def test_taken_off_the_guest_list_one_is_out_with_a_word(bus: RecordingBus) -> None:
    room = a_room(CLOSED)
    services.join(room.public_id, room.host, muted=True)
    member = on_the_guest_list(room)
    joined = services.join(room.public_id, member, muted=True)
    services.take_off_guest_list(room.public_id, room.host, member)
    assert not selectors.on_roster(Participant.objects.filter(user=member)).exists()
    (dismissed,) = bus.of_kind("dismissed")
    assert (dismissed["connection"], dismissed["code"]) == (joined.connection, "room_private")
    with pytest.raises(Refused, match=Code.ROOM_PRIVATE):
        services.join(room.public_id, member, muted=True, resume=joined.connection)


def test_whoever_follows_no_more_has_no_sound_and_is_swept() -> None:
    room = a_room(FOLLOWERS)
    host = services.join(room.public_id, room.host, muted=True)
    follower = a_follower(room)
    joined = services.join(room.public_id, follower, muted=True)
    assert heard_and_present(room) == {host.connection, joined.connection}
    accounts.unfollow(follower, room.host)
    assert heard_and_present(room) == {host.connection}
    assert selectors.person_of(room.public_id, joined.connection) is None
    with pytest.raises(Refused, match=Code.NOT_JOINED):
        services.raise_hand(room.public_id, joined.connection, line="")
    assert services.sweep_revoked() == 1
    assert not selectors.on_roster(Participant.objects.filter(user=follower)).exists()


def test_another_host_changes_nothing_for_those_who_follow_whoever_opened_it() -> None:
    room = a_room(FOLLOWERS)
    host = services.join(room.public_id, room.host, muted=True)
    follower, other = a_follower(room), a_follower(room)
    services.join(room.public_id, follower, muted=True)
    heir = services.join(room.public_id, other, muted=True)
    services.hand_over(room.public_id, host.connection, heir.person)
    assert services.sweep_revoked() == 0
    services.join(room.public_id, a_follower(room), muted=True)  # of whoever opened it


# --- The guest list -------------------------------------------------------------------------------------------------


def test_only_the_host_changes_the_guest_list_and_only_while_the_room_is_not_over() -> None:
    room, member = a_room(CLOSED), a_member()
    for change in (services.put_on_guest_list, services.take_off_guest_list):
        for anybody in (a_member(), a_speaker(room), a_member(is_staff=True)):
            with pytest.raises(Refused, match=Code.NOT_ALLOWED):
                change(room.public_id, anybody, member)
    services.put_on_guest_list(room.public_id, room.host, member)
    services.put_on_guest_list(room.public_id, room.host, member)
    assert list(selectors.guest_list(room)) == [member]
    services.end_from_outside(room.public_id, by=room.host)
    with pytest.raises(Refused, match=Code.ROOM_ENDED):
        services.put_on_guest_list(room.public_id, room.host, a_member())


def test_whom_a_block_parts_from_the_host_is_neither_found_nor_listed() -> None:
    room = a_room(CLOSED)
    blocked, blocker, other = a_member("Lin Wei"), a_member("Lin Chen"), a_member("Linda Roth")
    accounts.block(room.host, blocked)
    accounts.block(blocker, room.host)
    assert selectors.members_to_list(room, "lin") == [other]
    for member in (blocked, blocker):
        with pytest.raises(Refused, match=Code.NOT_ALLOWED):
            services.put_on_guest_list(room.public_id, room.host, member)
    assert selectors.members_to_list(room, "l") == []  # one letter lists nobody
    services.put_on_guest_list(room.public_id, room.host, other)
    assert selectors.members_to_list(room, "lin") == []


def test_a_guest_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.services.guest_list.MOST_ON_A_GUEST_LIST", 1)
    room = a_room(CLOSED)
    on_the_guest_list(room)
    with pytest.raises(Refused, match=Code.GUEST_LIST_FULL):
        services.put_on_guest_list(room.public_id, room.host, a_member())


def test_the_host_finds_lists_and_takes_off_members_on_a_page(client: Client) -> None:
    room, member = a_room(CLOSED), a_member("Petra Roth")
    address = reverse("rooms:choices", args=[room.public_id])
    client.force_login(room.host, backend=BACKEND)
    assert [profile.user for profile in client.get(address, {"q": "petra"}).context["found"]] == [member]
    change = reverse("rooms:change_guest_list", args=[room.public_id])
    assert client.post(change, {"add": member.public_id})["Location"] == address
    assert [profile.user for profile in client.get(address).context["listed"]] == [member]
    client.post(change, {"take_off": member.public_id})
    assert client.get(address).context["listed"] == []
    for strange in ({"add": "nobody"}, {"add": "x" * 5_000}, {"take_off": "\x00"}, {}):
        assert client.post(change, strange).status_code == 404
    client.force_login(member, backend=BACKEND)
    assert client.get(address).status_code == client.post(change, {"add": member.public_id}).status_code == 404


def test_searching_for_members_is_limited(client: Client, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "member_search": "2/m/user"}
    room = a_room(CLOSED)
    client.force_login(room.host, backend=BACKEND)
    address = reverse("rooms:choices", args=[room.public_id])
    assert [client.get(address, {"q": "lin\x00"}).status_code for _ in range(3)] == [200, 200, 429]


# --- Full -----------------------------------------------------------------------------------------------------------


def test_a_full_room_says_so_and_keeps_its_places(settings) -> None:
    settings.MITALK_MOST_IN_A_ROOM = 2
    speaker = a_member("Tomas Lind")
    room = a_room(PUBLIC, speakers=[speaker])
    first = a_member("Lin Wei")
    services.join(room.public_id, first, muted=True)
    guest = services.join(room.public_id, services.guest("one", ""), muted=True)
    for late in (services.Entrant(user=a_member()), services.guest("two", "")):
        with pytest.raises(Refused, match=Code.ROOM_FULL):
            services.join(room.public_id, late, muted=True)
    services.join(room.public_id, first, muted=True)  # on another page
    services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, speaker, muted=True)
    services.join(room.public_id, a_member(is_staff=True), muted=True, as_staff=True)
    services.leave(room.public_id, guest.connection)
    settings.MITALK_MOST_IN_A_ROOM = 5
    services.join(room.public_id, a_member(), muted=True)
