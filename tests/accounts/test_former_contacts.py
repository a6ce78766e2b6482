"""What somebody gave up lately is bound by a ban like what they have."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts import bans, contacts, former_contacts, suspending
from accounts.models import FormerContact, User
from accounts.own_phones import forget_phone, own_phone
from tests.accounts.signing_in import a_proven_member
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS, NUMBER, OTHER = "amara@example.org", "+821012345678", "+821087654321"
PHONE, EMAIL = contacts.phone(NUMBER), contacts.email(ADDRESS)


@pytest.fixture
def staff(recording_bus) -> User:
    return a_member("Head of Staff", is_staff=True)


@pytest.fixture
def amara(staff: User) -> User:
    member = a_proven_member(email=ADDRESS)
    own_phone(member, NUMBER)
    return member


def give_up(member: User) -> None:
    forget_phone(member)
    EmailAddress.objects.create(user=member, email="new@example.org", verified=True)
    EmailAddress.objects.get(email=ADDRESS).delete()


def test_who_gives_up_address_and_phone_before_a_ban_is_kept_out_by_them(amara: User, staff: User) -> None:
    give_up(amara)
    suspending.suspend(amara, by=staff)
    assert bans.bound_among([PHONE, EMAIL]) == {PHONE, EMAIL}


def test_lifting_it_frees_them(amara: User, staff: User) -> None:
    give_up(amara)
    suspending.suspend(amara, by=staff)
    suspending.restore(amara, by=staff)
    assert not bans.bound_among([PHONE, EMAIL])


def test_another_phone_in_its_place_gives_up_the_first(amara: User, staff: User) -> None:
    own_phone(amara, OTHER)
    suspending.suspend(amara, by=staff)
    assert bans.is_bound(PHONE)


def test_whoever_has_proven_it_since_is_not_kept_out(amara: User, staff: User) -> None:
    give_up(amara)
    lin = a_member("Lin Wei")
    own_phone(lin, NUMBER)
    EmailAddress.objects.create(user=lin, email=ADDRESS.upper(), verified=False)
    suspending.suspend(amara, by=staff)
    assert bans.bound_among([PHONE, EMAIL]) == {EMAIL}, "an address that was only typed is nobody's"


def test_it_is_forgotten_after_a_while(amara: User, staff: User) -> None:
    give_up(amara)
    FormerContact.objects.update(until=timezone.now() - timedelta(seconds=1))
    suspending.suspend(amara, by=staff)
    assert not bans.is_bound(PHONE)
    assert former_contacts.forget() == 2


def test_nothing_is_kept_of_who_deleted_the_account(amara: User) -> None:
    amara.delete()
    assert not FormerContact.objects.exists()


def test_an_address_that_was_never_proven_leaves_nothing(amara: User) -> None:
    EmailAddress.objects.create(user=amara, email="typo@example.org", verified=False).delete()
    assert not FormerContact.objects.exists()
