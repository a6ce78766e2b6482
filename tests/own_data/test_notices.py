"""Who wants what by which channel; whoever sends asks; and a mail that may be refused can be refused in one tap."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import notices, outbox
from accounts import services as accounts
from accounts.models import User
from accounts.notices import Via
from accounts.own_phones import own_phone
from invites import services as invites
from invites.notices import USED
from rooms import services as rooms
from rooms.domain.programme import MailKind
from rooms.notices import CHANGES, KIND_OF, REMINDER
from tests.factories import a_member, a_room_to_come, an_industry, an_invite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


def path_of(message) -> str:
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    return link.removeprefix("http://testserver")


def remind(member: User) -> None:
    room = a_room_to_come(minutes=10)
    rooms.go(room, member, "UTC")
    rooms.remind()
    rooms.send_due()


def reminders_to(member: User) -> list:
    return [message for message in mail.outbox if message.to == [member.email]]


def test_each_mail_of_the_programme_is_of_a_kind():
    assert set(KIND_OF) == set(MailKind)
    assert all(notices.find(kind) for kind in KIND_OF.values())


def test_the_page_shows_each_kind_and_keeps_what_is_chosen(client):
    member = a_member()
    client.force_login(member)
    page = client.get(reverse("accounts:notices")).content.decode()
    assert 'name="room_reminder.email" checked' in page
    assert "room_reminder.sms" not in page
    assert 'name="security.email" checked disabled' in page
    client.post(reverse("accounts:notices"), {"room_changes.email": "on"})
    assert notices.wants(member, CHANGES)
    assert not notices.wants(member, REMINDER)
    assert notices.wants(member, "security")


def test_text_messages_can_be_chosen_by_who_has_a_phone(client, text_messages):
    member = a_member()
    own_phone(member, "+821012345678")
    client.force_login(member)
    assert 'name="room_reminder.sms">' in client.get(reverse("accounts:notices")).content.decode()
    client.post(reverse("accounts:notices"), {"room_reminder.sms": "on"})
    remind(member)
    rooms.send_due()
    outbox.send_due()
    assert [number for number, _words in text_messages] == ["+821012345678"]
    assert reminders_to(member) == []


def test_a_reminder_can_be_refused_in_one_tap_without_signing_in(client):
    member = a_member()
    remind(member)
    (message,) = reminders_to(member)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert path_of(message) in message.body
    tap = Client(enforce_csrf_checks=True)
    assert tap.get(path_of(message)).status_code == 200
    assert notices.wants(member, REMINDER)
    assert tap.post(path_of(message), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not notices.wants(member, REMINDER)
    assert notices.wants(member, CHANGES)
    mail.outbox.clear()
    remind(member)
    assert reminders_to(member) == []


def test_a_forged_link_refuses_nothing_and_what_must_be_said_cannot_be_refused(client):
    member = a_member()
    forged = notices.stop_link(member, REMINDER).replace("http://testserver", "")[:-3] + "x/"
    always = notices.stop_link(member, "security").replace("http://testserver", "")
    for path in (forged, always):
        response = client.post(path)
        assert response.status_code == 404
        assert response["X-Error-Code"] == "notice_unknown"
    notices.choose(member, "security", Via.EMAIL, is_wanted=False)
    assert notices.wants(member, "security")


def test_a_sponsor_hears_once_who_came_unless_they_would_rather_not():
    sponsor, quiet = a_member(), a_member()
    notices.choose(quiet, USED, Via.EMAIL, is_wanted=False)
    for by in (quiet, sponsor):
        invite, _code = an_invite(sponsor=by)
        newcomer = User.objects.create_user(f"of-{by.pk}@example.org")
        invites.redeem(invite, newcomer)
        assert not mail.outbox  # their address is not proven yet, and they have no name
        for _twice in range(2):
            accounts.save_profile(newcomer, name="Min-ji Kim", headline="Engineer", industry=an_industry())
        outbox.send_due()
    assert [message.to for message in mail.outbox] == [[sponsor.email]]
    assert "Min-ji Kim" in mail.outbox[0].body
    assert "List-Unsubscribe" in mail.outbox[0].extra_headers


def test_links_in_mails_do_not_reach_the_logs():
    from rooms.seeing.logs import _without_secrets

    event = {"request": "GET /notices/abc:def/ HTTP/1.1"}
    assert _without_secrets(None, "info", event)["request"] == "GET /notices/…/ HTTP/1.1"


def test_a_room_reminder_is_still_one_mail_however_often_the_clock_comes_by():
    member = a_member()
    remind(member)
    rooms.remind()
    rooms.send_due()
    assert len(reminders_to(member)) == 1
