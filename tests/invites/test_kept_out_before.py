"""Whom staff kept out before contacts were bound is bound by the migration: as if it were done today."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from accounts import bans, contacts, suspending
from accounts.models import BoundContact, User
from accounts.own_data import deletion
from accounts.own_data.former import former_member
from accounts.own_phones import own_phone
from invites.models import MeasureKind
from invites.services import branches
from tests.accounts.signing_in import a_proven_member
from tests.factories import a_member

pytestmark = pytest.mark.django_db
ADDRESS, NUMBER = "amara@example.org", "+821012345678"
migration = import_module("invites.migrations.0007_bind_who_is_kept_out")
bind = migration.bind


@pytest.fixture
def staff(recording_bus) -> User:
    return a_member("Head of Staff", is_staff=True)


@pytest.fixture
def amara(staff: User) -> User:
    amara = a_proven_member(email=ADDRESS)
    own_phone(amara, NUMBER)
    return amara


def test_the_suspended(amara: User, staff: User) -> None:
    User.objects.filter(pk=amara.pk).update(is_active=False)  # all that a suspension was
    bind(apps, None)
    bind(apps, None)
    assert bans.is_bound(contacts.email(ADDRESS))
    assert bans.is_bound(contacts.phone(NUMBER))
    assert suspending.restore(amara, by=staff)
    assert not BoundContact.objects.exists()


def test_those_whom_a_measure_holds(amara: User, staff: User) -> None:
    measure = branches.take(amara, MeasureKind.PAUSE, by=staff, reason="Spam")
    BoundContact.objects.all().delete()
    bind(apps, None)
    assert bans.is_bound(contacts.email(ADDRESS))
    assert not suspending.restore(amara, by=staff), "a measure holds them"
    branches.lift(measure, by=staff, reason="A mistake")
    assert User.objects.get(pk=amara.pk).is_active
    assert not BoundContact.objects.exists()


def test_nobody_else(amara: User) -> None:
    former_member()
    deletion.request(amara)
    bind(apps, None)
    assert not BoundContact.objects.exists()


def test_another_way_to_write_an_address_is_the_same(staff: User) -> None:
    person = a_proven_member(email="Ama.ra+news@GoogleMail.com")
    User.objects.filter(pk=person.pk).update(is_active=False)
    bind(apps, None)
    assert bans.is_bound(contacts.email("amara@gmail.com"))


def test_it_needs_nothing_of_the_apps() -> None:
    found = [
        node for node in ast.walk(ast.parse(Path(migration.__file__).read_text())) if isinstance(node, ast.ImportFrom)
    ]
    names = {(node.module or "").partition(".")[0] for node in found}
    assert not names & {"accounts", "invites", "rooms", "moderation", "config"}
