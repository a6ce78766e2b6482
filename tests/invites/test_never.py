"""Never invite me: said without an account, known as a hash, told to nobody."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import contacts
from accounts.contact_models import OutboxMessage
from invites import services
from invites.models import Invite, NeverInvite
from invites.services import quota, refusing
from tests.factories import a_member, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
MAILBOX, PHONE = contacts.email("petra@example.org"), contacts.phone("+821012345678")
NEVER = re.compile(r"/never/[\w-]+/")


def never_path(text: str) -> str:
    found = NEVER.search(text)
    assert found, text
    return found.group()


def test_every_message_leads_there_and_reading_it_refuses_nothing(client: Client, text_messages: list) -> None:
    services.invite_somebody(a_member(), MAILBOX)
    services.invite_somebody(a_member(), PHONE)
    code = re.search(r"/i/(\w{24})/", mail.outbox[0].body)
    assert code
    preview = client.get(reverse("invites:preview", args=[code.group(1)])).content.decode()
    paths = [never_path(mail.outbox[0].body), never_path(text_messages[0][1]), never_path(preview)]
    for path in paths:
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not NeverInvite.objects.exists()
    for path in paths:
        assert client.post(path).status_code == 200
    assert NeverInvite.objects.count() == 2


def test_a_mail_program_says_it_in_one_tap(client: Client) -> None:
    services.invite_somebody(a_member(), MAILBOX)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    tap = Client(enforce_csrf_checks=True)
    tap.post(never_path(headers["List-Unsubscribe"]), {"List-Unsubscribe": "One-Click"})
    assert not refusing.is_wanted(MAILBOX)


def test_whoever_invites_them_sees_what_they_always_see_and_nothing_is_sent(client: Client) -> None:
    member = a_member()
    client.force_login(member, backend="accounts.backends.MemberBackend")
    refusing.never_invite(MAILBOX.key)
    form = {"region": "", "note": "", "room": "", "seats": "1", "language": "en"}
    seen = []
    for address in ("petra@example.org", "lin@example.org"):
        response = client.post(reverse("invites:make"), {**form, "contact": address}, follow=True)
        page = response.content.decode().replace(address, "…")
        (said,) = (str(message).replace(address, "…") for message in response.context["messages"])
        seen.append((response.status_code, said))
        assert address not in page
    assert seen[0] == seen[1]
    assert quota.balance(member) == 1
    assert [message.to for message in mail.outbox] == [["lin@example.org"]]
    assert [invite.sends for invite in Invite.objects.all()] == [1, 1]
    assert OutboxMessage.objects.get(sent=False).error_code == "unwanted"


def test_neither_a_reminder_nor_sending_again_reaches_them() -> None:
    invite, _code = services.invite_somebody(a_member(), MAILBOX)
    refusing.never_invite(MAILBOX.key)
    services.remind(timezone.now() + timedelta(days=12))
    invite.refresh_from_db()
    services.renew(invite)
    assert len(mail.outbox) == 1


def test_an_invite_that_is_dead_still_lets_one_refuse(client: Client) -> None:
    invite, _code = services.invite_somebody(a_member(), MAILBOX)
    services.revoke(invite)
    client.post(never_path(mail.outbox[0].body))
    assert not refusing.is_wanted(MAILBOX)


def test_an_address_is_proven_before_it_is_refused_for_somebody(client: Client) -> None:
    _invite, code = an_invite()
    assert reverse("invites:never_ask") in client.get(reverse("invites:preview", args=[code])).content.decode()
    response = client.post(reverse("invites:never_ask"), {"contact": "Petra@example.org", "region": ""})
    assert response["Location"] == reverse("invites:never_code")
    assert "petra@example.org" not in str(dict(client.session))
    sent = re.search(r"\b\d{6}\b", mail.outbox[0].body)
    assert sent
    client.post(reverse("invites:never_code"), {"code": "x"})
    assert refusing.is_wanted(MAILBOX)
    client.post(reverse("invites:never_code"), {"code": sent.group()})
    assert not refusing.is_wanted(MAILBOX)


def test_known_and_unknown_addresses_are_answered_alike(client: Client) -> None:
    a_member(email="known@example.org")
    answers = []
    for address in ("known@example.org", "known@example.net"):
        visitor = Client()
        first = visitor.post(reverse("invites:never_ask"), {"contact": address, "region": ""})
        second = visitor.get(first["Location"])
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", second.content.decode())
        answers.append((first.status_code, first["Location"], page.replace("example.org", "example.net")))
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("token", ["x", "-", "A" * 59, "a" * 500, "é"])
def test_another_token_is_unknown(client: Client, token: str) -> None:
    assert client.post(reverse("invites:never", args=[token])).status_code == 404
    assert not NeverInvite.objects.exists()


def test_a_changed_token_is_unknown(client: Client) -> None:
    token = refusing.token_of(MAILBOX)
    changed = ("B" if token[0] != "B" else "C") + token[1:]
    assert refusing.key_of(token) == MAILBOX.key
    assert refusing.key_of(changed) is None


def test_only_a_hash_is_known() -> None:
    refusing.never_invite(MAILBOX.key)
    refusing.never_invite(MAILBOX.key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM invites_neverinvite")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert "petra" not in str(rows)


def test_a_new_key_forgets_nobody(settings) -> None:
    refusing.never_invite(MAILBOX.key)
    settings.DATA_KEYS = ["a new key " * 6, *settings.DATA_KEYS]
    assert not refusing.is_wanted(MAILBOX)
