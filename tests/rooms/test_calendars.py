"""Calendars, read back by the library that calendars are read with."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from rooms import services
from rooms.models import CalendarFeed
from tests.factories import a_live_room, a_member, a_room_to_come

pytestmark = pytest.mark.django_db
TRICKY = "Wafers; dies, bumps \\ “vias”: 第一次 · 현장"


@pytest.fixture
def amara(client: Client, recording_bus) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend="accounts.backends.MemberBackend")
    return amara


def events(response) -> list:
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def new_address(client: Client) -> str:
    page = client.post(reverse("rooms:calendar"), {"act": "make"})
    assert "no-store" in page["Cache-Control"]
    return page.context["address"].removeprefix("http://testserver")


def test_a_file_holds_what_was_announced_whatever_its_letters(client: Client, amara: User) -> None:
    room = a_room_to_come(title=TRICKY, description="First line\n\nSecond; line, with \\ marks " + "长" * 100)
    (event,) = events(client.get(reverse("rooms:event_file", args=[room.public_id])))
    assert event["summary"] == TRICKY
    assert str(event["description"]).startswith(room.description)
    assert event["dtstart"].dt == room.starts_at.replace(microsecond=0)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=1)
    assert event["status"] == "CONFIRMED"
    assert str(event["url"]) == f"http://testserver/r/{room.public_id}/"
    content = client.get(reverse("rooms:event_file", args=[room.public_id])).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"example.org" not in content  # nobody's address


def test_an_event_keeps_its_name_and_grows_with_changes(client: Client, amara: User) -> None:
    room = a_room_to_come(amara)
    address = reverse("rooms:event_file", args=[room.public_id])

    def now() -> tuple:
        (event,) = events(client.get(address))
        return str(event["uid"]), int(event["sequence"]), str(event["status"])

    name = now()[0]
    assert now() == (name, 0, "CONFIRMED")
    services.change_scheduled(room.public_id, amara, title="Another title")
    assert now() == (name, 1, "CONFIRMED")
    services.change_scheduled(room.public_id, amara, description="More of it")
    assert now() == (name, 2, "CONFIRMED")
    services.cancel_scheduled(room.public_id, amara)
    assert now() == (name, 3, "CANCELLED")


def test_a_feed_holds_what_one_goes_to_or_hosts_and_no_more(client: Client, amara: User) -> None:
    mine, going, asked, other, off = (
        a_room_to_come(host, title=title)
        for host, title in ((amara, "Mine"), (None, "Going"), (None, "Asked"), (None, "Other"), (None, "Called off"))
    )
    services.go(going, amara, "UTC")
    services.go(off, amara, "UTC")
    services.cancel_scheduled(off.public_id, off.host)
    services.ask_co_host(asked.public_id, asked.host, amara)
    a_live_room(amara, title="Opened there and then")
    address = new_address(client)
    client.logout()
    found = {str(event["summary"]): str(event["status"]) for event in events(client.get(address))}
    assert found == {"Mine": "CONFIRMED", "Going": "CONFIRMED", "Called off": "CANCELLED"}
    services.answer_co_host(asked, amara, accept=True, time_zone="UTC")
    assert "Asked" in {str(event["summary"]) for event in events(client.get(address))}
    assert mine.host == amara
    assert other.title not in found


def test_an_address_is_shown_once_replaced_and_revoked(client: Client, amara: User) -> None:
    first = new_address(client)
    token = first.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in client.get(reverse("rooms:calendar")).content.decode()
    assert token not in CalendarFeed.objects.get().token_hash
    second = new_address(client)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.post(reverse("rooms:calendar"), {"act": "revoke"})
    assert client.get(second).status_code == 404


def test_a_suspended_member_has_no_feed(client: Client, amara: User) -> None:
    address = new_address(client)
    amara.is_active = False
    amara.save()
    assert client.get(address).status_code == 404


def test_guessing_addresses_has_its_limit(client: Client, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "calendar_guess": "2/m/ip"}
    address = reverse("rooms:calendar_feed", args=["x" * 43])
    assert [client.get(address).status_code for _ in range(3)] == [404, 404, 429]


def test_old_rooms_leave_the_feed(client: Client, amara: User) -> None:
    room = a_room_to_come(amara)
    room.starts_at = timezone.now() - timedelta(days=61)
    room.save()
    assert events(client.get(new_address(client))) == []
