"""What holds for every page: headers, a stable code for each refusal, no script or style within the page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import contacts
from accounts.models import User
from invites.services import refusing
from rooms import services
from rooms.models import Room
from tests.factories import a_live_room, a_member, a_room_to_come, an_invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(recording_bus) -> dict[str, tuple[str, User | None]]:
    member = a_member()
    room = a_live_room(member)
    services.join(room.public_id, member, muted=True)
    _invite, code = an_invite(sponsor=member, room=room)
    over = a_live_room(member)
    services.end_from_outside(over.public_id, by=over.host)
    closed = a_live_room(a_member("Lin Wei"))
    Room.objects.filter(pk=closed.pk).update(visibility="closed")
    coming, off = a_room_to_come(member), a_room_to_come(member)
    services.cancel_scheduled(off.public_id, member)
    return {
        "front": (reverse("rooms:front"), None),
        "sign in": (reverse("account_login"), None),
        "closed sign-up": (reverse("account_signup"), None),
        "invite": (reverse("invites:preview", args=[code]), None),
        "unknown invite": (reverse("invites:preview", args=["x"]), None),
        "sign in by a code": (reverse("account_request_login_code"), None),
        "reset": (reverse("account_reset_password"), None),
        "self-test": (reverse("rooms:check"), None),
        "self-test of a member": (reverse("rooms:check"), member),
        "not found": ("/nowhere/", None),
        "invites": (reverse("invites:mine"), member),
        "invite somebody": (reverse("invites:make"), member),
        "ask to join": (reverse("invites:apply"), None),
        "never invite me": (
            reverse("invites:never", args=[refusing.token_of(contacts.email("petra@example.org"))]),
            None,
        ),
        "never, asked for": (reverse("invites:never_ask"), None),
        "how to get in": (reverse("invites:how_to_get_in"), None),
        "choices": (reverse("rooms:choices", args=[room.public_id]), member),
        "closed room": (reverse("rooms:room", args=[closed.public_id]), member),
        "time zone": (reverse("accounts:time_zone"), None),
        "hallway": (reverse("rooms:hallway"), member),
        "new room": (reverse("rooms:new_room"), member),
        "new topic": (reverse("rooms:new_topic"), member),
        "room": (reverse("rooms:room", args=[room.public_id]), member),
        "room that is over": (reverse("rooms:room", args=[over.public_id]), member),
        "own profile": (reverse("accounts:welcome"), member),
        "profile": (reverse("accounts:profile", args=[member.public_id]), member),
        "addresses": (reverse("account_email"), member),
        "programme": (reverse("rooms:programme"), member),
        "search": (reverse("rooms:search") + "?q=a", member),
        "plan a room": (reverse("rooms:schedule"), member),
        "room to come": (reverse("rooms:room", args=[coming.public_id]) + "?find=a", member),
        "room called off": (reverse("rooms:room", args=[off.public_id]), member),
        "change a room": (reverse("rooms:edit", args=[coming.public_id]), member),
        "call a room off": (reverse("rooms:cancel", args=[coming.public_id]), member),
        "calendar": (reverse("rooms:calendar"), member),
        "account": (reverse("accounts:account"), member),
        "data": (reverse("accounts:data"), member),
        "delete": (reverse("accounts:delete"), member),
        "agreements": (reverse("accounts:agreements"), member),
        "notifications": (reverse("accounts:notices"), member),
        "stop notices": (reverse("accounts:stop_notices", args=["x"]), None),
        "rules": (reverse("accounts:document", args=["rules"]), None),
        "sign out": (reverse("account_logout"), member),
        "sign-in and safety": (reverse("accounts:safety"), member),
        "sessions": (reverse("usersessions_list"), member),
        "is it you": (reverse("account_reauthenticate"), member),
        "passkeys": (reverse("mfa_list_webauthn"), member),
    }


def test_every_page_is_strict_and_holds_no_inline_code(client: Client, pages) -> None:
    for name, (address, member) in pages.items():
        if member is not None:
            client.force_login(member, backend="accounts.backends.MemberBackend")
        response = client.get(address)
        page = response.content.decode()
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert response["X-Frame-Options"] == "DENY", name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] == "same-origin", name
        assert "microphone=(self)" in response["Permissions-Policy"], name
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page), name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", page), name
        assert re.search(r'<html lang="[a-z-]+"', page), name


@pytest.mark.parametrize(
    "name",
    [
        "rooms:hallway",
        "rooms:new_room",
        "rooms:new_topic",
        "rooms:schedule",
        "rooms:programme",
        "rooms:search",
        "rooms:calendar",
        "accounts:welcome",
    ],
)
def test_strangers_are_sent_to_sign_in(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_an_unknown_page_has_a_stable_code(client: Client) -> None:
    response = client.get("/nowhere/")
    assert (response.status_code, response["X-Error-Code"]) == (404, "not_found")


def test_a_form_without_its_token_says_that_the_page_stood_open_too_long() -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert (response.status_code, response["X-Error-Code"]) == (403, "form_expired")


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_the_chosen_language_is_kept(client: Client, language: str) -> None:
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    assert f'<html lang="{language}"' in client.get(reverse("rooms:front")).content.decode()
