"""Topics and rooms, made and looked at by three people: the host, a colleague, an outsider."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from rooms import services
from rooms.models import Room, Topic
from tests.factories import a_live_room, a_member, a_topic, an_industry
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Packaging 101",
    "language": "en",
    "description": "",
    "speakers": "",
    "visibility": "members",
    "confidentiality": "on_record",
    "hand_policy": "everyone",
    "stage_size": 8,
    "slow_mode": 0,
}


@pytest.fixture
def host(client: Client, recording_bus: RecordingBus) -> User:
    host = a_member("Ji-woo Han")
    client.force_login(host, backend="accounts.backends.MemberBackend")
    return host


def test_a_topic_is_made_and_a_room_opened_in_it(client: Client, host: User) -> None:
    response = client.post(reverse("rooms:new_topic"), {"name": "Chip packaging", "industry": an_industry().pk})
    topic = Topic.objects.get()
    assert response["Location"] == f"{reverse('rooms:new_room')}?topic={topic.public_id}"
    assert client.get(response["Location"]).context["form"].initial["topic"] == topic
    form = FORM | {"topic": topic.pk}
    room_address = client.post(reverse("rooms:new_room"), form)["Location"]
    room = Room.objects.get()
    assert room_address == reverse("rooms:room", args=[room.public_id])
    page = client.get(room_address)
    assert page.context["i_am_host"]
    assert page.context["i_am_on_stage"]


def test_a_room_is_opened_with_everything_chosen(client: Client, host: User) -> None:
    chosen = {
        "description": "  How the yield\r\nwas measured ",
        "language": "ko",
        "visibility": "followers",
        "confidentiality": "off_record",
        "hand_policy": "followed",
        "stage_size": 3,
        "slow_mode": 30,
    }
    client.post(reverse("rooms:new_room"), FORM | chosen | {"topic": a_topic(host).pk})
    room = Room.objects.get()
    assert {name: getattr(room, name) for name in chosen} == chosen | {"description": "How the yield was measured"}
    assert room.opened_by == host


def test_a_closed_room_asks_next_who_may_enter(client: Client, host: User) -> None:
    response = client.post(reverse("rooms:new_room"), FORM | {"topic": a_topic(host).pk, "visibility": "closed"})
    assert response["Location"] == reverse("rooms:choices", args=[Room.objects.get().public_id])


def test_the_form_begins_with_title_and_topic_and_hides_the_rest_until_it_is_wanted_or_wrong(
    client: Client, host: User
) -> None:
    page = client.get(reverse("rooms:new_room"))
    assert [field.name for field in page.context["form"].always] == ["title", "topic"]
    assert '<details class="more">' in page.content.decode()
    wrong = client.post(reverse("rooms:new_room"), FORM | {"topic": a_topic(host).pk, "stage_size": 99})
    assert wrong.context["form"].has_error("stage_size")
    assert '<details class="more" open>' in wrong.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visibility", "everybody"),
        ("confidentiality", ""),
        ("confidentiality", "loose"),
        ("slow_mode", 7),
        ("slow_mode", -10),
        ("stage_size", 0),
        ("stage_size", 17),
        ("description", "x" * 2001),
        ("description", "a\u200bb"),
    ],
)
def test_a_choice_that_is_none_is_refused(client: Client, host: User, field: str, value: object) -> None:
    form = FORM | {"topic": a_topic(host).pk, field: value}
    assert client.post(reverse("rooms:new_room"), form).context["form"].has_error(field)
    assert not Room.objects.exists()


def test_what_applies_is_read_before_anybody_is_seen(client: Client, host: User) -> None:
    room = a_live_room(host)
    Room.objects.update(confidentiality="off_record")
    services.join(room.public_id, host, muted=True)
    address = reverse("rooms:room", args=[room.public_id])
    assert not client.get(address).context["asks"]  # the host chose it
    member = a_member("Amara Okafor")
    client.force_login(member, backend="accounts.backends.MemberBackend")
    page = client.get(address)
    assert page.context["asks"]
    assert (page.context["stage"], page.context["audience"]) == ([], [])
    assert "I agree, let me in" in page.content.decode()
    services.join(room.public_id, member, muted=True, accepts="off_record")
    page = client.get(address)
    assert not page.context["asks"]
    assert [person.name for person in page.context["stage"]] == ["Ji-woo Han"]


def test_the_audience_of_a_chatham_house_room_is_not_in_its_page(client: Client, host: User) -> None:
    room = a_live_room(host)
    Room.objects.update(confidentiality="chatham")
    services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts="chatham")
    page = client.get(reverse("rooms:room", args=[room.public_id]))
    assert page.context["audience_count"] == 1
    assert "Lin Wei" not in page.content.decode()


def test_the_host_chooses_another_confidentiality_on_a_page(client: Client, host: User) -> None:
    room = a_live_room(host)
    address = reverse("rooms:change_confidentiality", args=[room.public_id])
    assert client.post(address, {"confidentiality": "chatham"}).status_code == 302
    services.join(room.public_id, a_member(), muted=True, accepts="chatham")
    response = client.post(address, {"confidentiality": "on_record"})
    assert (response.status_code, response["X-Error-Code"]) == (409, "confidentiality_fixed")
    client.force_login(a_member(), backend="accounts.backends.MemberBackend")
    assert client.post(address, {"confidentiality": "off_record"}).status_code == 404
    room.refresh_from_db()
    assert room.confidentiality == "chatham"


def test_a_rooms_address_is_a_code_that_a_phone_reads(client: Client, host: User) -> None:
    response = client.get(reverse("rooms:qr_code", args=[a_live_room(host).public_id]))
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content
    assert b"style=" not in response.content


def test_strangers_are_told_how_to_get_in(client: Client) -> None:
    address = reverse("invites:how_to_get_in")
    assert "by invitation" in client.get(address).content.decode()
    assert address in client.get(reverse("rooms:front")).content.decode()


def test_a_topic_that_is_there_is_used(client: Client, host: User) -> None:
    for name in ("Chip packaging", "chip PACKAGING"):
        assert client.post(reverse("rooms:new_topic"), {"name": name, "industry": an_industry().pk}).status_code == 302
    assert Topic.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("x" * 61, "max_length"),
        ("x" * 100_000, "max_length"),
        ("Сhips", "text_mixed_scripts"),
        ("Chi\u200bps", "text_unprintable"),
        ("a\x07b", "text_unprintable"),
        ("???", "text_blank"),
    ],
)
def test_a_bad_topic_or_title_is_refused_and_what_was_typed_stays(
    client: Client, host: User, name: str, code: str
) -> None:
    response = client.post(reverse("rooms:new_topic"), {"name": name, "industry": an_industry().pk})
    assert response.context["form"].has_error("name", code)
    assert f'<li data-code="{code}">' in response.content.decode()
    title = name + "xx" if code == "max_length" and len(name) == 61 else name
    title = "x" * 121 if len(title) == 63 else title
    form = FORM | {"title": title, "topic": a_topic(host).pk}
    response = client.post(reverse("rooms:new_room"), form)
    assert response.context["form"].has_error("title", code) or response.context["form"].has_error(
        "title", "min_length"
    )
    assert response.context["form"]["title"].value() == form["title"]
    assert not Room.objects.exists()


def test_named_speakers_sit_on_stage_and_strangers_addresses_tell_nothing(client: Client, host: User) -> None:
    speaker = a_member("Lin Wei", email="lin@example.org")
    form = FORM | {
        "topic": a_topic(host).pk,
        "language": "zh",
        "speakers": f"LIN@example.org, nobody@example.org, {host.email}",
    }
    assert client.post(reverse("rooms:new_room"), form).status_code == 302
    assert list(Room.objects.get().speakers.all()) == [speaker]


def test_a_stage_has_no_room_for_nine(client: Client, host: User) -> None:
    speakers = ", ".join(f"s{number}@example.org" for number in range(8))
    response = client.post(
        reverse("rooms:new_room"),
        FORM | {"topic": a_topic(host).pk, "speakers": speakers},
    )
    assert response.context["form"].has_error("speakers", "too_many_speakers")


def test_a_colleague_enters_as_a_listener_and_an_outsider_not_at_all(client: Client, host: User) -> None:
    address = reverse("rooms:room", args=[a_live_room(host).public_id])
    client.force_login(a_member("Amara Okafor"), backend="accounts.backends.MemberBackend")
    page = client.get(address)
    assert not page.context["i_am_host"]
    assert not page.context["i_am_on_stage"]
    client.logout()
    assert client.get(address)["Location"].startswith(reverse("account_login"))


def test_a_room_to_come_is_opened_by_its_host_and_nobody_else(client: Client, host: User) -> None:
    soon = timezone.now() + timedelta(minutes=10)
    room = services.schedule_room(host=host, title="To come", topic=a_topic(host), language="en", starts_at=soon)
    address = reverse("rooms:open_scheduled", args=[room.public_id])
    assert address in client.get(reverse("rooms:room", args=[room.public_id])).content.decode()
    client.force_login(a_member(), backend="accounts.backends.MemberBackend")
    assert address not in client.get(reverse("rooms:room", args=[room.public_id])).content.decode()
    response = client.post(address)
    assert (response.status_code, response["X-Error-Code"]) == (403, "not_allowed")
    client.force_login(host, backend="accounts.backends.MemberBackend")
    for _ in range(2):
        assert client.post(address)["Location"] == reverse("rooms:room", args=[room.public_id])
    room.refresh_from_db()
    assert room.phase == "live"
    services.end_from_outside(room.public_id, by=room.host)
    assert client.post(address)["X-Error-Code"] == "room_ended"


def test_an_unknown_room_is_not_found(client: Client, host: User) -> None:
    assert client.get(reverse("rooms:room", args=["nowhere-nowhere-"])).status_code == 404


def test_staff_end_a_room_and_it_is_written_down(client: Client, host: User) -> None:
    from accounts.models import AuditEntry

    room = a_live_room(host)
    staff = a_member(is_staff=True, is_superuser=True)
    client.force_login(staff, backend="accounts.backends.MemberBackend")
    data = {"action": "end_rooms", "_selected_action": [room.pk]}
    client.post(reverse("admin:rooms_room_changelist"), data)
    room.refresh_from_db()
    assert room.phase == "ended"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.target) == ("room.end_room", staff.public_id, room.public_id)


def test_staff_make_an_invite_and_see_its_link_once(client: Client, host: User) -> None:
    from invites.models import Invite

    client.force_login(a_member(is_staff=True, is_superuser=True), backend="accounts.backends.MemberBackend")
    form = {
        "email": "",
        "phone": "",
        "language": "en",
        "note": "",
        "seats": 2,
        "expires_at_0": "2030-01-01",
        "expires_at_1": "00:00",
        "sponsor": "",
        "room": "",
    }
    inline = {"redemptions-TOTAL_FORMS": 0, "redemptions-INITIAL_FORMS": 0}
    page = client.post(reverse("admin:invites_invite_add"), {**form, **inline}, follow=True).content.decode()
    assert "/i/" in page
    assert Invite.objects.get().seats == 2
    assert "/i/" not in client.get(reverse("admin:invites_invite_changelist")).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/r/%00/",
        "/r/a%00bcdefghijklmn/",
        "/r/" + "x" * 5_000 + "/",
        "/people/%00/",
        "/people/..%2f..%2fetc/",
        "/i/%00/",
        "/i/%ff%fe/",
        "/rooms/new/?topic=%00",
        "/rooms/new/?topic=" + "x" * 5_000,
        "/hallway/?x=%00",
        "/me/?next=%00",
        "/accounts/login/?next=%00",
    ],
)
def test_a_strange_address_is_answered_without_an_error_of_ours(client: Client, host: User, address: str) -> None:
    assert client.get(address).status_code < 500


def test_a_form_with_null_characters_is_refused_at_its_field(client: Client, host: User) -> None:
    response = client.post(reverse("rooms:new_topic"), {"name": "a\x00b", "industry": an_industry().pk})
    assert response.context["form"].errors["name"]
    form = {"title": "a\x00bcd", "topic": "\x00", "language": "\x00", "speakers": "\x00@example.org"}
    response = client.post(reverse("rooms:new_room"), form)
    assert set(response.context["form"].errors) >= {"title", "topic", "language"}


def test_an_unknown_host_is_refused_with_a_page(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})
    assert (response.status_code, response["X-Error-Code"]) == (400, "bad_request")
