"""Whether somebody has an account is not told: same answer, same work, the same number of mails."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import a_proven_member, an_app_of
from tests.factories import AGREED, PASSWORD, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN, SUSPENDED, UNKNOWN = "amara@example.org", "susan@example.org", "nobody@example.org"
_PASSING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|"challenge": "[^"]+"')


@dataclass(frozen=True)
class Answer:
    """What somebody outside can see of an answer, and what it cost."""

    status: int
    location: str
    body: str
    hashed: int
    mailed: int


@pytest.fixture(autouse=True)
def _people() -> None:
    an_app_of(a_proven_member(email=KNOWN))  # a second factor is not told either
    suspended = a_proven_member("Susan", email=SUSPENDED)
    User.objects.filter(pk=suspended.pk).update(is_active=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Ask something of the address, and take the answer apart."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def ask(email: str, steps: Callable[[Client, str], HttpResponse]) -> Answer:
        cache.clear()
        hashed.clear()
        mail.outbox.clear()
        response = steps(Client(), email)
        body = _PASSING.sub("", response.content.decode()).replace(email, "somebody@example.org")
        return Answer(response.status_code, response.get("Location", ""), body, len(hashed), len(mail.outbox))

    return ask


def wrong_password(client: Client, email: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": email, "password": "wrong horse battery"})


def too_many_wrong_passwords(client: Client, email: str) -> HttpResponse:
    for _ in range(6):
        response = wrong_password(client, email)
    return response


def code(client: Client, email: str) -> HttpResponse:
    return client.post(reverse("account_request_login_code"), {"email": email})


def page_of_the_code(client: Client, email: str) -> HttpResponse:
    code(client, email)
    return client.get(reverse("account_confirm_login_code"))


def wrong_code(client: Client, email: str) -> HttpResponse:
    code(client, email)
    return client.post(reverse("account_confirm_login_code"), {"code": "BBBB-BBBB"})


def too_many_wrong_codes(client: Client, email: str) -> HttpResponse:
    code(client, email)
    for _ in range(5):
        client.post(reverse("account_confirm_login_code"), {"code": "BBBB-BBBB"})
    return client.get(reverse("account_request_login_code"))


def too_many_codes(client: Client, email: str) -> HttpResponse:
    for _ in range(4):
        response = code(client, email)
    return response


def forgotten(client: Client, email: str) -> HttpResponse:
    return client.post(reverse("account_reset_password"), {"email": email})


def page_of_forgotten(client: Client, email: str) -> HttpResponse:
    forgotten(client, email)
    return client.get(reverse("account_confirm_password_reset_code"))


def wrong_code_of_forgotten(client: Client, email: str) -> HttpResponse:
    forgotten(client, email)
    return client.post(reverse("account_confirm_password_reset_code"), {"code": "BBBB-BBBB"})


def too_often_forgotten(client: Client, email: str) -> HttpResponse:
    for _ in range(4):
        response = forgotten(client, email)
    return response


@pytest.mark.parametrize(
    "steps",
    [
        wrong_password,
        too_many_wrong_passwords,
        code,
        page_of_the_code,
        wrong_code,
        too_many_wrong_codes,
        too_many_codes,
        forgotten,
        page_of_forgotten,
        wrong_code_of_forgotten,
        too_often_forgotten,
    ],
)
def test_known_suspended_and_unknown_are_answered_alike(asked, steps) -> None:
    known, suspended, unknown = (asked(email, steps) for email in (KNOWN, SUSPENDED, UNKNOWN))
    assert known == unknown
    assert suspended == unknown


def join(client: Client, email: str) -> HttpResponse:
    client.post(reverse("invites:accept", args=[an_invite()[1]]))
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD, **AGREED})


def page_after_joining(client: Client, email: str) -> HttpResponse:
    join(client, email)
    return client.get(reverse("account_email_verification_sent"))


@pytest.mark.parametrize("steps", [join, page_after_joining])
def test_so_is_who_joins_with_a_new_address_or_one_that_is_taken(asked, steps) -> None:
    assert asked(KNOWN, steps) == asked(UNKNOWN, steps)


def test_the_mail_says_what_is_so_to_whoever_reads_that_mailbox(asked) -> None:
    asked(UNKNOWN, code)
    assert mail.outbox[0].to == [UNKNOWN]
    assert "no account with this address" in mail.outbox[0].body
    asked(KNOWN, join)
    assert "an account with this address already" in mail.outbox[0].body


def test_a_passkey_is_asked_for_without_saying_whose(client: Client) -> None:
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert not options["request_options"]["publicKey"].get("allowCredentials")
