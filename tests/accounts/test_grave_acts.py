"""What staff do that reaches furthest: they show once more that it is them, and what they filled in is done."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> User:
    return a_proven_member("Lin Wei")


@pytest.fixture
def secret(client: Client, settings) -> str:
    """That of a head of staff who signed in a while ago."""
    settings.MITALK_STAFF_SECOND_FACTOR = True
    head = a_proven_member("Sofia Takács", is_staff=True, is_superuser=True)
    secret = an_app_of(head)
    sign_in(client, head, next="/staff/")
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    return secret


def filled_in(client: Client, address: str) -> dict[str, Any]:
    """The form of a page of the admin, as a browser would send it back."""
    context = client.get(address).context
    forms = [
        context["adminform"].form,
        *(one for part in context["inline_admin_formsets"] for one in part.formset.forms),
    ]
    forms += [part.formset.management_form for part in context["inline_admin_formsets"]]
    fields = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    return {name: value for name, value in fields.items() if value not in (None, False)}


@pytest.mark.parametrize("query", ["", "?_changelist_filters=q%3Dlin%26is_active__exact%3D1"], ids=["", "from a list"])
def test_the_form_goes_on_by_itself_once_they_showed_it(client: Client, secret: str, member: User, query: str) -> None:
    address = reverse("admin:accounts_user_change", args=[member.pk])
    with time_machine.travel(time.time() + 1_200):
        asked = client.post(address + query, {**filled_in(client, address), "is_staff": "on"})
        assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
        member.refresh_from_db()
        assert not member.is_staff
        (where,) = parse_qs(urlsplit(asked["Location"]).query)["next"]
        done = client.post(reverse("mfa_reauthenticate"), {"code": app_code(secret), "next": where})
    assert done.status_code == 302
    assert reverse("admin:accounts_user_changelist") in done["Location"]
    member.refresh_from_db()
    assert member.is_staff


def test_a_wrong_code_loses_nothing(client: Client, secret: str, member: User) -> None:
    address = reverse("admin:accounts_user_change", args=[member.pk])
    with time_machine.travel(time.time() + 1_200):
        asked = client.post(address, {**filled_in(client, address), "is_staff": "on"})
        assert client.post(asked["Location"], {"code": "000000", "next": address}).status_code == 200
        client.post(asked["Location"], {"code": app_code(secret), "next": address})
    member.refresh_from_db()
    assert member.is_staff
