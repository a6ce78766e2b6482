"""Nobody forgets a model: every field that points at a person is declared, with an example of its rows."""

import re

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from accounts.own_data import registry
from accounts.own_data.registry import Erasure, Subject
from tests.own_data.everything import a_world

# What a field is called that holds an address, a keyed hash of one, or somebody's id, without being a relation.
LOOKS_PERSONAL = re.compile(
    r"^(actor|target|subject|author|person|ip|public_ip|object_id)$|(^|_)(email|phone|address|network|session)(_|$)"
    r"|_(key|by|hint|sealed)$|^(key|sealed|cause|token_hash|stage|session_data)$"
)


def pointers() -> list[str]:
    """Every field of every model that points at a person, or looks as if it did."""
    found = []
    for model in apps.get_models():
        if model._meta.proxy:
            continue
        for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many):
            if field.is_relation:
                if is_a_person(field.related_model):
                    found.append(f"{model._meta.label}.{field.name}")
            elif looks_personal(field):
                found.append(f"{model._meta.label}.{field.name}")
    return found


def looks_personal(field: models.Field) -> bool:
    """By its kind, or by what it is called."""
    if isinstance(field, models.EmailField | models.GenericIPAddressField):
        return True
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField | models.UUIDField)
    return is_text and LOOKS_PERSONAL.search(field.name) is not None


def is_a_person(model: type[models.Model]) -> bool:
    """An account, what an account has one of, and what the apps say stands for somebody."""
    if issubclass(model, User) or model._meta.label in registry.stand_ins():
        return True
    return any(field.one_to_one and is_user(field.related_model) for field in model._meta.concrete_fields)


def is_user(model: type[models.Model] | None) -> bool:
    """Whether it is the account."""
    return model is not None and issubclass(model, User)


def test_every_field_that_points_at_a_person_is_in_the_registry():
    declared = {f"{link.model}.{link.field}" for link in registry.links()} | set(registry.excused())
    assert sorted(set(pointers()) - declared) == []


def test_the_registry_names_fields_that_exist():
    for link in registry.links():
        link.model_class._meta.get_field(link.field)
    for name in registry.excused():
        model, field = name.rsplit(".", 1)
        apps.get_model(model)._meta.get_field(field)


def test_what_is_kept_says_why_and_until_when_and_is_no_relation_to_the_account():
    for link in registry.kept():
        assert link.why
        assert link.until
        assert not link.model_class._meta.get_field(link.field).is_relation, link.name


@pytest.mark.django_db
def test_the_example_has_rows_for_every_declaration(recording_bus):
    subject = Subject(a_world().person)
    without = [link.name for link in registry.links() if not link.queryset(subject).exists()]
    assert without == []


@pytest.mark.django_db
def test_higher_apps_are_erased_first_and_the_account_last():
    order = registry.erasing_order()
    labels = [link.model.split(".")[0] for link in order]
    assert labels.index("moderation") < labels.index("invites") < labels.index("rooms") < labels.index("accounts")
    assert order[-1].name == "accounts.user.email"
    assert any(link.erasure is Erasure.KEEP for link in order)
