"""No key in an address of the admin is an accident, however long."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.factories import a_member

pytestmark = pytest.mark.django_db
KEYS = ("9" * 5_000, "9" * 30, "٣" * 3, "-1", "x" * 5_000)


@pytest.mark.parametrize(
    "name", [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
)
def test_a_key_of_thousands_of_digits_is_nobodys(client: Client, name: str) -> None:
    operator = a_member("Sofia Takács", is_staff=True, is_superuser=True)
    client.force_login(operator, backend="accounts.backends.MemberBackend")
    for act in ("change", "history", "delete"):
        for key in KEYS:
            answer = client.get(reverse(f"admin:{name}_{act}", args=[key]))
            assert answer.status_code in (302, 403, 404), (act, key[:9], answer.status_code)
