"""Headers, cookies, sessions, passwords and staff's pages are as docs/security.md says."""

import os
import re
import subprocess
import sys
import time
from typing import Any

import pytest
import structlog
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.second_factor import SEEN_AT
from accounts.session_store import BEGAN_AT, SessionStore
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, confirm_it_is_me, is_signed_in, sign_in
from tests.environment.installation import ROOT
from tests.factories import PASSWORD, a_member

pytestmark = pytest.mark.django_db
DAY = 86_400


# --- Headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/nowhere/", "/accounts/login/", "/hallway/", "/me/", "/me/safety/", "/invites/"]
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_is_kept_or_embedded_by_others(client: Client, address: str, signed_in: bool) -> None:
    if signed_in:
        client.force_login(a_member(), backend="accounts.backends.MemberBackend")
    response = client.get(address, headers={"origin": "https://evil.example"})
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]
    assert "no-store" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "microphone=(self)" in response["Permissions-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_signing_out_leaves_nothing_in_the_cache(client: Client) -> None:
    sign_in(client, a_proven_member())
    assert "Clear-Site-Data" not in client.get("/hallway/")
    response = client.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["/static/", "/static/js/", "/static/js", "/.git/config", "/media/", "/private/"])
def test_no_folder_is_listed(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


# --- Cookies --------------------------------------------------------------------------------------------------------

_PRODUCTION = """
import django; django.setup()
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from accounts import known_browsers, zones
from accounts.cookies import MessageStorage
from rooms import guests
response, request = HttpResponse(), HttpRequest()
guests.give(response, "x" * 16); zones.choose(response, "UTC"); known_browsers.remember(request, response, "a@example.org")
request.session = {}
messages = MessageStorage(request); messages.add(20, "Saved"); messages.update(response)
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, *response.cookies)
cookies = response.cookies.values()
print(all(one["secure"] and one["path"] == "/" and not one["domain"] and one["samesite"] for one in cookies))
print(all([settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE]))
print(all([settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY, settings.LANGUAGE_COOKIE_HTTPONLY]))
print(settings.SECURE_HSTS_SECONDS >= 31536000 and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.DEBUG)
from django.contrib.auth.hashers import get_hasher
print(get_hasher().algorithm, get_hasher().iterations)
"""


def test_in_production_every_cookie_is_of_this_host_and_https_only_and_passwords_are_hashed_slowly() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "MITALK_SECRET_KEY": "s" * 60,
        "MITALK_DATA_KEYS": "d" * 60,
        "MITALK_ORIGINS": "https://talk.example.org",
    }
    command = [sys.executable, "-c", _PRODUCTION]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    names, attributes, secure, hidden, rest, hasher = done.stdout.splitlines()
    assert len(names.split()) == 7
    assert all(name.startswith("__Host-") for name in names.split())
    assert (attributes, secure, hidden, rest) == ("True", "True", "True", "True False")
    algorithm, rounds = hasher.split()
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


# --- Sessions -------------------------------------------------------------------------------------------------------


def session_of(client: Client) -> Any:
    return SessionStore(client.session.session_key)


def test_a_session_has_a_long_random_key(client: Client) -> None:
    keys = set()
    for _ in range(3):
        sign_in(client, a_proven_member())
        keys.add(client.session.session_key)
        client.logout()
    assert len(keys) == 3
    assert all(re.fullmatch("[a-z0-9]{32}", key) for key in keys)  # 165 bits


def test_a_session_ends_when_nobody_comes(client: Client, settings: Any) -> None:
    sign_in(client, a_proven_member())
    assert settings.SESSION_COOKIE_AGE == 14 * DAY
    assert 13 * DAY < session_of(client).get_expiry_age() <= 14 * DAY


def test_a_session_ends_a_month_after_it_began_however_often_somebody_comes(client: Client, time_machine: Any) -> None:
    sign_in(client, a_proven_member())
    began = session_of(client)[BEGAN_AT]
    for day in range(7, 29, 7):
        time_machine.move_to(began + day * DAY, tick=False)
        assert is_signed_in(client), day
    assert session_of(client).get_expiry_age() == 2 * DAY
    time_machine.move_to(began + 30 * DAY + 1, tick=False)
    assert not is_signed_in(client)


def test_a_new_key_of_a_session_makes_it_no_younger(client: Client) -> None:
    sign_in(client, a_proven_member())
    session = session_of(client)
    session[BEGAN_AT] -= 20 * DAY
    session.save()
    session.cycle_key()
    assert 9 * DAY < SessionStore(session.session_key).get_expiry_age() <= 10 * DAY


# --- Staff ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff_page(client: Client, settings: Any) -> tuple[Client, User]:
    """Somebody of staff who signed in by their second factor."""
    settings.MITALK_STAFF_SECOND_FACTOR = True
    head = a_proven_member("Sofia Takács", is_staff=True, is_superuser=True)
    secret = an_app_of(head)
    sign_in(client, head, next="/staff/")
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert client.get("/staff/").status_code == 200
    return client, head


def age(client: Client, seconds: float) -> None:
    """Let everything that the session remembers of staff be so much older."""
    session = session_of(client)
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session[SEEN_AT] = session.get(SEEN_AT, time.time()) - seconds
    session.save()


def test_staff_who_are_away_for_an_hour_show_their_second_factor_again(staff_page: tuple[Client, User]) -> None:
    client, _head = staff_page
    age(client, 50 * 60)
    assert client.get("/staff/").status_code == 200
    age(client, 61 * 60)
    assert client.get("/staff/", follow=True).redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))
    assert is_signed_in(client)


def test_staff_show_their_second_factor_every_working_day(staff_page: tuple[Client, User]) -> None:
    client, _head = staff_page
    age(client, 13 * 3600)
    session = session_of(client)
    session[SEEN_AT] = time.time()
    session.save()
    assert client.get("/staff/", follow=True).redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))


def test_what_reaches_furthest_is_asked_for_again_and_then_goes_on(staff_page: tuple[Client, User]) -> None:
    client, _head = staff_page
    address = reverse("admin:auth_group_add")
    assert client.post(address, {"name": "At once"})["Location"] == reverse("admin:auth_group_changelist")
    age(client, 11 * 60)
    session = session_of(client)
    session[SEEN_AT] = time.time()
    session.save()
    assert client.get(address).status_code == 200
    asked = client.post(address, {"name": "Later"})
    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    from django.contrib.auth.models import Group

    assert not Group.objects.filter(name="Later").exists()


@pytest.mark.parametrize("action", ["delete_selected", "make_verified"])
def test_what_reaches_furthest_is_asked_for_again_when_it_is_done_from_a_list(
    staff_page: tuple[Client, User], action: str
) -> None:
    client, head = staff_page
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import Group

    chosen: Any = Group.objects.create(name="Of power")
    if action == "make_verified":
        chosen = EmailAddress.objects.create(user=head, email="not-proven@example.org", verified=False)
    age(client, 11 * 60)
    session = session_of(client)
    session[SEEN_AT] = time.time()
    session.save()
    address = reverse(f"admin:{chosen._meta.app_label}_{chosen._meta.model_name}_changelist")
    asked = client.post(address, {"action": action, "_selected_action": chosen.pk, "post": "yes"})
    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Group.objects.filter(name="Of power").exists()
    assert not EmailAddress.objects.filter(email="not-proven@example.org", verified=True).exists()


# --- Passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password", ["MiTalk2026!!", "mitalk-mitalk-1", "Welcome20261!", "moderator1234", "testserver99"]
)
def test_words_of_this_place_are_no_password(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "x" * 8 + "qzvjk" * 13, "房间里的大象很安静啊真的", "我mitalk的密码是很长的"],
)
def test_others_are_whatever_they_are_made_of(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "almost"),
    [
        ("Correct Horse Battery", "correct horse battery"),
        ("x" * 8 + "qzvjk" * 24 + "!", "x" * 8 + "qzvjk" * 24 + "?"),
        ("x" * 8 + "qzvjk" * 24 + "!", "x" * 8 + "qzvjk" * 24),
        (" correct horse battery ", "correct horse battery"),
        ("Ängstliche Pferde 1", "Angstliche Pferde 1"),
    ],
)
def test_a_password_is_what_was_typed_to_the_letter(client: Client, password: str, almost: str) -> None:
    member = a_proven_member()
    sign_in(client, member)
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post(reverse("account_change_password"), fields).status_code == 302
    other = Client()
    sign_in(other, member, almost)
    assert not is_signed_in(other)
    sign_in(other, member, password)
    assert is_signed_in(other)


def test_what_is_sent_in_an_address_fills_no_form(client: Client) -> None:
    member = a_proven_member()
    client.post(reverse("account_login", query={"login": member.email, "password": PASSWORD}))
    assert not is_signed_in(client)


# --- What is noted --------------------------------------------------------------------------------------------------


def events(log: list) -> list[str]:
    return [entry["event"] for entry in log]


def test_signing_in_failing_to_and_signing_out_are_noted_without_the_address(client: Client) -> None:
    member = a_proven_member()
    with structlog.testing.capture_logs() as log:
        sign_in(client, member, "a wrong password")
        sign_in(client, member)
        client.post(reverse("account_logout"))
    assert [one for one in events(log) if one.startswith("security.") and one != "security.refused"] == [
        "security.sign_in_failed",
        "security.signed_in",
        "security.signed_out",
    ]
    assert member.email not in str(log)
    signed_in = next(entry for entry in log if entry["event"] == "security.signed_in")
    assert signed_in["account"] == member.public_id


def test_a_refusal_is_noted_with_page_and_account(client: Client) -> None:
    member = a_member()
    client.force_login(member, backend="accounts.backends.MemberBackend")
    with structlog.testing.capture_logs() as log:
        client.post(reverse("invites:revoke", args=["A" * 16]))
    (refused,) = [entry for entry in log if entry["event"] == "security.refused"]
    assert (refused["page"], refused["status"]) == ("invites:revoke", 404)
    assert refused["account"] == member.public_id


def test_a_second_factor_that_comes_or_goes_is_noted(client: Client) -> None:
    member = a_proven_member()
    secret = an_app_of(member)
    sign_in(client, member)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    confirm_it_is_me(client)
    with structlog.testing.capture_logs() as log:
        client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=member, type="totp").exists()
    assert "security.factor_removed" in events(log)
