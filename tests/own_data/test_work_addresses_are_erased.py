"""What was written to a work address that somebody has proven is theirs too: exported, and erased with the account."""

import pytest

from accounts import contacts, one_time_codes, outbox
from accounts.claims import requesting
from accounts.models import OneTimeCode, OutboxMessage, User
from accounts.own_data import deletion, registry
from accounts.own_data.registry import Subject
from tests.factories import a_member

pytestmark = pytest.mark.django_db
WORK = contacts.email("amara@harbour-fab.com")


@pytest.fixture
def amara(recording_bus) -> User:
    amara = a_member("Amara Okafor")
    one_time_codes.send("claim", "subject", WORK)
    requesting.prove_work_address(amara, WORK.value, language="en")
    return amara


def test_with_the_account(amara: User) -> None:
    deletion.erase_now(amara)
    assert not OneTimeCode.objects.exists()
    assert not OutboxMessage.objects.exclude(kind=outbox.LAST_MAIL).exists()


def test_also_if_the_job_died_half_way(amara: User) -> None:
    """By what is still there when somebody else goes on, it is found."""
    order = [link.name for link in registry.erasing_order()]
    by_contact = ("accounts.onetimecode.contact_key", "accounts.outboxmessage.contact_key")
    assert order.index("accounts.claim.user") > max(order.index(name) for name in by_contact)
    assert set(WORK.keys) <= set(Subject(amara).contact_keys)
