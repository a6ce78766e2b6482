"""The staff's pages open by a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, confirm_it_is_me, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demanded")]
INDEX = "/staff/"


@pytest.fixture
def demanded(settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = True


@pytest.fixture
def head() -> User:
    return a_proven_member("Sofia Takács", is_staff=True, is_superuser=True)


def opens(client: Client, address: str = INDEX) -> bool:
    return client.get(address).status_code == 200


def where_it_leads(client: Client, address: str = INDEX) -> str:
    return client.get(address, follow=True).redirect_chain[-1][0]


def test_without_one_staff_are_led_to_where_they_get_one(client: Client, head: User) -> None:
    sign_in(client, head)
    page = client.get(INDEX, follow=True)
    assert page.redirect_chain[-1][0] == reverse("accounts:safety")
    assert "add a passkey or an authenticator app first" in page.content.decode()


def test_with_one_and_not_signed_in_by_it_they_are_asked_for_it(client: Client, head: User) -> None:
    sign_in(client, head)
    secret = an_app_of(head)
    where = where_it_leads(client)
    assert where.startswith(reverse("mfa_reauthenticate"))
    assert client.post(where, {"code": app_code(secret), "next": INDEX})["Location"] == INDEX
    assert opens(client)


def test_signed_in_by_it_they_are_in(client: Client, head: User) -> None:
    secret = an_app_of(head)
    sign_in(client, head, next=INDEX)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert opens(client)


def test_the_password_once_more_is_no_second_factor(client: Client, head: User) -> None:
    sign_in(client, head)
    an_app_of(head)
    confirm_it_is_me(client)
    assert not opens(client)


def test_who_takes_it_off_is_out_with_the_next_session(client: Client, head: User) -> None:
    secret = an_app_of(head)
    sign_in(client, head)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    Authenticator.objects.all().delete()
    client.post(reverse("account_logout"))
    sign_in(client, head)
    assert where_it_leads(client) == reverse("accounts:safety")


@pytest.mark.parametrize("name", ["admin:accounts_user_changelist", "admin:jsi18n", "admin:rooms_room_changelist"])
def test_no_page_of_the_admin_opens_without(client: Client, head: User, name: str) -> None:
    sign_in(client, head)
    assert not opens(client, reverse(name))


def test_another_persons_second_factor_does_not_count(client: Client, head: User) -> None:
    other = a_proven_member("Lin Wei", is_staff=True)
    secret = an_app_of(other)
    sign_in(client, other)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    client.post(reverse("account_logout"))
    sign_in(client, head)
    assert not opens(client)


def test_members_are_refused_as_ever(client: Client) -> None:
    member = a_proven_member()
    secret = an_app_of(member)
    sign_in(client, member)
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert client.get(INDEX, follow=True).status_code == 403


def test_where_it_is_not_demanded_the_password_is_enough(client: Client, head: User, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = False
    sign_in(client, head)
    assert opens(client)


def test_the_admins_own_password_page_is_everybodys(client: Client, head: User, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = False
    sign_in(client, head)
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


def test_what_allauth_keeps_is_not_shown_to_staff(client: Client, head: User, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = False
    sign_in(client, head)
    for app in ("mfa", "usersessions", "socialaccount"):
        assert client.get(f"/staff/{app}/").status_code == 404
