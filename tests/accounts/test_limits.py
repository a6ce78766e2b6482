"""How often one may try: by person, by address, by network; behind a proxy, and whatever a client writes into its headers."""

from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.known_browsers import COOKIE
from accounts.models import User
from tests.accounts.signing_in import a_proven_member, is_signed_in, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
_numbers = count(1)


@pytest.fixture
def amara() -> User:
    return a_proven_member(email="amara@example.org")


def a_stranger(address: str = "", **headers: str) -> Client:
    return Client(REMOTE_ADDR=address or f"198.51.100.{next(_numbers) % 250}", headers=headers)


def guess(client: Client, email: str = "amara@example.org") -> str:
    """Try a wrong password; the code of the refusal."""
    response = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
    return response.context["form"].non_field_errors().as_data()[0].code


def guesses_until_stopped(clients) -> int:
    """How many wrong passwords for addresses of nobody get through, each from the next of the clients."""
    for number, client in enumerate(clients):
        if guess(client, f"nobody-{number}@example.org") == "too_many_login_attempts":
            return number
        assert number < 50
    raise AssertionError


class TestByPerson:
    def test_strangers_from_everywhere_have_five_guesses(self, amara: User) -> None:
        said = [guess(a_stranger()) for _ in range(7)]
        assert said == ["email_password_mismatch"] * 5 + ["too_many_login_attempts"] * 2

    def test_and_thirty_a_day(self, amara: User) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            said = []
            for _ in range(40):
                said.append(guess(a_stranger()))
                clock.shift(timedelta(minutes=2))
        assert said.count("email_password_mismatch") == 30

    def test_who_has_signed_in_by_this_browser_is_not_locked_out_by_them(self, amara: User) -> None:
        mine = a_stranger()
        sign_in(mine, amara)
        mine.post(reverse("account_logout"))
        assert [guess(a_stranger()) for _ in range(6)][-1] == "too_many_login_attempts"
        assert sign_in(a_stranger(), amara).status_code == 200, "in a browser that is new to them they wait"
        assert sign_in(mine, amara).status_code == 302
        assert is_signed_in(mine)

    def test_but_does_not_guess_on_and_on_either(self, amara: User) -> None:
        mine = a_stranger()
        sign_in(mine, amara)
        mine.post(reverse("account_logout"))
        said = [guess(mine) for _ in range(6)]
        assert said == ["email_password_mismatch"] * 5 + ["too_many_login_attempts"]

    def test_a_browser_known_for_one_is_not_known_for_another(self, amara: User) -> None:
        evil = a_stranger()
        sign_in(evil, a_proven_member("Mallory"))
        evil.post(reverse("account_logout"))
        for _ in range(5):
            guess(a_stranger())
        assert guess(evil) == "too_many_login_attempts"

    @pytest.mark.parametrize("forged", ["x", "W1siYSIsImIiXV0:1abc:sig", ""])
    def test_a_forged_cookie_is_none(self, amara: User, forged: str) -> None:
        for _ in range(5):
            guess(a_stranger())
        evil = a_stranger()
        evil.cookies[COOKIE] = forged
        assert guess(evil) == "too_many_login_attempts"

    def test_the_cookie_is_out_of_reach_of_scripts_and_names_nobody(self, amara: User) -> None:
        mine = a_stranger()
        cookie = sign_in(mine, amara).cookies[COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert "amara" not in cookie.value

    @pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
    def test_nobodys_mailbox_is_flooded_and_ones_own_browser_still_gets_a_code(self, amara: User, name: str) -> None:
        mine = a_stranger()
        sign_in(mine, amara)
        mine.post(reverse("account_logout"))
        for _ in range(6):
            a_stranger().post(reverse(name), {"email": " Amara@example.org "})
        assert len(mail.outbox) == 3
        mine.post(reverse(name), {"email": "amara@example.org"})
        assert len(mail.outbox) == 4


class TestByAddress:
    def test_one_address_has_ten_guesses_whoever_they_are_of(self) -> None:
        assert guesses_until_stopped(a_stranger("203.0.113.7") for _ in range(50)) == 10
        assert guess(a_stranger("203.0.113.8"), "nobody@example.org") == "email_password_mismatch"

    def test_a_network_of_ipv6_is_one_address(self) -> None:
        assert guesses_until_stopped(a_stranger(f"2001:db8:1:2::{number:x}") for number in range(1, 50)) == 10
        assert guess(a_stranger("2001:db8:1:3::1"), "nobody@example.org") == "email_password_mismatch"

    def test_ipv4_written_as_ipv6_is_still_many_addresses(self) -> None:
        assert guesses_until_stopped(a_stranger("::ffff:203.0.113.7") for _ in range(50)) == 10
        assert guess(a_stranger("::ffff:203.0.113.8"), "nobody@example.org") == "email_password_mismatch"
        assert guess(a_stranger("203.0.113.7"), "nobody@example.org") == "too_many_login_attempts"


class TestBehindProxies:
    def test_without_one_nothing_that_a_client_writes_counts(self) -> None:
        forging = (a_stranger("203.0.113.7", x_forwarded_for=f"192.0.2.{number}") for number in range(50))
        assert guesses_until_stopped(forging) == 10

    def test_behind_one_the_last_entry_counts(self, settings) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        forging = (a_stranger("10.0.0.1", x_forwarded_for=f"192.0.2.{number}, 203.0.113.7") for number in range(50))
        assert guesses_until_stopped(forging) == 10
        other = a_stranger("10.0.0.1", x_forwarded_for="203.0.113.7, 203.0.113.8")
        assert guess(other, "nobody@example.org") == "email_password_mismatch"

    def test_behind_two_the_last_but_one(self, settings) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        forging = (
            a_stranger("10.0.0.1", x_forwarded_for=f"192.0.2.{number}, 203.0.113.7, 10.0.0.2") for number in range(50)
        )
        assert guesses_until_stopped(forging) == 10

    @pytest.mark.parametrize("header", ["x_real_ip", "forwarded", "cf_connecting_ip", "true_client_ip", "x_client_ip"])
    def test_no_other_header_counts(self, settings, header: str) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        forging = (
            a_stranger("10.0.0.1", **{header: f"192.0.2.{number}", "x_forwarded_for": "203.0.113.7"})
            for number in range(50)
        )
        assert guesses_until_stopped(forging) == 10

    def test_the_web_process_takes_the_peers_address_from_the_socket(self) -> None:
        """daphne would take the first entry, which the client wrote."""
        from pathlib import Path

        source = Path("config/management/commands/run_web.py").read_text()
        assert "proxy_forwarded_address_header" not in source


def test_a_right_password_costs_no_try(amara: User) -> None:
    client = a_stranger("203.0.113.7")
    for _ in range(12):
        assert sign_in(client, amara, PASSWORD).status_code == 302
        client.post(reverse("account_logout"))
    cache.clear()
