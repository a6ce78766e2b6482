"""The note of an invitation goes to people outside at once: it passes the lists of terms, and nothing of it can wait."""

import pytest
from django.test import Client
from django.urls import reverse

from invites.models import Invite
from moderation.models import Flag, Term
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("outcome", "goes", "flags"), [("refuse", 0, 0), ("hold", 0, 0), ("flag", 1, 1), ("allow", 1, 0)]
)
def test_a_note_with_a_term(client: Client, outcome: str, goes: int, flags: int):
    Term.objects.create(pattern="guaranteed profit", kind="phrase", outcome=outcome)
    client.force_login(a_member())
    form = {"contact": "lin@example.org", "seats": 1, "note": "A gu4ranteed profit for you", "language": "en"}
    client.post(reverse("invites:make"), form)
    assert (Invite.objects.count(), Flag.objects.count()) == (goes, flags)
