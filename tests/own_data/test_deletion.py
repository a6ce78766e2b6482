"""An account is closed at once, can be had back until the date, and is gone after it; nobody stops that in silence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import AccountDeletion, AuditEntry, DeletionState, User
from accounts.own_data import deletion
from accounts.tasks import erase_accounts
from invites.models import MeasureKind
from invites.services import branches
from moderation.models import Report
from rooms import services as rooms
from rooms.models import Room
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me, is_signed_in, mailed_code, sign_in
from tests.factories import a_live_room, a_member, a_room_to_come

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def amara() -> User:
    return a_proven_member("Amara Okafor")


def close(client: Client, member: User):
    client.force_login(member)
    confirm_it_is_me(client)
    return client.post(reverse("accounts:delete"), {"typed": member.email})


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def subjects() -> list[str]:
    outbox.send_due()
    return [message.subject for message in mail.outbox]


# --- Closing ------------------------------------------------------------------------------------------------------


def test_whoever_closes_it_shows_who_they_are_and_types_the_address(client, amara):
    client.force_login(amara)
    address = reverse("accounts:delete")
    assert "What stays, and why" in client.get(address).content.decode()
    assert client.post(address, {"typed": amara.email}).url.startswith(reverse("account_reauthenticate"))
    confirm_it_is_me(client)
    response = client.post(address, {"typed": "somebody@example.org"})
    assert response.context["form"].has_error("typed", "typed_another")
    assert not AccountDeletion.objects.exists()
    assert client.post(address, {"typed": amara.email.upper()}).status_code == 200
    assert AccountDeletion.objects.get().user == amara


def test_it_is_signed_out_everywhere_and_hidden_at_once(client, amara):
    elsewhere, other = Client(), Client()
    sign_in(elsewhere, amara)
    other.force_login(a_member("Lin Wei"))
    close(client, amara)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(client)
    assert not [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(amara.pk)]
    assert other.get(reverse("accounts:profile", args=[amara.public_id])).status_code == 404
    found = other.get(reverse("rooms:search") + "?q=Amara").context["found"]
    assert found.people == []
    assert subjects() == ["Your account is closed, and will be deleted"]


def test_staff_hand_over_their_rights_first(client):
    staff = a_proven_member(is_staff=True)
    close(client, staff)
    assert not AccountDeletion.objects.exists()


def test_asked_for_at_the_same_moment_by_two_it_is_one(amara):
    def ask(_number: int) -> int:
        try:
            return deletion.request(User.objects.get(pk=amara.pk)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert AccountDeletion.objects.count() == 1
    assert subjects() == ["Your account is closed, and will be deleted"]


def test_a_room_to_come_goes_to_the_co_host_or_is_called_off(amara):
    lin = a_member("Lin Wei")
    shared, alone = a_room_to_come(amara), a_room_to_come(amara)
    rooms.ask_co_host(shared.public_id, amara, lin)
    rooms.answer_co_host(shared, lin, accept=True, time_zone="UTC")
    deletion.request(amara)
    shared.refresh_from_db()
    alone.refresh_from_db()
    assert (shared.host, shared.phase) == (lin, "scheduled")
    assert alone.not_held == "cancelled"


def test_a_live_room_goes_to_whoever_is_next(amara):
    lin = a_member("Lin Wei")
    room = a_live_room(amara, speakers=(lin,))
    rooms.join(room.public_id, amara, muted=True)
    rooms.join(room.public_id, lin, muted=True)
    deletion.request(amara)
    room.refresh_from_db()
    assert room.host == lin
    assert not room.participants.filter(user=amara, left_at=None).exists()


# --- Back again ---------------------------------------------------------------------------------------------------


def test_signing_in_offers_the_way_back_and_nothing_else(client, amara):
    close(client, amara)
    there = Client()
    assert sign_in(there, amara).url == reverse("accounts:undo")
    assert not is_signed_in(there)
    assert "Keep my account" in there.get(reverse("accounts:undo")).content.decode()
    there.post(reverse("accounts:undo"))
    assert AccountDeletion.objects.get().state == DeletionState.UNDONE
    assert not is_signed_in(there)
    sign_in(there, amara)
    assert is_signed_in(there)
    assert "Your account stays" in subjects()


def test_a_mailed_code_leads_back_too(client, amara):
    deletion.request(amara)
    client.post(reverse("account_request_login_code"), {"email": amara.email})
    response = client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert response.url == reverse("accounts:undo")


def test_only_the_right_password_hears_of_it(client, amara):
    deletion.request(amara)
    assert sign_in(client, amara, "wrong").status_code == 200
    assert client.get(reverse("accounts:undo")).url == reverse("account_login")
    assert client.post(reverse("accounts:undo")).url == reverse("account_login")
    assert AccountDeletion.objects.get().state == DeletionState.PENDING


def test_after_the_date_there_is_no_way_back(client, amara):
    deletion.request(amara)
    sign_in(client, amara)
    AccountDeletion.objects.update(final_at=timezone.now() - timedelta(seconds=1))
    assert client.post(reverse("accounts:undo")).status_code == 410


def test_of_an_undo_and_the_job_at_the_same_moment_one_wins(amara):
    asked = deletion.request(amara)
    AccountDeletion.objects.filter(pk=asked.pk).update(final_at=timezone.now())
    now = asked.requested_at  # the one's clock is behind, the other's ahead: both think that it is their turn

    def act(number: int) -> bool:
        try:
            later = timezone.now() + timedelta(minutes=1)
            return deletion.undo(asked, now) if number % 2 else bool(deletion.erase_due(later))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(act, range(8)))
    assert outcomes.count(True) == 1
    asked.refresh_from_db()
    is_there = User.objects.filter(pk=amara.pk, is_active=True).exists()
    assert (asked.state, is_there) in ((DeletionState.UNDONE, True), (DeletionState.ERASED, False))


def test_of_many_jobs_one_erases_and_one_mail_goes_out(amara):
    deletion.request(amara)
    AccountDeletion.objects.update(final_at=timezone.now() - timedelta(seconds=1))

    def run(_number: int) -> int:
        try:
            return deletion.erase_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(run, range(6))) == 1
    assert subjects().count("Your account is deleted") == 1
    assert AuditEntry.objects.filter(act="account.erased").count() == 1


def test_an_undo_does_not_undo_a_sanction(amara):
    staff = a_member("Staff", is_staff=True)
    asked = deletion.request(amara)
    measure = branches.take(amara, MeasureKind.PAUSE, by=staff, reason="Spam")
    assert deletion.undo(asked)
    assert not User.objects.get(pk=amara.pk).is_active
    branches.lift(measure, by=staff, reason="A mistake")
    assert User.objects.get(pk=amara.pk).is_active


def test_the_page_does_not_promise_what_a_sanction_forbids(client, amara):
    deletion.request(amara)
    assert sign_in(client, amara).url == reverse("accounts:undo")
    branches.take(amara, MeasureKind.PAUSE, by=a_member("Staff", is_staff=True), reason="Spam")
    page = client.post(reverse("accounts:undo"), follow=True).content.decode()
    assert "yours again" not in page
    assert "A measure of staff still keeps it closed" in page


def test_a_lifted_sanction_does_not_undo_a_deletion(amara):
    staff = a_member("Staff", is_staff=True)
    deletion.request(amara)
    branches.lift(branches.take(amara, MeasureKind.PAUSE, by=staff, reason="Spam"), by=staff, reason="A mistake")
    assert not User.objects.get(pk=amara.pk).is_active


# --- The date -----------------------------------------------------------------------------------------------------


def test_it_is_reminded_of_once_two_days_before(amara):
    deletion.request(amara)
    for days in (11, 12.1, 12.2, 13):
        deletion.remind(in_days(days))
    assert subjects().count("Your account will be deleted in two days") == 1


def test_nothing_is_erased_before_it(amara):
    deletion.request(amara)
    erase_accounts()
    assert deletion.erase_due(in_days(13.9)) == 0
    assert User.objects.filter(pk=amara.pk).exists()
    assert deletion.erase_due(in_days(14.1)) == 1
    assert not User.objects.filter(pk=amara.pk).exists()


def test_an_open_report_delays_it_and_the_page_and_a_mail_say_why(client, amara):
    room = a_live_room()
    Report.objects.create(room=room, category="spam", target_user=amara)
    client.force_login(amara)
    assert "was reported and is being looked into" in client.get(reverse("accounts:delete")).content.decode()
    asked = deletion.request(amara)
    assert deletion.erase_due(in_days(14.1)) == 0
    asked.refresh_from_db()
    assert asked.delayed_by == "open_report"
    assert asked.final_at > in_days(29)
    assert "Your account will be deleted later" in subjects()
    assert deletion.erase_due(in_days(30.1)) == 1
    assert Report.objects.get().target_user is None
    assert Room.objects.filter(pk=room.pk).exists()


# --- Staff --------------------------------------------------------------------------------------------------------


def test_staff_see_it_and_cannot_stop_it(client, amara):
    staff = a_member("Staff", is_staff=True, is_superuser=True)
    asked = deletion.request(amara)
    client.force_login(staff)
    assert amara.public_id in client.get(reverse("admin:accounts_accountdeletion_changelist")).content.decode()
    page = client.get(reverse("admin:accounts_accountdeletion_change", args=[asked.pk]))
    assert 'name="_save"' not in page.content.decode()
    assert client.post(reverse("admin:accounts_accountdeletion_delete", args=[asked.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_user_delete", args=[amara.pk])).status_code == 403
    account = client.get(reverse("admin:accounts_user_change", args=[amara.pk])).content.decode()
    assert 'name="is_active"' not in account
