"""A member's own phone: added, changed and removed by whoever shows that it is them, and proven by a code."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import OneTimeCode, OutboxMessage, Phone, User
from accounts.own_phones import own_phone, phone_of
from accounts.sealing import PHONE, unseal
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me, sign_in
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, ANOTHER = "+821012345678", "+8613800138000"
CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
def amara() -> User:
    return a_proven_member(email="amara@example.org")


@pytest.fixture
def browser(client: Client, amara: User) -> Client:
    sign_in(client, amara)
    confirm_it_is_me(client)
    mail.outbox.clear()
    return client


def ask(browser: Client, typed: str = NUMBER, region: str = ""):
    return browser.post(reverse("accounts:phone"), {"contact": typed, "region": region})


def code_in(messages: list[tuple[str, str]]) -> str:
    found = CODE.search(messages[-1][1])
    assert found, messages
    return found.group()


def prove(browser: Client, messages: list, typed: str = NUMBER):
    ask(browser, typed)
    return browser.post(reverse("accounts:phone_code"), {"code": code_in(messages)})


def test_it_is_the_members_once_the_code_is_typed(browser: Client, amara: User, text_messages: list) -> None:
    assert ask(browser, "010-1234-5678", "KR")["Location"] == reverse("accounts:phone_code")
    assert text_messages[-1][0] == NUMBER
    assert not Phone.objects.exists()
    page = browser.get(reverse("accounts:phone_code")).content.decode()
    assert "+82 … 78" in page
    assert browser.post(reverse("accounts:phone_code"), {"code": code_in(text_messages)}).status_code == 302
    phone = Phone.objects.get(user=amara)
    assert unseal(phone.sealed, purpose=PHONE) == NUMBER
    assert NUMBER not in phone.sealed + phone.key
    assert "+82 … 78" in browser.get(reverse("accounts:safety")).content.decode()
    assert [(letter.to, "was added" in letter.body) for letter in mail.outbox] == [([amara.email], True)]
    assert NUMBER not in mail.outbox[0].body


def test_it_is_changed_and_removed_and_the_member_hears_of_it(
    browser: Client, amara: User, text_messages: list
) -> None:
    own_phone(amara, NUMBER)
    prove(browser, text_messages, ANOTHER)
    assert phone_of(amara).value == ANOTHER
    assert browser.post(reverse("accounts:phone_remove"))["Location"] == reverse("accounts:safety")
    assert phone_of(amara) is None
    assert ["was changed" in letter.body or "was removed" in letter.body for letter in mail.outbox] == [True, True]


@pytest.mark.parametrize("name", ["phone", "phone_code", "phone_remove"])
def test_one_shows_first_that_it_is_oneself(client: Client, amara: User, name: str) -> None:
    own_phone(amara, NUMBER)
    assert client.post(reverse(f"accounts:{name}"))["Location"].startswith(reverse("account_login"))
    sign_in(client, amara)
    response = client.post(reverse(f"accounts:{name}"), {"contact": ANOTHER})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert phone_of(amara).value == NUMBER


@pytest.mark.parametrize(
    ("typed", "region", "code"),
    [
        ("010-1234-5678", "", "phone_needs_region"),
        ("amara@example.org", "", "phone_invalid"),
        ("+82 2 312 3456", "", "phone_takes_no_messages"),
    ],
)
def test_no_country_is_guessed_and_nothing_else_is_a_phone(
    browser: Client, typed: str, region: str, code: str, text_messages: list
) -> None:
    form = ask(browser, typed, region).context["form"]
    assert form.has_error("contact", code)
    assert text_messages == []


def test_somebody_elses_is_not_told_and_they_are(browser: Client, amara: User, text_messages: list) -> None:
    own_phone(a_member("Lin Wei"), NUMBER)
    assert ask(browser)["Location"] == reverse("accounts:phone_code")
    to, words = text_messages[-1]
    assert to == NUMBER
    assert "another MiTalk account" in words
    assert not CODE.search(words)
    for guess in ("000000", "123456"):
        browser.post(reverse("accounts:phone_code"), {"code": guess})
    assert phone_of(amara) is None


def test_one_that_was_taken_meanwhile_stays_where_it_is(browser: Client, amara: User, text_messages: list) -> None:
    ask(browser)
    own_phone(a_member("Lin Wei"), NUMBER)
    response = browser.post(reverse("accounts:phone_code"), {"code": code_in(text_messages)}, follow=True)
    assert "belongs to an account already" in response.content.decode()
    assert phone_of(amara) is None
    assert mail.outbox == []


def test_ones_own_needs_no_code(browser: Client, amara: User, text_messages: list) -> None:
    own_phone(amara, NUMBER)
    assert ask(browser).context["form"].errors
    assert text_messages == []


def test_five_tries(browser: Client, amara: User, text_messages: list) -> None:
    ask(browser)
    right = code_in(text_messages)
    for step in range(1, 6):
        browser.post(reverse("accounts:phone_code"), {"code": f"{(int(right) + step) % 10**6:06}"})
    assert browser.post(reverse("accounts:phone_code"), {"code": right}).context["form"].errors
    assert phone_of(amara) is None


def test_a_code_to_sign_in_by_proves_no_phone(browser: Client, amara: User, text_messages: list) -> None:
    own_phone(a_member("Lin Wei"), ANOTHER)
    ask(browser)
    Client().post(reverse("accounts:phone_sign_in"), {"contact": ANOTHER})
    assert text_messages[-1][0] == ANOTHER
    browser.post(reverse("accounts:phone_code"), {"code": code_in(text_messages)})
    assert phone_of(amara) is None


def test_nothing_that_is_kept_can_be_read(browser: Client, text_messages: list) -> None:
    ask(browser)
    rows = [*OneTimeCode.objects.values(), *OutboxMessage.objects.values()]
    assert NUMBER not in str(rows)
    assert code_in(text_messages) not in str(rows)
    assert NUMBER not in str(dict(browser.session.items()))
