"""By password and by mailed code; a forgotten password; another address."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me, is_signed_in, mailed_code, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "another horse battery"


@pytest.fixture
def amara() -> User:
    return a_proven_member(email="amara@example.org")


class TestByPassword:
    def test_one_is_in_and_where_one_wanted_to_be(self, client: Client, amara: User) -> None:
        assert sign_in(client, amara, next=reverse("rooms:new_room"))["Location"] == reverse("rooms:new_room")
        assert is_signed_in(client)

    def test_the_address_may_be_spelled_as_one_likes(self, client: Client, amara: User) -> None:
        client.post(reverse("account_login"), {"login": " AMARA@Example.org ", "password": PASSWORD})
        assert is_signed_in(client)

    def test_a_wrong_password_says_so_and_no_more(self, client: Client, amara: User) -> None:
        response = sign_in(client, amara, "wrong")
        assert response.context["form"].has_error("__all__", "email_password_mismatch")
        assert not is_signed_in(client)

    def test_nothing_leads_to_another_site(self, client: Client, amara: User) -> None:
        assert sign_in(client, amara, next="https://evil.example/")["Location"] == reverse("rooms:hallway")

    def test_who_is_suspended_is_told_only_with_the_right_password(self, client: Client, amara: User) -> None:
        User.objects.filter(pk=amara.pk).update(is_active=False)
        assert sign_in(client, amara)["Location"] == reverse("account_inactive")
        assert client.get(reverse("account_inactive")).status_code == 200
        assert sign_in(client, amara, "wrong").status_code == 200


class TestByCode:
    def ask(self, client: Client, email: str = "amara@example.org"):
        return client.post(reverse("account_request_login_code"), {"email": email})

    def type(self, client: Client, code: str):
        return client.post(reverse("account_confirm_login_code"), {"code": code})

    def test_the_code_of_the_mail_lets_one_in(self, client: Client, amara: User) -> None:
        assert self.ask(client)["Location"] == reverse("account_confirm_login_code")
        assert mail.outbox[0].to == ["amara@example.org"]
        assert self.type(client, mailed_code().lower().replace("-", " "))["Location"] == reverse("rooms:hallway")
        assert is_signed_in(client)

    def test_it_is_good_for_ten_minutes(self, client: Client, amara: User) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            self.ask(client)
            clock.shift(timedelta(minutes=10, seconds=1))
            assert self.type(client, mailed_code())["Location"] == reverse("account_request_login_code")
        assert not is_signed_in(client)

    def test_it_is_good_for_five_tries(self, client: Client, amara: User) -> None:
        self.ask(client)
        for _ in range(4):
            assert self.type(client, "BBBB-BBBB").context["form"].has_error("code", "incorrect_code")
        assert self.type(client, "BBBB-BBBB")["Location"] == reverse("account_request_login_code")
        assert self.type(client, mailed_code())["Location"] == reverse("account_request_login_code")
        assert not is_signed_in(client)

    def test_it_is_good_once_and_in_its_own_browser(self, client: Client, amara: User) -> None:
        self.ask(client)
        assert self.type(Client(), mailed_code())["Location"] == reverse("account_request_login_code")
        self.type(client, mailed_code())
        client.logout()
        assert self.type(client, mailed_code())["Location"] == reverse("account_request_login_code")

    @pytest.mark.parametrize("code", ["-", " . ", "", "ＢＢＢＢ"])
    def test_nothing_typed_is_the_code_of_nobody(self, client: Client, code: str) -> None:
        self.ask(client, "nobody@example.org")
        response = self.type(client, code)
        assert response.context["form"].has_error("code")


class TestForgotten:
    def ask(self, client: Client) -> None:
        response = client.post(reverse("account_reset_password"), {"email": "amara@example.org"})
        assert response["Location"] == reverse("account_confirm_password_reset_code")

    def type(self, client: Client, code: str):
        return client.post(reverse("account_confirm_password_reset_code"), {"code": code})

    def test_a_code_allows_a_new_password(self, client: Client, amara: User) -> None:
        self.ask(client)
        assert self.type(client, mailed_code())["Location"] == reverse("account_complete_password_reset")
        response = client.post(reverse("account_complete_password_reset"), {"password1": OTHER, "password2": OTHER})
        assert response["Location"] == reverse("account_password_reset_completed")
        assert "set anew" in mail.outbox[-1].body
        assert not is_signed_in(client)
        assert sign_in(client, amara).status_code == 200
        assert sign_in(client, amara, OTHER).status_code == 302

    def test_without_the_code_there_is_no_new_password(self, client: Client, amara: User) -> None:
        self.ask(client)
        response = client.post(reverse("account_complete_password_reset"), {"password1": OTHER, "password2": OTHER})
        assert response["Location"] == reverse("account_confirm_password_reset_code")
        for _ in range(5):
            response = self.type(client, "BBBB-BBBB")
        assert response["Location"] == reverse("account_login")
        assert self.type(client, mailed_code())["Location"] == reverse("account_login")
        assert sign_in(client, amara).status_code == 302

    def test_a_weak_password_is_refused(self, client: Client, amara: User) -> None:
        self.ask(client)
        self.type(client, mailed_code())
        response = client.post(reverse("account_complete_password_reset"), {"password1": "short", "password2": "short"})
        assert response.context["form"].has_error("password1", "password_too_short")


class TestAnotherAddress:
    def change(self, client: Client, email: str):
        return client.post(reverse("account_email"), {"email": email, "action_add": "1"})

    def test_it_takes_the_place_of_the_old_one_once_it_is_proven(self, client: Client, amara: User) -> None:
        sign_in(client, amara)
        confirm_it_is_me(client)
        self.change(client, "okafor@example.org")
        assert mail.outbox[-1].to == ["okafor@example.org"]
        amara.refresh_from_db()
        assert amara.email == "amara@example.org"
        response = client.post(reverse("account_email_verification_sent"), {"code": mailed_code()})
        assert response["Location"] == reverse("accounts:safety")
        amara.refresh_from_db()
        assert amara.email == "okafor@example.org"
        assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(amara.email, True, True)]
        told = [letter for letter in mail.outbox if letter.to == ["amara@example.org"]]
        assert "okafor@example.org" in told[-1].body

    def test_it_asks_whether_it_is_you(self, client: Client, amara: User) -> None:
        sign_in(client, amara)
        response = self.change(client, "okafor@example.org")
        assert response["Location"].startswith(reverse("account_reauthenticate"))
        assert mail.outbox == []

    def test_somebody_elses_is_not_told_and_not_given(self, client: Client, amara: User) -> None:
        a_proven_member("Lin Wei", email="lin@example.org")
        sign_in(client, amara)
        confirm_it_is_me(client)
        taken = self.change(client, "lin@example.org")
        free = self.change(client, "okafor@example.org")
        assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
        assert [letter.to for letter in mail.outbox] == [["lin@example.org"], ["okafor@example.org"]]


def test_the_page_gathers_it_all_and_the_profile_leads_there(client: Client, amara: User) -> None:
    assert client.get(reverse("accounts:safety"))["Location"].startswith(reverse("account_login"))
    sign_in(client, amara)
    assert reverse("accounts:safety") in client.get(reverse("accounts:welcome")).content.decode()
    page = client.get(reverse("accounts:safety")).content.decode()
    for name in (
        "account_email",
        "account_change_password",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "usersessions_list",
    ):
        assert reverse(name) in page, name
    assert client.get(reverse("mfa_index"))["Location"] == reverse("accounts:safety")
