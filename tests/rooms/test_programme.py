"""Rooms to come: announced at a time in a zone, changed, called off, started by who runs them, missed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from accounts.zones import CHOSEN_COOKIE, COOKIE
from rooms import selectors, services, tasks
from rooms.domain.errors import Refused
from rooms.domain.programme import NoSuchTime, instant
from rooms.domain.roles import Position, Role
from rooms.models import CoHost, Room, Rsvp
from tests.factories import a_member, a_room_to_come, a_topic

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def march() -> Iterator[None]:
    """It is the first of March, before anybody signs in."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def host(client: Client, recording_bus) -> User:
    host = a_member("Ji-woo Han")
    sign_in(client, host)
    return host


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="accounts.backends.MemberBackend")


def form(topic, **fields) -> dict:
    usual = {
        "title": "Chip packaging 101",
        "topic": topic.pk,
        "language": "en",
        "visibility": "members",
        "hand_policy": "everyone",
        "confidentiality": "on_record",
        "stage_size": 8,
        "slow_mode": 0,
        "speakers": "",
        "description": "For whoever bonds dies.\r\n\r\nBring questions.",
        "date": "2027-03-10",
        "time": "19:30",
        "time_zone": "Asia/Seoul",
    }
    return usual | fields


def page_of(room: Room) -> str:
    return reverse("rooms:room", args=[room.public_id])


# --- Times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Asia/Seoul", date(2027, 3, 10), time(19, 30), datetime(2027, 3, 10, 10, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2027, 3, 29), time(9), datetime(2027, 3, 29, 7, tzinfo=UTC)),
        (
            "Europe/Berlin",
            date(2027, 10, 31),
            time(2, 30),
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        ),  # the first of two
        ("Asia/Kathmandu", date(2027, 1, 1), time(0), datetime(2026, 12, 31, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_clock_on_a_wall_is_a_moment(zone: str, day: date, at: time, utc: datetime) -> None:
    assert instant(day, at, ZoneInfo(zone)) == utc


def test_a_time_that_clocks_leap_over_is_none() -> None:
    with pytest.raises(NoSuchTime):
        instant(date(2027, 3, 28), time(2, 30), ZoneInfo("Europe/Berlin"))


# --- Announcing ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("march")
def test_a_room_is_announced_at_a_time_of_ones_own_zone(client: Client, host: User) -> None:
    client.cookies[COOKIE] = "Asia/Seoul"
    assert 'value="Asia/Seoul" selected' in client.get(reverse("rooms:schedule")).content.decode()
    answer = client.post(reverse("rooms:schedule"), form(a_topic(host)))
    room = Room.objects.get()
    assert answer["Location"] == page_of(room)
    assert (room.starts_at, room.phase) == (datetime(2027, 3, 10, 10, 30, tzinfo=UTC), "scheduled")
    assert room.description == "For whoever bonds dies.\n\nBring questions."
    assert "2027-03-10T19:30:00+09:00" in client.get(page_of(room)).content.decode()
    client.cookies[CHOSEN_COOKIE] = "America/New_York"
    for address in (page_of(room), reverse("rooms:programme"), reverse("rooms:hallway")):
        assert "2027-03-10T05:30:00-05:00" in client.get(address).content.decode()


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"date": "2027-03-01", "time": "20:00"}, "date", "in_the_past"),
        ({"date": "2028-04-01"}, "date", "too_far"),
        ({"date": "9999-12-31", "time": "23:59", "time_zone": "America/Anchorage"}, "date", "too_far"),
        ({"date": "2027-03-28", "time": "02:30", "time_zone": "Europe/Berlin"}, "time", "no_such_time"),
        ({"date": "0000-00-00"}, "date", "invalid"),
        ({"time": "25:00"}, "time", "invalid"),
        ({"time_zone": "Nowhere/Land"}, "time_zone", "invalid_choice"),
        ({"description": "\u202ereversed"}, "description", "text_unprintable"),
        ({"description": "x" * 2001}, "description", "max_length"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, host: User, fields: dict, field: str, code: str
) -> None:
    page = client.post(reverse("rooms:schedule"), form(a_topic(host), **fields))
    assert page.context["form"].has_error(field, code)
    assert not Room.objects.exists()


def test_nobody_has_more_than_twenty_rooms_ahead(client: Client, host: User) -> None:
    topic = a_topic(host)
    for _ in range(20):
        a_room_to_come(host, topic=topic)
    with pytest.raises(services.TooManyRooms):
        a_room_to_come(host, topic=topic)


def test_the_programme_lists_days_and_pages(client: Client, host: User) -> None:
    topic = a_topic(host)
    for number in range(35):
        a_room_to_come(a_member(password=None), minutes=60 + number, title=f"Event {number:02}", topic=topic)
    a_room_to_come(minutes=5, title="In Korean", language="ko")
    page = client.get(reverse("rooms:programme"), {"language": "en"})
    assert page.context["page"].paginator.count == 35
    assert "?language=en&amp;page=2" in page.content.decode()
    assert "In Korean" not in page.content.decode()
    other = client.get(reverse("rooms:programme"), {"topic": topic.public_id, "page": "2"})
    assert "Event 34" in other.content.decode()


# --- Changing and calling off -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("march")
def test_a_room_whose_host_is_kept_out_is_uncertain_and_not_in_the_programme(client: Client, host: User) -> None:
    room, amara, lin = a_room_to_come(host), a_member(), a_member("Lin Wei")
    client.force_login(amara)
    page = reverse("rooms:room", args=[room.public_id])
    User.objects.filter(pk=host.pk).update(is_active=False)
    assert "It is not certain that this room takes place" in client.get(page).content.decode()
    assert room.title not in client.get(reverse("rooms:programme")).content.decode()
    CoHost.objects.create(room=room, user=lin, accepted_at=timezone.now())
    assert "It is not certain" not in client.get(page).content.decode()
    assert room.title in client.get(reverse("rooms:programme")).content.decode()


def test_the_host_changes_what_was_announced_and_nobody_else(client: Client, host: User) -> None:
    client.post(reverse("rooms:schedule"), form(a_topic(host)))
    room = Room.objects.get()
    address = reverse("rooms:edit", args=[room.public_id])
    client.cookies[COOKIE] = "Europe/Paris"
    page = client.get(address).content.decode()
    assert 'value="11:30"' in page
    changed = form(room.topic, time="12:00", time_zone="Europe/Paris", title="Chip packaging 102")
    assert client.post(address, changed)["Location"] == page_of(room)
    room.refresh_from_db()
    assert (room.title, room.starts_at, room.revision) == (
        "Chip packaging 102",
        datetime(2027, 3, 10, 11, tzinfo=UTC),
        1,
    )
    client.post(address, changed)
    room.refresh_from_db()
    assert room.revision == 1  # the same again is no change
    sign_in(client, a_member())
    assert client.get(address).status_code == client.post(address, changed).status_code == 404


@pytest.mark.usefixtures("march")
def test_who_speaks_is_replaced_by_whom_the_host_names_and_kept_if_nobody_is_named(client: Client, host: User) -> None:
    first, second = a_member(), a_member()
    client.post(reverse("rooms:schedule"), form(a_topic(host), speakers=first.email))
    room = Room.objects.get()
    address = reverse("rooms:edit", args=[room.public_id])
    assert first.email not in client.get(address).content.decode()
    client.post(address, form(room.topic, title="Another title"))
    assert list(room.speakers.all()) == [first]
    client.post(address, form(room.topic, speakers=f"{second.email}, nobody@example.org"))
    assert list(room.speakers.all()) == [second]


def test_the_host_calls_a_room_off_after_a_question(client: Client, host: User) -> None:
    room = a_room_to_come(host)
    address = reverse("rooms:cancel", args=[room.public_id])
    assert "Call off “Chip packaging 101”?" in client.get(address).content.decode()
    assert client.post(address)["Location"] == page_of(room)
    room.refresh_from_db()
    assert (room.phase, room.not_held, room.revision) == ("ended", "cancelled", 1)
    assert "called this room off" in client.get(page_of(room)).content.decode()
    services.cancel_scheduled(room.public_id, host)
    room.refresh_from_db()
    assert room.revision == 1


def test_a_room_that_began_is_neither_changed_nor_called_off(host: User) -> None:
    room = a_room_to_come(host, minutes=5)
    services.open_scheduled(room.public_id, host)
    for act in (services.cancel_scheduled, services.change_scheduled):
        with pytest.raises(Refused, match="room_ended"):
            act(room.public_id, host)
        with pytest.raises(Refused, match="not_allowed"):
            act(room.public_id, a_member())


# --- Going ------------------------------------------------------------------------------------------------------------


def test_going_is_said_and_taken_back(client: Client, host: User) -> None:
    room, amara = a_room_to_come(host), a_member("Amara Okafor")
    sign_in(client, amara)
    address = reverse("rooms:going", args=[room.public_id])
    client.cookies[COOKIE] = "Asia/Seoul"
    for _ in range(2):
        assert client.post(address, {"going": "yes", "next": "/hallway/"})["Location"] == "/hallway/"
    assert room.rsvps.get().time_zone == "Asia/Seoul"
    page = client.get(page_of(room))
    assert (page.context["card"].going, page.context["card"].i_go) == (1, True)
    assert "Amara Okafor" in [look.name for look in page.context["going"]]
    client.post(address, {"going": "no"})
    assert not room.rsvps.exists()
    services.cancel_scheduled(room.public_id, host)
    assert client.post(address, {"going": "yes"})["X-Error-Code"] == "room_ended"


def test_who_blocked_me_is_not_shown_to_me(host: User) -> None:
    room, blocker, amara = a_room_to_come(host), a_member("Lin Wei"), a_member("Amara Okafor")
    services.go(room, blocker, "UTC")
    accounts.block(blocker, amara)
    assert selectors.who_goes(room, amara) == []
    assert [look.name for look in selectors.who_goes(room, host)] == ["Lin Wei"]


# --- Co-hosts -----------------------------------------------------------------------------------------------------------


def test_a_co_host_is_found_asked_accepts_and_is_a_moderator_on_stage(client: Client, host: User) -> None:
    room, lin = a_room_to_come(host, minutes=10), a_member("Lin Wei 林薇")
    page = client.get(page_of(room), {"find": "林"})
    assert [card.name for card in page.context["found"]] == ["Lin Wei 林薇"]
    client.post(reverse("rooms:co_hosts", args=[room.public_id]), {"member": lin.public_id, "act": "ask"})
    assert not selectors.runs_scheduled(room, lin)
    sign_in(client, lin)
    hall = client.get(reverse("rooms:hallway")).content.decode()
    assert "Ji-woo Han asks you to host “Chip packaging 101” with them." in hall
    client.post(reverse("rooms:answer_co_host", args=[room.public_id]), {"answer": "accept"})
    assert "asks you to host" not in client.get(reverse("rooms:hallway")).content.decode()
    assert client.post(reverse("rooms:open_scheduled", args=[room.public_id]))["Location"] == page_of(room)
    joined = services.join(room.public_id, lin, muted=True)
    entry = room.participants.get(public_id=joined.person)
    assert (entry.role, entry.position) == (Role.MODERATOR, Position.STAGE)
    services.join(room.public_id, host, muted=True)
    assert room.participants.get(user=host).role == Role.HOST


def test_who_declined_or_is_taken_back_runs_nothing(host: User) -> None:
    room, lin, petra = a_room_to_come(host, minutes=10), a_member("Lin Wei"), a_member("Petra Roth")
    for user in (lin, petra):
        services.ask_co_host(room.public_id, host, user)
        services.answer_co_host(room, user, accept=True, time_zone="UTC")
    services.answer_co_host(room, lin, accept=False, time_zone="UTC")
    services.withdraw_co_host(room, host, petra)
    services.ask_co_host(room.public_id, host, lin)  # is not asked again
    assert [co_host.user for co_host in room.co_hosts.all()] == [lin]
    for user in (lin, petra):
        with pytest.raises(Refused, match="not_allowed"):
            services.open_scheduled(room.public_id, user)
    services.open_scheduled(room.public_id, host)
    assert not room.participants.exists()


def test_who_cannot_be_asked(client: Client, host: User) -> None:
    room, blocker, suspended = a_room_to_come(host), a_member("Petra Block"), a_member("Petra Gone", is_active=False)
    accounts.block(blocker, host)
    assert client.get(page_of(room), {"find": "petra"}).context["found"] == []
    for user in (blocker, suspended, host):
        with pytest.raises(Refused, match="not_allowed"):
            services.ask_co_host(room.public_id, host, user)
    with pytest.raises(Refused, match="not_allowed"):
        services.ask_co_host(room.public_id, a_member(), a_member())
    with pytest.raises(Refused, match="not_allowed"):
        services.answer_co_host(room, a_member(), accept=True, time_zone="UTC")
    for _ in range(5):
        services.ask_co_host(room.public_id, host, a_member())
    with pytest.raises(Refused, match="not_allowed"):
        services.ask_co_host(room.public_id, host, a_member())
    assert CoHost.objects.count() == 5


def test_only_the_host_searches_for_co_hosts(client: Client, host: User) -> None:
    room = a_room_to_come(host)
    a_member("Lin Wei")
    sign_in(client, a_member("Amara Okafor"))
    assert client.get(page_of(room), {"find": "Lin"}).context["found"] == []
    answer = client.post(reverse("rooms:co_hosts", args=[room.public_id]), {"member": host.public_id})
    assert answer["X-Error-Code"] == "not_allowed"
    for strange in ("", "\0", "x" * 5000):
        answer = client.post(reverse("rooms:co_hosts", args=[room.public_id]), {"member": strange})
        assert answer.status_code == 404


# --- Starting, waiting, missing ---------------------------------------------------------------------------------------


def test_a_room_starts_from_a_quarter_of_an_hour_before(client: Client, host: User) -> None:
    room = a_room_to_come(host, minutes=16)
    answer = client.post(reverse("rooms:open_scheduled", args=[room.public_id]))
    assert (answer.status_code, answer["X-Error-Code"]) == (403, "room_not_open")
    assert "15 minutes" in answer.content.decode()
    assert not client.get(page_of(room)).context["card"].may_start
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert client.get(page_of(room)).context["card"].may_start
        assert client.post(reverse("rooms:open_scheduled", args=[room.public_id]))["Location"] == page_of(room)


def test_who_waits_is_told_when_it_began(client: Client, host: User) -> None:
    room = a_room_to_come(host, minutes=10)
    address = reverse("rooms:phase", args=[room.public_id])
    assert client.get(address).json() == {"phase": "scheduled", "going": 0, "again_in": 8, "enter_within": 1}
    services.open_scheduled(room.public_id, host)
    assert client.get(address).json()["phase"] == "live"
    client.logout()
    assert client.get(address).status_code == 404


def test_a_thousand_who_wait_ask_in_turns(client: Client, host: User) -> None:
    room = a_room_to_come(host)
    people = User.objects.bulk_create(User(email=f"{n}@example.org") for n in range(1000))
    Rsvp.objects.bulk_create(Rsvp(room=room, user=user) for user in people)
    answer = client.get(reverse("rooms:phase", args=[room.public_id])).json()
    assert answer["again_in"] == 40
    assert answer["enter_within"] == 20


def test_a_room_that_nobody_started_is_gone_quietly(client: Client, host: User) -> None:
    room = a_room_to_come(host, minutes=10)
    assert services.close_missed_rooms(room.starts_at + timedelta(minutes=29)) == 0
    with time_machine.travel(room.starts_at + timedelta(minutes=31)):
        tasks.close_missed_rooms()
        tasks.close_missed_rooms()
        room.refresh_from_db()
        assert (room.phase, room.not_held, room.revision) == ("ended", "nobody_came", 1)
        assert "did not happen" in client.get(page_of(room)).content.decode()
        with pytest.raises(Refused, match="room_ended"):
            services.open_scheduled(room.public_id, host)


def test_a_room_that_was_started_is_not_missed(host: User) -> None:
    room = a_room_to_come(host, minutes=10)
    services.open_scheduled(room.public_id, host)
    assert services.close_missed_rooms(room.starts_at + timedelta(hours=3)) == 0


# --- Without an account ---------------------------------------------------------------------------------------------------


def test_a_guest_waits_for_a_public_room_from_its_link(host: User) -> None:
    client = Client()
    room = a_room_to_come(host, visibility="public")
    fan = a_member("Fan Of Packages")
    services.go(room, fan, "UTC")
    page = client.get(page_of(room)).content.decode()
    assert "Chip packaging 101" in page
    assert "Sign in to be reminded" in page
    assert host.name in page
    assert "Fan Of Packages" not in page
    assert reverse("accounts:profile", args=[host.public_id]) not in page
    assert client.get(reverse("rooms:phase", args=[room.public_id])).json()["phase"] == "scheduled"
    assert b"BEGIN:VEVENT" in client.get(reverse("rooms:event_file", args=[room.public_id])).content
    services.cancel_scheduled(room.public_id, host)
    assert "called this room off" in client.get(page_of(room)).content.decode()


@pytest.mark.parametrize("visibility", ["members", "followers", "closed"])
def test_no_guest_is_shown_a_room_to_come_of_members(host: User, visibility: str) -> None:
    client = Client()
    room = a_room_to_come(host, visibility=visibility)
    assert reverse("account_login") in client.get(page_of(room))["Location"]
    for name in ("rooms:phase", "rooms:event_file"):
        assert client.get(reverse(name, args=[room.public_id])).status_code == 404
