"""Signing in by OpenID Connect, against a provider of this machine: there by setting only, and no way round an invite."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config import env
from invites.gate import SESSION_KEY
from invites.models import Invite
from tests.accounts.signing_in import a_proven_member, an_app_of, confirm_it_is_me, is_signed_in, mailed_code, sign_in
from tests.environment.open_id import Provider
from tests.factories import a_live_room, a_member, an_invite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with Provider() as running:
        for name, value in running.settings().items():
            monkeypatch.setenv(name, value)
        settings.SOCIALACCOUNT_PROVIDERS = env.open_id()
        yield running


def go_there_and_back(client: Client, process: str = "login"):
    """Press the button, be sent to the provider and back."""
    there = client.post(f"/accounts/oidc/openid/login/?process={process}")
    assert there.status_code == 302, there.content.decode()
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def accept(client: Client, **fields) -> Invite:
    invite, code = an_invite(**fields)
    client.post(reverse("invites:accept", args=[code]))
    return invite


def test_without_settings_there_is_no_button_and_no_address(client: Client) -> None:
    assert "/oidc/" not in client.get(reverse("account_login")).content.decode()
    assert client.post("/accounts/oidc/openid/login/").status_code == 404


def test_with_them_there_is(client: Client, provider: Provider) -> None:
    assert "Continue with LinkedIn" in client.get(reverse("account_login")).content.decode()


def test_staff_cannot_put_a_provider_into_the_database(client: Client) -> None:
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="evil",
        name="Evil",
        client_id="x",
        settings={"server_url": "https://evil.example"},
    )
    assert "Evil" not in client.get(reverse("account_login")).content.decode()
    assert client.post("/accounts/oidc/evil/login/").status_code == 404


class TestSomebodyNew:
    def test_without_an_invite_they_stay_outside(self, client: Client, provider: Provider) -> None:
        page = go_there_and_back(client)
        assert "MiTalk is by invitation" in page.content.decode()
        assert not User.objects.exists()
        assert client.get("/accounts/3rdparty/signup/").status_code == 302

    def test_with_one_they_are_in_its_seat(self, client: Client, provider: Provider) -> None:
        sponsor = a_member("Lin Wei")
        accept(client, sponsor=sponsor, room=a_live_room(sponsor))
        assert go_there_and_back(client)["Location"] == reverse("accounts:welcome")
        petra = User.objects.get(email="petra@example.org")
        assert petra.sponsor == sponsor
        assert not petra.has_usable_password()
        assert Invite.objects.get().seats_taken == 1
        assert EmailAddress.objects.get(user=petra).verified

    def test_an_address_that_the_provider_does_not_vouch_for_is_proven_first(
        self, client: Client, provider: Provider
    ) -> None:
        provider.person["email_verified"] = False
        accept(client)
        assert go_there_and_back(client)["Location"] == reverse("account_email_verification_sent")
        assert not is_signed_in(client)
        client.post(reverse("account_email_verification_sent"), {"code": mailed_code()})
        assert "_auth_user_id" in client.session

    def test_an_invite_for_another_address_is_not_theirs(self, client: Client, provider: Provider) -> None:
        accept(client, email="somebody@example.org")
        assert go_there_and_back(client)["X-Error-Code"] == "invite_for_another"
        assert not User.objects.exists()
        assert Invite.objects.get().seats_taken == 0

    def test_whoever_comes_too_late_leaves_no_account(self, client: Client, provider: Provider) -> None:
        invite = accept(client)
        second = Client()
        session = second.session
        session[SESSION_KEY] = client.session[SESSION_KEY]
        session.save()
        go_there_and_back(client)
        provider.person |= {"sub": "def", "email": "late@example.org"}
        assert "MiTalk is by invitation" in go_there_and_back(second).content.decode()
        invite.refresh_from_db()
        assert (invite.seats_taken, User.objects.filter(email="late@example.org").count()) == (1, 0)

    def test_an_address_that_has_an_account_opens_it_to_nobody(self, client: Client, provider: Provider) -> None:
        a_proven_member(email="petra@example.org")
        accept(client)
        assert go_there_and_back(client)["Location"] == reverse("account_email_verification_sent")
        assert "an account with this address already" in mail.outbox[0].body
        assert not is_signed_in(client)
        assert not SocialAccount.objects.exists()


class TestSomebodyKnown:
    @pytest.fixture
    def amara(self, client: Client, provider: Provider) -> User:
        member = a_proven_member()
        sign_in(client, member)
        confirm_it_is_me(client)
        go_there_and_back(client, "connect")
        assert SocialAccount.objects.get().user == member
        assert "LinkedIn was connected" in mail.outbox[-1].body
        client.post(reverse("account_logout"))
        return member

    def test_they_sign_in_by_it(self, client: Client, amara: User) -> None:
        go_there_and_back(client)
        assert is_signed_in(client)

    def test_their_second_factor_is_asked_for_all_the_same(self, client: Client, amara: User) -> None:
        an_app_of(amara)
        assert go_there_and_back(client)["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(client)

    def test_suspended_they_are_not_let_in(self, client: Client, amara: User) -> None:
        User.objects.filter(pk=amara.pk).update(is_active=False)
        assert go_there_and_back(client)["Location"] == reverse("account_inactive")

    def test_it_is_disconnected(self, client: Client, amara: User) -> None:
        sign_in(client, amara)
        page = client.get(reverse("socialaccount_connections"))
        assert "LinkedIn" in page.content.decode()
        account = SocialAccount.objects.get()
        client.post(reverse("socialaccount_connections"), {"account": account.pk})
        assert SocialAccount.objects.exists(), "it asks first whether it is you"
        confirm_it_is_me(client)
        client.post(reverse("socialaccount_connections"), {"account": account.pk})
        assert not SocialAccount.objects.exists()

    def test_connecting_asks_whether_it_is_you(self, client: Client, provider: Provider) -> None:
        sign_in(client, a_proven_member())
        assert go_there_and_back(client, "connect")["Location"].startswith("/accounts/reauthenticate/")
        assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["account_set_password", "account_email", "mfa_activate_totp", "mfa_add_webauthn", "socialaccount_connections"],
)
def test_without_a_password_to_show_they_must_have_signed_in_lately(
    client: Client, provider: Provider, name: str
) -> None:
    accept(client)
    go_there_and_back(client)
    assert client.get(reverse(name)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page = client.get(reverse(name))
        assert (page.status_code, "Sign out and in again" in page.content.decode()) == (403, True)
        data = {"password1": "another horse battery", "password2": "another horse battery"}
        assert client.post(reverse(name), data).status_code == 403
    assert not User.objects.get().has_usable_password()


def test_who_says_no_there_is_told_that_nothing_is_lost(client: Client, provider: Provider) -> None:
    provider.denies = True
    assert "Nothing is lost" in client.get(go_there_and_back(client)["Location"]).content.decode()


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider) -> None:
    response = client.get("/accounts/oidc/openid/login/callback/?code=c&state=guessed")
    assert response.status_code in (302, 401)
    assert not is_signed_in(client)


class TestSettings:
    def test_half_of_them_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MITALK_OPENID_SERVER", "https://id.example.org/oauth")
        with pytest.raises(ImproperlyConfigured, match="MITALK_OPENID_CLIENT"):
            env.open_id()

    def test_forms_may_lead_to_the_provider_and_nowhere_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert env.open_id_origins() == []
        monkeypatch.setenv("MITALK_OPENID_SERVER", "https://id.example.org/oauth")
        assert env.open_id_origins() == ["https://id.example.org"]
        monkeypatch.setenv("MITALK_OPENID_ORIGINS", "https://login.example.org")
        assert env.open_id_origins() == ["https://id.example.org", "https://login.example.org"]
