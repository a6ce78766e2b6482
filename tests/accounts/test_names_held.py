"""Names that are held for others, and how often one may ask for one."""

import pytest

from accounts import renaming, services
from accounts.models import NameChange, User
from accounts.own_data import deletion
from accounts.renaming import MOST_ASKED, NameRefused
from tests.accounts.claiming import a_shown_claim
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofia(recording_bus) -> User:
    sofia = a_member("Sofia Takacs")
    a_shown_claim(sofia)
    return sofia


def test_nobody_takes_the_name_of_who_may_still_come_back(sofia: User) -> None:
    deletion.request(sofia)
    mallory = a_member("Mallory")
    services.save_profile(mallory, name="Sofia Takács")
    assert User.objects.get(pk=mallory.pk).name == "Mallory"
    assert renaming.waiting_name(mallory).looks_like == sofia


def test_asking_and_withdrawing_has_an_end(sofia: User) -> None:
    mallory = a_member("Mallory")
    for _time in range(MOST_ASKED):
        services.save_profile(mallory, name="Sofia Takács")
        renaming.withdraw(mallory)
    with pytest.raises(NameRefused, match="name_too_often"):
        services.save_profile(mallory, name="Sofia Takács")
    assert NameChange.objects.filter(user=mallory).count() == MOST_ASKED
