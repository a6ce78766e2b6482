"""The way back asks for everything that signing in asks for, and gives nobody back whom a sanction holds."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccountDeletion, DeletionState, User
from accounts.own_data import deletion
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, is_signed_in, mailed_code, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def amara(recording_bus) -> User:
    return a_proven_member("Amara Okafor")


def state() -> str:
    return AccountDeletion.objects.get().state


def test_a_password_alone_does_not_undo_what_a_second_factor_guards(client: Client, amara: User) -> None:
    an_app_of(amara)
    deletion.request(amara)
    assert sign_in(client, amara).url == reverse("mfa_authenticate")
    assert client.post(reverse("accounts:undo")).url == reverse("account_login")
    assert state() == DeletionState.PENDING


def test_nor_does_a_mailed_code(client: Client, amara: User) -> None:
    an_app_of(amara)
    deletion.request(amara)
    client.post(reverse("account_request_login_code"), {"email": amara.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert answer.url == reverse("mfa_authenticate")
    client.post(reverse("accounts:undo"))
    assert state() == DeletionState.PENDING


def test_with_it_the_way_back_is_open_and_nobody_is_signed_in(client: Client, amara: User) -> None:
    secret = an_app_of(amara)
    deletion.request(amara)
    sign_in(client, amara)
    assert client.post(reverse("mfa_authenticate"), {"code": app_code(secret)}).url == reverse("accounts:undo")
    assert not is_signed_in(client)
    assert "_auth_user_id" not in client.session
    client.post(reverse("accounts:undo"))
    assert state() == DeletionState.UNDONE


def test_whoever_is_suspended_between_two_factors_has_no_session(client: Client, amara: User) -> None:
    secret = an_app_of(amara)
    sign_in(client, amara)
    User.objects.filter(pk=amara.pk).update(is_active=False)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert "_auth_user_id" not in client.session
