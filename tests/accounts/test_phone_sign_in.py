"""Signing in by a code that goes to one's phone."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OneTimeCode, OutboxMessage, User
from accounts.own_phones import own_phone
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, is_signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, STRANGERS = "+821012345678", "+821099995678"
ASK, TYPE = "/accounts/phone/", "/accounts/phone/code/"


@pytest.fixture
def amara() -> User:
    member = a_proven_member()
    own_phone(member, NUMBER)
    return member


def ask(client: Client, number: str = NUMBER, **more: str):
    return client.post(ASK, {"contact": number, **more})


def code_in(messages: list[tuple[str, str]]) -> str:
    found = re.search(r"\b\d{6}\b", messages[-1][1])
    assert found
    return found.group()


def test_the_code_lets_one_in(client: Client, amara: User, text_messages: list) -> None:
    assert ask(client, "010-1234-5678", region="KR")["Location"] == TYPE
    assert not is_signed_in(client)
    assert client.post(TYPE, {"code": code_in(text_messages)})["Location"] == reverse("rooms:hallway")
    assert is_signed_in(client)


def test_it_leads_to_where_one_was_going_and_nowhere_else(client: Client, amara: User, text_messages: list) -> None:
    where = ask(client, next="/me/safety/")["Location"]
    assert client.post(where, {"code": code_in(text_messages)})["Location"] == "/me/safety/"
    other = Client()
    where = ask(other, next="https://evil.example/")["Location"]
    assert "evil" not in where
    response = other.post(TYPE + "?next=https://evil.example/", {"code": code_in(text_messages)})
    assert response["Location"] == reverse("rooms:hallway")


def test_the_second_factor_is_still_asked_for(client: Client, amara: User, text_messages: list) -> None:
    secret = an_app_of(amara)
    ask(client)
    assert client.post(TYPE, {"code": code_in(text_messages)})["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert is_signed_in(client)


def test_the_staffs_pages_want_one_too(client: Client, amara: User, text_messages: list, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = True
    User.objects.filter(pk=amara.pk).update(is_staff=True, is_superuser=True)
    ask(client)
    client.post(TYPE, {"code": code_in(text_messages)})
    assert client.get(reverse("admin:index")).status_code == 302


def test_to_strangers_phones_nothing_goes_and_no_code_is_right(
    client: Client, amara: User, text_messages: list
) -> None:
    assert ask(client, STRANGERS)["Location"] == TYPE
    assert text_messages == []
    assert OutboxMessage.objects.get().error_code == "unwanted"
    assert OneTimeCode.objects.count() == 1  # as much work as for a member


def test_nor_does_one_that_is_guessed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.one_time_codes.secrets.randbelow", lambda most: 123456)
    ask(client, STRANGERS)
    response = client.post(TYPE, {"code": "123456"})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_signed_in(client)


def test_whoever_is_suspended_is_nobody(client: Client, amara: User, text_messages: list) -> None:
    ask(client)
    code = code_in(text_messages)
    User.objects.filter(pk=amara.pk).update(is_active=False)
    assert client.post(TYPE, {"code": code}).context["form"].errors
    ask(Client())
    assert len(text_messages) == 1


def test_it_is_good_for_ten_minutes_five_tries_once_and_in_its_own_browser(
    client: Client, amara: User, text_messages: list
) -> None:
    ask(client)
    code = code_in(text_messages)
    other = Client()
    assert other.post(TYPE, {"code": code})["Location"] == ASK
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.post(TYPE, {"code": code}).context["form"].errors
    for step in range(1, 6):
        client.post(TYPE, {"code": f"{(int(code) + step) % 10**6:06}"})
    assert client.post(TYPE, {"code": code}).context["form"].errors
    ask(client)
    newer = code_in(text_messages)
    assert client.post(TYPE, {"code": newer}).status_code == 302
    assert client.post(TYPE, {"code": newer})["Location"] == ASK


def test_too_many_codes_for_one_number_from_wherever(amara: User, text_messages: list) -> None:
    answers = [ask(Client(REMOTE_ADDR=f"192.0.2.{number}")) for number in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert answers[-1].context["form"].has_error("contact", "rate_limited")
    assert len(text_messages) == 3


def test_too_many_numbers_from_one_network() -> None:
    client = Client(REMOTE_ADDR="2001:db8::1")
    statuses = [ask(client, f"+8210123450{number:02}").status_code for number in range(21)]
    assert statuses[-1] == 200
    assert ask(Client(REMOTE_ADDR="2001:db8::2"), "+821012345099").status_code == 200
    assert ask(Client(REMOTE_ADDR="2001:db9::1"), "+821012345099").status_code == 302


def test_who_is_signed_in_goes_on(client: Client, amara: User) -> None:
    client.force_login(amara, backend="accounts.backends.MemberBackend")
    assert client.get(ASK)["Location"] == reverse("rooms:hallway")
