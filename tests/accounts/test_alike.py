"""Whether somebody has an account is not told, by any form that takes an address or a phone: same answer, same slow work.

How long each takes is measured by `manage.py bench enumeration`.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import bans, outbox
from accounts.models import OneTimeCode, OutboxMessage, User
from accounts.own_phones import own_phone
from tests.accounts.signing_in import a_proven_member, an_app_of, confirm_it_is_me, sign_in
from tests.factories import AGREED, PASSWORD, an_industry, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN, SUSPENDED, UNKNOWN = "amara@example.org", "susan@example.org", "nobody@example.org"
# What is shown of a number is its end.
KNOWN_PHONE, SUSPENDED_PHONE, UNKNOWN_PHONE = "+821012345678", "+821022225678", "+821033335678"
ASKING = "lin@example.org"  # a member who changes their number
_PASSING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|"challenge": "[^"]+"')
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_OF_THE_MOMENT = {"Content-Length", "Expires", "X-Request-ID"}
_MOST_READS_APART = 8  # over several pages, each far below a millisecond: what allauth looks up of somebody


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody outside can see of an answer, and what it cost."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    body: str
    hashed: int
    mailed: int  # while the page was waited for
    posted: tuple[str, ...]  # what goes out afterwards
    written: Counter[str]
    read: int = field(compare=False)


@pytest.fixture(autouse=True)
def _people() -> None:
    known = a_proven_member(email=KNOWN)
    an_app_of(known)  # a second factor is not told either
    own_phone(known, KNOWN_PHONE)
    suspended = a_proven_member("Susan", email=SUSPENDED)
    own_phone(suspended, SUSPENDED_PHONE)
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    bans.bind([suspended], "suspension")
    a_proven_member("Lin Wei", email=ASKING)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Ask something of the address or phone, and take the answer apart."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    monkeypatch.setattr(outbox, "_nudge", lambda: None)  # what goes out later is somebody else's work

    def ask(contact: str, steps: Callable[[Client, str], HttpResponse]) -> Answer:
        cache.clear()
        hashed.clear()
        mail.outbox.clear()
        OneTimeCode.objects.all().delete()
        OutboxMessage.objects.all().delete()
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            response = steps(client, contact)
        statements = [_LITERAL.sub("?", query["sql"]) for query in queries.captured_queries]
        return Answer(
            response.status_code,
            tuple(sorted((name, value) for name, value in response.headers.items() if name not in _OF_THE_MOMENT)),
            tuple(sorted(response.cookies)),
            _PASSING.sub("", response.content.decode()).replace(contact, "somebody"),
            len(hashed),
            len(mail.outbox),
            tuple(OutboxMessage.objects.order_by("channel").values_list("channel", flat=True)),
            Counter(text[:60] for text in statements if text.startswith(("INSERT", "UPDATE", "DELETE"))),
            sum(text.startswith("SELECT") for text in statements),
        )

    return ask


def must_be_alike(*answers: Answer) -> None:
    for answer in answers[:-1]:
        for part in fields(Answer):
            assert not part.compare or getattr(answer, part.name) == getattr(answers[-1], part.name), part.name
    reads = [answer.read for answer in answers]
    assert max(reads) - min(reads) <= _MOST_READS_APART
    assert {answer.mailed for answer in answers} == {0}


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
    must_be_alike(*(asked(email, steps) for email in (KNOWN, SUSPENDED, UNKNOWN)))


def phone_to_sign_in_by(client: Client, phone: str) -> HttpResponse:
    return client.post(reverse("accounts:phone_sign_in"), {"contact": phone})


def page_of_the_phones_code(client: Client, phone: str) -> HttpResponse:
    phone_to_sign_in_by(client, phone)
    return client.get(reverse("accounts:phone_sign_in_code"))


def another_code_to_the_phone(client: Client, phone: str) -> HttpResponse:
    phone_to_sign_in_by(client, phone)
    client.post(reverse("accounts:phone_sign_in_code"))
    return client.get(reverse("accounts:phone_sign_in_code"))


def wrong_code_of_the_phone(client: Client, phone: str) -> HttpResponse:
    phone_to_sign_in_by(client, phone)
    return client.post(reverse("accounts:phone_sign_in_code"), {"code": "wrong"})


def too_many_wrong_codes_of_the_phone(client: Client, phone: str) -> HttpResponse:
    phone_to_sign_in_by(client, phone)
    for _ in range(6):
        response = client.post(reverse("accounts:phone_sign_in_code"), {"code": "wrong"})
    return response


def too_many_codes_to_the_phone(client: Client, phone: str) -> HttpResponse:
    for _ in range(4):
        response = phone_to_sign_in_by(client, phone)
    return response


def _signed_in(client: Client) -> Client:
    sign_in(client, User.objects.get(email=ASKING))
    confirm_it_is_me(client)
    return client


def phone_to_own(client: Client, phone: str) -> HttpResponse:
    return _signed_in(client).post(reverse("accounts:phone"), {"contact": phone})


def page_of_the_code_to_own_it(client: Client, phone: str) -> HttpResponse:
    phone_to_own(client, phone)
    return client.get(reverse("accounts:phone_code"))


def wrong_code_to_own_it(client: Client, phone: str) -> HttpResponse:
    phone_to_own(client, phone)
    return client.post(reverse("accounts:phone_code"), {"code": "wrong"})


def application(client: Client, contact: str) -> HttpResponse:
    data = {"name": "Somebody", "occupation": "Engineer", "industry": an_industry().pk, "why": "To talk to colleagues."}
    return client.post(reverse("invites:apply"), {**data, "contact": contact})


def page_of_the_application(client: Client, contact: str) -> HttpResponse:
    application(client, contact)
    return client.get(reverse("invites:apply_code"))


def wrong_code_of_the_application(client: Client, contact: str) -> HttpResponse:
    application(client, contact)
    return client.post(reverse("invites:apply_code"), {"code": "wrong"})


def never(client: Client, contact: str) -> HttpResponse:
    return client.post(reverse("invites:never_ask"), {"contact": contact})


def page_of_never(client: Client, contact: str) -> HttpResponse:
    never(client, contact)
    return client.get(reverse("invites:never_code"))


def wrong_code_of_never(client: Client, contact: str) -> HttpResponse:
    never(client, contact)
    return client.post(reverse("invites:never_code"), {"code": "wrong"})


FOR_ANYBODY = [
    application,
    page_of_the_application,
    wrong_code_of_the_application,
    never,
    page_of_never,
    wrong_code_of_never,
]


@pytest.mark.parametrize(
    "steps",
    [
        phone_to_sign_in_by,
        page_of_the_phones_code,
        another_code_to_the_phone,
        wrong_code_of_the_phone,
        too_many_wrong_codes_of_the_phone,
        too_many_codes_to_the_phone,
        phone_to_own,
        page_of_the_code_to_own_it,
        wrong_code_to_own_it,
        *FOR_ANYBODY,
    ],
)
def test_so_are_phones(asked, steps) -> None:
    must_be_alike(*(asked(phone, steps) for phone in (KNOWN_PHONE, SUSPENDED_PHONE, UNKNOWN_PHONE)))


@pytest.mark.parametrize("steps", FOR_ANYBODY)
def test_so_are_addresses_in_the_forms_for_anybody(asked, steps) -> None:
    answers = [asked(email, steps) for email in (KNOWN, UNKNOWN)]
    must_be_alike(*(_without_hint(answer) for answer in answers))


def _without_hint(answer: Answer) -> Answer:
    return replace(answer, body=re.sub(r"\w…@", "…@", answer.body))


def join(client: Client, email: str) -> HttpResponse:
    client.post(reverse("invites:accept", args=[an_invite()[1]]))
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD, **AGREED})


def page_after_joining(client: Client, email: str) -> HttpResponse:
    join(client, email)
    return client.get(reverse("account_email_verification_sent"))


@pytest.mark.parametrize("steps", [join, page_after_joining])
def test_so_is_who_joins_with_a_new_address_or_one_that_is_taken(asked, steps) -> None:
    must_be_alike(asked(KNOWN, steps), asked(UNKNOWN, steps))


def test_the_mail_says_what_is_so_to_whoever_reads_that_mailbox(asked) -> None:
    asked(UNKNOWN, code)
    outbox.send_due()
    assert mail.outbox[0].to == [UNKNOWN]
    assert "no account with this address" in mail.outbox[0].body
    asked(KNOWN, join)
    outbox.send_due()
    assert "an account with this address already" in mail.outbox[0].body


def test_a_passkey_is_asked_for_without_saying_whose(client: Client) -> None:
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert not options["request_options"]["publicKey"].get("allowCredentials")
