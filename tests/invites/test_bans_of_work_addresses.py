"""A work address that somebody has proven is a contact of theirs: suspended, they do not come back by it."""

import pytest

from accounts import bans, contacts, suspending
from accounts.claims import requesting
from accounts.claims.moving import ClaimRefused
from accounts.models import User
from tests.factories import a_member

pytestmark = pytest.mark.django_db
WORK = contacts.email("amara@harbour-fab.com")


@pytest.fixture
def amara(recording_bus) -> User:
    amara = a_member("Amara Okafor")
    requesting.prove_work_address(amara, "amara+talk@harbour-fab.com", language="en")
    return amara


def test_it_is_bound(amara: User) -> None:
    suspending.suspend(amara, by=a_member("Staff", is_staff=True))
    assert bans.is_bound(WORK)


def test_another_account_does_not_show_it_meanwhile(amara: User) -> None:
    staff = a_member("Staff", is_staff=True)
    suspending.suspend(amara, by=staff)
    second = a_member("Amara O.")
    with pytest.raises(ClaimRefused):
        requesting.prove_work_address(second, "amara@harbour-fab.com", language="en")
    suspending.restore(amara, by=staff)
    assert requesting.prove_work_address(second, "amara@harbour-fab.com", language="en").user == second


def test_and_free_again_with_the_suspension(amara: User) -> None:
    staff = a_member("Staff", is_staff=True)
    suspending.suspend(amara, by=staff)
    suspending.restore(amara, by=staff)
    assert not bans.is_bound(WORK)


def test_one_that_another_account_has_proven_since_is_theirs(amara: User) -> None:
    requesting.prove_work_address(a_member("Lin Wei"), "amara@harbour-fab.com", language="en")
    suspending.suspend(amara, by=a_member("Staff", is_staff=True))
    assert not bans.is_bound(WORK)
