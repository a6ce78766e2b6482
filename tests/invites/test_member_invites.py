"""A member invites: bound or open, sent or copied, sent again, withdrawn; and sees who came."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import contacts
from accounts.contact_models import OutboxMessage
from accounts.models import User
from invites import services, tasks
from invites.errors import InviteRefused
from invites.models import Invite, QuotaEntry, QuotaReason
from invites.services import quota
from rooms import services as room_services
from tests.factories import PASSWORD, a_live_room, a_member, a_room_to_come, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
MAILBOX = contacts.email("petra@example.org")
FORM = {"contact": "", "region": "", "note": "", "room": "", "seats": "1", "language": "en"}
LINK = re.compile(r"/i/([2-9A-Z]{24})/")


@pytest.fixture
def member(client: Client) -> User:
    member = a_member()
    client.force_login(member, backend="accounts.backends.MemberBackend")
    return member


def invite(client: Client, **fields: str):
    return client.post(reverse("invites:make"), {**FORM, **fields})


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found, text
    return found.group(1)


def opens(code: str) -> int:
    return Client().get(reverse("invites:preview", args=[code])).status_code


def test_an_address_gets_a_mail_with_a_link_that_only_it_has_seen(client: Client, member: User) -> None:
    response = invite(client, contact="Petra@Example.org", note="Come and see, 很好")
    assert response["Location"] == reverse("invites:mine")
    (message,) = mail.outbox
    assert message.to == ["petra@example.org"]
    assert "Amara Okafor invites you" in message.body
    assert "Come and see, 很好" in message.body
    assert opens(link_in(message.body)) == 200
    page = client.get(reverse("invites:mine")).content.decode()
    assert "petra@example.org" in page
    assert not LINK.search(page)


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "You are invited"), ("zh-hans", "MiTalk"), ("ko", "MiTalk")],
)
def test_the_mail_is_in_the_chosen_language(client: Client, member: User, language: str, subject: str) -> None:
    invite(client, contact="petra@example.org", language=language)
    (message,) = mail.outbox
    assert subject in message.subject
    if language != "en":
        assert "invites you" not in message.body
        assert message.subject != "You are invited to MiTalk"


def test_a_phone_gets_a_text_message(client: Client, member: User, text_messages: list) -> None:
    invite(client, contact="010-1234-5678", region="KR")
    ((number, words),) = text_messages
    assert number == "+821012345678"
    assert opens(link_in(words)) == 200
    assert "/never/" in words
    assert "+82 … 78" in client.get(reverse("invites:mine")).content.decode()


@pytest.mark.parametrize(
    ("contact", "region", "code"),
    [("010-1234-5678", "", "phone_needs_region"), ("123", "KR", "phone_invalid"), ("petra@", "", "invalid")],
)
def test_what_cannot_be_reached_is_named_and_costs_nothing(
    client: Client, member: User, contact: str, region: str, code: str
) -> None:
    response = invite(client, contact=contact, region=region)
    assert response.context["form"].has_error("contact", code)
    assert not Invite.objects.exists()
    assert quota.balance(member) == 3


def test_without_an_address_there_is_a_link_and_a_picture_of_it(client: Client, member: User) -> None:
    response = invite(client, seats="2")
    page = response.content.decode()
    assert opens(link_in(page)) == 200
    assert "data:image/svg+xml;base64," in page
    assert "no-store" in response["Cache-Control"]
    assert mail.outbox == []
    assert Invite.objects.get().seats == 2


def test_one_address_has_one_seat(client: Client, member: User) -> None:
    response = invite(client, contact="petra@example.org", seats="2")
    assert response.context["form"].has_error("seats", "bound_has_one_seat")


def test_into_a_room_that_one_goes_to_and_no_other(client: Client, member: User, recording_bus) -> None:
    mine, others = a_room_to_come(), a_room_to_come()
    room_services.go(mine, member, "UTC")
    assert invite(client, room=others.public_id).context["form"].has_error("room")
    link = link_in(invite(client, room=mine.public_id).content.decode())
    assert mine.title in Client().get(reverse("invites:preview", args=[link])).content.decode()


def test_the_room_one_is_in_now(client: Client, member: User, recording_bus) -> None:
    room = a_live_room(title="Pricing floods")
    room_services.join(room.public_id, member, muted=True)
    assert "Pricing floods" in client.get(reverse("invites:make")).content.decode()


def test_the_preview_consumes_nothing_for_heads_and_scanners_and_names_no_code_in_a_session(
    client: Client, member: User
) -> None:
    code = link_in(invite(client).content.decode())
    before = Invite.objects.values().get()
    scanner = Client(headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    for _ in range(3):
        assert scanner.head(reverse("invites:preview", args=[code])).status_code == 200
        assert scanner.get(reverse("invites:preview", args=[code]))["X-Robots-Tag"] == "noindex"
    assert not scanner.cookies.get("sessionid")
    assert Invite.objects.values().get() == before


def test_the_accepted_code_is_in_no_session_row(client: Client, member: User) -> None:
    code = link_in(invite(client).content.decode())
    visitor = Client()
    visitor.post(reverse("invites:accept", args=[code]))
    assert code not in str(dict(visitor.session))
    assert visitor.get(reverse("account_signup")).status_code == 200


def test_sending_again_makes_a_new_link_and_kills_the_old(client: Client, member: User) -> None:
    invite(client, contact="petra@example.org")
    made = Invite.objects.get()
    client.post(reverse("invites:renew", args=[made.public_id]))
    first, second = (link_in(message.body) for message in mail.outbox)
    assert (opens(first), opens(second)) == (404, 200)
    assert quota.balance(member) == 2


def test_a_link_for_anybody_is_made_anew(client: Client, member: User) -> None:
    first = link_in(invite(client).content.decode())
    response = client.post(reverse("invites:renew", args=[Invite.objects.get().public_id]))
    assert (opens(first), opens(link_in(response.content.decode()))) == (404, 200)


def test_it_is_sent_five_times_and_no_more(client: Client, member: User) -> None:
    invite(client, contact="petra@example.org")
    address = reverse("invites:renew", args=[Invite.objects.get().public_id])
    for _ in range(7):
        client.post(address)
    assert len(mail.outbox) == 5
    assert opens(link_in(mail.outbox[-1].body)) == 200  # the last that went out is good


def test_two_who_send_again_at_once_send_one() -> None:
    made, _code = services.invite_somebody(a_member(), MAILBOX)
    mail.outbox.clear()

    stale = [Invite.objects.get(pk=made.pk) for _ in range(4)]

    def renew_stale(number: int) -> str:
        try:
            services.renew(stale[number])
        except InviteRefused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(renew_stale, range(4)))
    assert sorted(outcomes) == ["invite_not_open"] * 3 + ["sent"]
    assert len(mail.outbox) == 1


def test_who_was_invited_is_not_invited_twice(client: Client, member: User) -> None:
    invite(client, contact="petra@example.org")
    response = invite(client, contact="PETRA@example.org")
    assert response.context["form"].errors["contact"]
    assert Invite.objects.count() == len(mail.outbox) == 1
    assert quota.balance(member) == 2


def test_withdrawing_gives_the_seats_back_that_nobody_took(client: Client, member: User) -> None:
    invite(client, seats="3")
    made = Invite.objects.get()
    newcomer = User.objects.create_user("new@example.org", PASSWORD)
    services.redeem(made, newcomer)
    for _ in range(2):
        client.post(reverse("invites:revoke", args=[made.public_id]))
    assert quota.balance(member) == 2
    returned = QuotaEntry.objects.get(reason=QuotaReason.RETURN)
    assert (returned.amount, returned.cause) == (2, made.public_id)


def test_who_came_is_listed(client: Client, member: User) -> None:
    made, _code = an_invite(sponsor=member, seats=2)
    services.redeem(made, a_member("Lin Wei"))
    page = client.get(reverse("invites:mine")).content.decode()
    assert "Lin Wei" in page
    assert "1 of 2 came." in page


def test_another_members_invites_are_not_there(client: Client, member: User) -> None:
    made, _code = an_invite(sponsor=a_member("Lin Wei"))
    for name in ("renew", "revoke"):
        assert client.post(reverse(f"invites:{name}", args=[made.public_id])).status_code == 404
    made.refresh_from_db()
    assert made.revoked_at is None


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for name in ("invites:mine", "invites:make"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_a_member_who_was_suspended_lets_nobody_in(client: Client) -> None:
    sponsor = a_member()
    made, code = an_invite(sponsor=sponsor)
    User.objects.filter(pk=sponsor.pk).update(is_active=False)
    assert client.get(reverse("invites:preview", args=[code]))["X-Error-Code"] == "invite_revoked"
    with pytest.raises(InviteRefused):
        services.redeem(made, a_member())


def test_an_expired_invite_gives_its_seats_back_once(member: User) -> None:
    services.invite_somebody(member, None, seats=2)
    later = timezone.now() + timedelta(days=15)
    with time_machine.travel(later):
        for _ in range(2):
            tasks.expire_invites()
    assert quota.balance(member) == 3


def test_whoever_redeems_while_it_expires_has_the_seat_or_the_sponsor_has_it_back() -> None:
    sponsor = a_member()
    made, _code = services.invite_somebody(sponsor, None)
    late = made.expires_at + timedelta(seconds=1)
    newcomers = [User.objects.create_user(f"new{n}@example.org", PASSWORD) for n in range(4)]

    def race(number: int) -> None:
        try:
            if number == 4:
                services.expire_invites(late)
            else:
                with transaction.atomic():
                    services.redeem(made, newcomers[number])
        except InviteRefused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(race, (0, 4, 1, 2, 3)))
    made.refresh_from_db()
    assert quota.balance(sponsor) == 3 - made.seats_taken


class TestReminders:
    def test_one_a_few_days_before_the_end_and_both_links_are_good(self, member: User) -> None:
        services.invite_somebody(member, MAILBOX)
        first = link_in(mail.outbox[0].body)
        with time_machine.travel(timezone.now() + timedelta(days=10)):
            tasks.remind_invited()
            assert len(mail.outbox) == 1
        with time_machine.travel(timezone.now() + timedelta(days=12)):
            for _ in range(3):
                tasks.remind_invited()
            assert len(mail.outbox) == 2
            assert [opens(first), opens(link_in(mail.outbox[1].body))] == [200, 200]

    def test_two_beats_at_once_send_one(self, member: User) -> None:
        services.invite_somebody(member, MAILBOX)
        now = timezone.now() + timedelta(days=12)

        def beat(_: int) -> None:
            try:
                services.remind(now)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(beat, range(6)))
        assert len(mail.outbox) == 2

    def test_sending_again_kills_the_reminders_link_too(self, member: User) -> None:
        made, _code = services.invite_somebody(member, MAILBOX)
        services.remind(timezone.now() + timedelta(days=12))
        reminded = link_in(mail.outbox[1].body)
        made.refresh_from_db()
        services.renew(made)
        assert opens(reminded) == 404

    def test_who_came_or_was_withdrawn_is_not_reminded(self, member: User) -> None:
        made, _code = services.invite_somebody(member, MAILBOX)
        services.redeem(made, a_member(email=MAILBOX.value))
        other, _code = services.invite_somebody(member, contacts.email("lin@example.org"))
        services.revoke(other)
        assert services.remind(timezone.now() + timedelta(days=12)) == 0

    def test_what_is_copied_is_not_reminded_of(self, member: User) -> None:
        services.invite_somebody(member, None)
        assert services.remind(timezone.now() + timedelta(days=12)) == 0


def test_nothing_of_an_invite_on_its_way_can_be_read_in_the_database(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.outbox._nudge", lambda: None)
    _made, code = services.invite_somebody(member, contacts.phone("+821012345678"))
    with connection.cursor() as cursor:
        for model in (Invite, OutboxMessage):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows = str(cursor.fetchall())
            assert code not in rows
            assert "1012345678" not in rows
