"""Muting somebody for oneself: by a plain form, one-sided, told to nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import hooks, muting, services
from accounts.models import Block, Follow, Mute, User
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin() -> User:
    return a_member("Lin Wei")


@pytest.fixture
def amara(client: Client, lin: User) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend="accounts.backends.MemberBackend")
    return amara


def act(client: Client, other: User, relation: str, **data: str) -> str:
    address = reverse("accounts:relate", args=[other.public_id, relation])
    return client.post(address, data, follow=True).content.decode()


def test_the_profile_page_mutes_and_unmutes(client: Client, amara: User, lin: User) -> None:
    assert "Mute for me" in client.get(reverse("accounts:profile", args=[lin.public_id])).content.decode()
    for _twice in range(2):
        page = act(client, lin, "mute")
    assert "Unmute for me" in page
    assert "On stage you still hear them" in page
    assert list(Mute.objects.values_list("muter", "muted")) == [(amara.pk, lin.pk)]
    assert "Unmute for me" not in act(client, lin, "unmute")
    assert not Mute.objects.exists()


def test_it_is_neither_seen_by_the_muted_nor_mutual(client: Client, amara: User, lin: User) -> None:
    muting.mute(amara, lin)
    assert not muting.mutes(lin, amara)
    client.force_login(lin, backend="accounts.backends.MemberBackend")
    page = client.get(reverse("accounts:profile", args=[amara.public_id]))
    assert not page.context["i_mute"]
    assert "muted them" not in page.content.decode()
    assert client.get(reverse("accounts:muted")).context["people"] == []


def test_a_mute_and_a_block_and_a_follow_are_independent(amara: User, lin: User) -> None:
    services.follow(amara, lin)
    muting.mute(amara, lin)
    assert Follow.objects.exists()
    services.block(amara, lin)
    services.unblock(amara, lin)
    assert muting.mutes(amara, lin)
    services.block(amara, lin)
    muting.unmute(amara, lin)
    assert Block.objects.exists()


def test_oneself_nobody_mutes(client: Client, amara: User) -> None:
    act(client, amara, "mute")
    assert not Mute.objects.exists()
    address = reverse("accounts:relate", args=[amara.public_id, "mute"])
    assert Client().post(address).status_code == 302
    assert not Mute.objects.exists()


def test_those_whom_one_muted_are_listed_to_take_it_back(client: Client, amara: User, lin: User) -> None:
    muting.mute(amara, lin)
    here = reverse("accounts:muted")
    page = client.get(here)
    assert [card.name for card in page.context["people"]] == ["Lin Wei"]
    assert "Nobody." in act(client, lin, "unmute", next=here)


def test_who_listens_is_told_once_of_what_changed(amara: User, lin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[User] = []
    monkeypatch.setattr(hooks, "_mutes_listeners", [told.append])
    for change in (muting.mute, muting.mute, muting.unmute, muting.unmute):
        change(amara, lin)
    assert told == [amara, amara]
