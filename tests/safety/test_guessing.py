"""Whoever guesses, looks over a shoulder, or sends what no browser would: five tries however many are sent at once, a code
that works once as long as it would be good, and no accident."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.signing_in import (
    a_proven_member,
    an_app_of,
    app_code,
    confirm_it_is_me,
    is_signed_in,
    mailed_code,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)
STEP_SECONDS = 30


@pytest.fixture
def amara() -> User:
    return a_proven_member()


def as_if_at_once(client: Client, address: str, codes: list[str]) -> None:
    """Type these codes, each by a request that read the session before any of the others wrote it."""
    (before,) = Session.objects.filter(session_key=client.session.session_key).values("session_data")
    for code in codes:
        Session.objects.filter(session_key=client.session.session_key).update(**before)
        client.post(address, {"code": code})


@pytest.mark.parametrize(
    ("ask", "confirm"),
    [
        ("account_request_login_code", "account_confirm_login_code"),
        ("account_reset_password", "account_confirm_password_reset_code"),
    ],
)
def test_requests_at_once_have_five_tries_of_a_mailed_code_together(
    client: Client, amara: User, ask: str, confirm: str
) -> None:
    client.post(reverse(ask), {"email": amara.email})
    as_if_at_once(client, reverse(confirm), ["BBBB-BBBB"] * 5 + [mailed_code()])
    assert not is_signed_in(client)
    assert client.get(reverse("account_complete_password_reset")).status_code == 302


def test_the_fifth_try_is_still_good(client: Client, amara: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": amara.email})
    as_if_at_once(client, reverse("account_confirm_login_code"), ["BBBB-BBBB"] * 4 + [mailed_code()])
    assert is_signed_in(client)


def test_another_code_has_tries_of_its_own(client: Client, amara: User) -> None:
    for code in ("BBBB-BBBB", ""):
        client.post(reverse("account_request_login_code"), {"email": amara.email})
        for _ in range(5):
            client.post(reverse("account_confirm_login_code"), {"code": code or mailed_code()})
    assert is_signed_in(client)


@pytest.mark.parametrize("later", [1, STEP_SECONDS + 1, 2 * STEP_SECONDS + 1])
def test_a_code_of_an_app_works_once_in_all_the_steps_it_is_good_for(
    amara: User, time_machine: TimeMachineFixture, later: int
) -> None:
    secret, begins = an_app_of(amara), int(time.time()) // STEP_SECONDS * STEP_SECONDS
    time_machine.move_to(datetime.fromtimestamp(begins + STEP_SECONDS, UTC), tick=False)
    code = app_code(secret)
    time_machine.shift(timedelta(seconds=-STEP_SECONDS))  # a phone whose clock is ahead
    owner, onlooker = Client(), Client()
    sign_in(owner, amara)
    owner.post(reverse("mfa_authenticate"), {"code": code})
    assert is_signed_in(owner)
    time_machine.shift(timedelta(seconds=later))
    sign_in(onlooker, amara)
    onlooker.post(reverse("mfa_authenticate"), {"code": f"{code[:3]} {code[3:]}"})
    assert not is_signed_in(onlooker)


NO_BROWSER_SENDS = {
    "brackets": "[" * 100_000,
    "braces": '{"id":' * 30_000,
    "a number": '{"id": ' + "1" * 5_000 + "}",
    "a deep answer": '{"id": "eA", "rawId": "eA", "response": ' + "[" * 900 + "]" * 900 + "}",
    "no number": '{"id": NaN}',
}


@pytest.mark.parametrize("what", NO_BROWSER_SENDS)
def test_json_that_cannot_be_read_is_no_accident(client: Client, amara: User, what: str) -> None:
    sign_in(client, amara)
    confirm_it_is_me(client)
    for name in ("mfa_login_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"):
        browser = Client() if name == "mfa_login_webauthn" else client
        browser.get(reverse(name))
        answer = browser.post(reverse(name), {"credential": NO_BROWSER_SENDS[what]})
        assert answer.status_code in (200, 302), name
