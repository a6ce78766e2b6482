"""Who can show nothing but OpenID Connect must have signed in lately before another account elsewhere opens theirs."""

from datetime import timedelta

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from tests.environment.open_id import Provider
from tests.invites.test_open_id import accept, go_there_and_back, provider  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_that_was_left_open_connects_nothing(client: Client, provider: Provider) -> None:  # noqa: F811
    accept(client)
    go_there_and_back(client)
    assert SocialAccount.objects.count() == 1
    provider.person |= {"sub": "mallory", "email": "mallory@example.org"}
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page = client.post("/accounts/oidc/openid/login/?process=connect")
        assert (page.status_code, "Sign out and in again" in page.content.decode()) == (403, True)
    assert SocialAccount.objects.count() == 1


def test_lately_signed_in_it_is_connected(client: Client, provider: Provider) -> None:  # noqa: F811
    accept(client)
    go_there_and_back(client)
    provider.person |= {"sub": "second"}
    go_there_and_back(client, "connect")
    assert SocialAccount.objects.count() == 2
