"""Authenticator apps and recovery codes, without a browser; passkeys are in tests/browser/test_signing_in.py."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.sealing import Unreadable, seal, unseal
from tests.accounts.signing_in import (
    a_proven_member,
    an_app_of,
    app_code,
    confirm_it_is_me,
    is_signed_in,
    mailed_code,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)  # what is said by mail is said after the commit
AGAIN = "/accounts/reauthenticate/"


@pytest.fixture
def amara(client: Client) -> User:
    member = a_proven_member()
    sign_in(client, member)
    return member


def set_up_app(client: Client) -> str:
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    assert secret
    assert "data:image/svg+xml" in page
    response = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret.group(1))})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    return secret.group(1)


def shown_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())


class TestApp:
    def test_it_is_set_up_with_the_code_it_shows_and_recovery_codes_come_with_it(
        self, client: Client, amara: User
    ) -> None:
        confirm_it_is_me(client)
        set_up_app(client)
        assert len(shown_codes(client)) == 10
        assert "authenticator app was set up" in mail.outbox[-1].body

    def test_a_wrong_code_sets_nothing_up(self, client: Client, amara: User) -> None:
        confirm_it_is_me(client)
        client.get(reverse("mfa_activate_totp"))
        response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
        assert response.context["form"].has_error("code", "incorrect_code")
        assert not Authenticator.objects.exists()

    def test_the_password_alone_is_then_not_enough(self, client: Client, amara: User) -> None:
        secret = an_app_of(amara)
        other = Client()
        assert sign_in(other, amara)["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(other)
        other.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert not is_signed_in(other)
        other.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
        assert is_signed_in(other)

    def test_neither_is_a_mailed_code(self, amara: User) -> None:
        an_app_of(amara)
        other = Client()
        other.post(reverse("account_request_login_code"), {"email": amara.email})
        response = other.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
        assert response["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(other)

    def test_a_code_works_once(self, amara: User) -> None:
        code = app_code(an_app_of(amara))
        first, second = Client(), Client()
        for browser in (first, second):
            sign_in(browser, amara)
            browser.post(reverse("mfa_authenticate"), {"code": code})
        assert (is_signed_in(first), is_signed_in(second)) == (True, False)

    def test_codes_cannot_be_tried_on_and_on(self, amara: User) -> None:
        secret = an_app_of(amara)
        other = Client()
        sign_in(other, amara)
        for _ in range(5):
            other.post(reverse("mfa_authenticate"), {"code": "000000"})
        response = other.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
        assert response.context["form"].has_error("code", "too_many_login_attempts")

    def test_it_is_removed(self, client: Client, amara: User) -> None:
        confirm_it_is_me(client)
        set_up_app(client)
        assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
        assert not Authenticator.objects.exists(), "recovery codes of nothing are of no use"
        assert "was removed" in mail.outbox[-1].body


class TestRecoveryCodes:
    def test_each_lets_one_in_once(self, client: Client, amara: User) -> None:
        confirm_it_is_me(client)
        set_up_app(client)
        code = shown_codes(client)[0]
        first, second = Client(), Client()
        for browser in (first, second):
            sign_in(browser, amara)
            browser.post(reverse("mfa_authenticate"), {"code": code})
        assert (is_signed_in(first), is_signed_in(second)) == (True, False)
        assert code not in shown_codes(client)

    def test_they_are_downloaded_and_made_anew(self, client: Client, amara: User) -> None:
        confirm_it_is_me(client)
        set_up_app(client)
        before = shown_codes(client)
        file = client.get(reverse("mfa_download_recovery_codes"))
        assert file["Content-Disposition"].startswith("attachment")
        assert re.findall(r"^\d{8}$", file.content.decode(), re.MULTILINE) == before
        client.post(reverse("mfa_generate_recovery_codes"))
        assert not set(before) & set(shown_codes(client))
        assert "New recovery codes" in mail.outbox[-1].body


def test_secrets_are_not_readable_in_the_table(client: Client, amara: User) -> None:
    confirm_it_is_me(client)
    secret = set_up_app(client)
    kept = json.dumps([authenticator.data for authenticator in Authenticator.objects.all()])
    assert secret not in kept
    assert not any(code in kept for code in shown_codes(client))


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("mfa_activate_totp", "get"),
        ("mfa_activate_totp", "post"),
        ("mfa_deactivate_totp", "post"),
        ("mfa_add_webauthn", "get"),
        ("mfa_add_webauthn", "post"),
        ("mfa_view_recovery_codes", "get"),
        ("mfa_download_recovery_codes", "get"),
        ("mfa_generate_recovery_codes", "post"),
    ],
)
def test_what_is_dangerous_asks_whether_it_is_you(client: Client, amara: User, name: str, method: str) -> None:
    if "deactivate" in name or "recovery" in name:
        an_app_of(amara)
        Authenticator.objects.create(
            user=amara,
            type=Authenticator.Type.RECOVERY_CODES,
            data={"seed": seal("0" * 80, purpose="second_factor"), "used_mask": 0},
        )
    response = getattr(client, method)(reverse(name))
    assert response["Location"].startswith(AGAIN)
    before = list(Authenticator.objects.values_list("pk", flat=True))
    client.post(AGAIN, {"password": "wrong"})
    assert getattr(client, method)(reverse(name))["Location"].startswith(AGAIN)
    assert list(Authenticator.objects.values_list("pk", flat=True)) == before


def test_a_passkey_that_no_browser_made_is_refused(client: Client, amara: User) -> None:
    confirm_it_is_me(client)
    client.get(reverse("mfa_add_webauthn"))
    for nonsense in ("", "{}", "[]", '"x"', "null", '{"id": "x", "response": {}}', '{"response": {"userHandle": 3}}'):
        for name in ("mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_login_webauthn"):
            browser = Client() if name == "mfa_login_webauthn" else client
            assert browser.post(reverse(name), {"credential": nonsense}).status_code in (200, 302), (name, nonsense)
    assert not Authenticator.objects.exists()


def test_others_passkeys_are_out_of_reach(client: Client, amara: User) -> None:
    other = a_proven_member("Lin Wei")
    theirs = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}}
    )
    confirm_it_is_me(client)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "x"


class TestSealing:
    def test_what_is_sealed_is_read_again_also_by_a_former_secret(self) -> None:
        sealed = seal("JBSWY3DP", purpose="one")
        assert "JBSWY3DP" not in sealed
        with override_settings(SECRET_KEY="another" * 9, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
            assert unseal(sealed, purpose="one") == "JBSWY3DP"

    def test_not_for_another_purpose_nor_changed(self) -> None:
        sealed = seal("JBSWY3DP", purpose="one")
        for text, purpose in ((sealed, "two"), (sealed[:-4] + "AAA=", "one"), ("é", "one"), ("", "one")):
            with pytest.raises(Unreadable):
                unseal(text, purpose=purpose)
