"""An invite is a seat: who gets it, who does not, and what is kept."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from invites import services, tasks
from invites.codes import LENGTH, as_typed, hashes, new_code
from invites.errors import InviteRefused
from invites.models import Invite, Redemption
from tests.factories import AGREED, PASSWORD, a_member, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 50


def redeem_as_new(invite: Invite, email: str) -> str:
    try:
        with transaction.atomic():
            services.redeem(invite, User.objects.create_user(email, PASSWORD))
    except InviteRefused as refusal:
        return refusal.code
    finally:
        connection.close()
    return "in"


@pytest.mark.parametrize("seats", [1, 3])
def test_fifty_who_race_get_as_many_accounts_as_there_are_seats(seats: int) -> None:
    invite, _code = an_invite(seats=seats)
    with ThreadPoolExecutor(RACERS) as pool:
        outcomes = list(pool.map(lambda number: redeem_as_new(invite, f"racer{number}@example.org"), range(RACERS)))
    assert sorted(set(outcomes)) == ["in", "invite_used"]
    assert outcomes.count("in") == seats
    assert User.objects.count() == Redemption.objects.count() == seats
    invite.refresh_from_db()
    assert invite.seats_taken == seats


def test_fifty_who_race_through_the_sign_up_form_give_one_account() -> None:
    _invite, code = an_invite()
    browsers = [Client() for _ in range(RACERS)]
    for browser in browsers:
        browser.post(reverse("invites:accept", args=[code]))

    def sign_up(number: int) -> int:
        try:
            form = {"email": f"racer{number}@example.org", "password1": PASSWORD, **AGREED}
            return browsers[number].post(reverse("account_signup"), form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        statuses = list(pool.map(sign_up, range(RACERS)))
    assert max(statuses) < 500
    assert User.objects.count() == Redemption.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "invite_expired"),
        ({"revoked_at": timezone.now()}, "invite_revoked"),
        ({"seats_taken": 1}, "invite_used"),
    ],
)
def test_an_invite_that_is_no_good_lets_nobody_in(change: dict, code: str) -> None:
    invite, _code = an_invite()
    Invite.objects.filter(pk=invite.pk).update(**change)
    assert redeem_as_new(invite, "late@example.org") == code
    assert not User.objects.exists()


def test_a_bound_invite_is_for_its_address_only() -> None:
    invite, _code = an_invite(email="Amara@Example.org")
    assert redeem_as_new(invite, "somebody@example.org") == "invite_for_another"
    assert redeem_as_new(invite, "amara@example.org") == "in"


def test_who_came_by_an_invite_has_its_sponsor() -> None:
    sponsor = a_member()
    invite, _code = an_invite(sponsor=sponsor)
    redeem_as_new(invite, "new@example.org")
    assert User.objects.get(email="new@example.org").sponsor == sponsor


def test_the_code_is_nowhere_in_the_database() -> None:
    _invite, code = an_invite()
    with connection.cursor() as cursor:
        for model in (Invite, AuditEntry):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert code not in str(cursor.fetchall())


def test_a_code_is_found_however_it_was_pasted() -> None:
    invite, code = an_invite()
    assert services.find(f" {code[:8].lower()}-{code[8:16]} {code[16:]}\n") == invite


@pytest.mark.parametrize("typed", ["", "-", "short", "O" * LENGTH, "x" * 10_000, "2" * LENGTH, "\x00", "２" * LENGTH])
def test_a_mistyped_code_is_unknown(typed: str) -> None:
    with pytest.raises(InviteRefused) as refusal:
        services.find(typed)
    assert refusal.value.code == "invite_unknown"


def test_codes_have_the_letters_that_survive_paper() -> None:
    assert re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{24}", new_code())
    assert as_typed(new_code().lower())


def test_a_former_secret_still_opens_its_invites(settings) -> None:
    invite, code = an_invite()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"
    assert len(hashes(code)) == 2
    assert services.find(code) == invite


def test_the_expired_are_marked_once() -> None:
    invite, _code = an_invite()
    later = timezone.now() + timedelta(days=100)
    assert services.expire_invites(later) == 1
    assert services.expire_invites(later) == 0
    invite.refresh_from_db()
    assert invite.expired_at == later


def test_the_task_delivered_twice_marks_nothing_twice() -> None:
    invite, _code = an_invite()
    Invite.objects.filter(pk=invite.pk).update(expires_at=timezone.now() - timedelta(days=1))
    tasks.expire_invites()
    first = Invite.objects.get().expired_at
    tasks.expire_invites()
    assert first is not None
    assert Invite.objects.get().expired_at == first


def test_withdrawing_is_written_down_once() -> None:
    invite, _code = an_invite()
    services.revoke(invite, reason="sent to the wrong list")
    services.revoke(invite)
    assert list(AuditEntry.objects.filter(act="invite.revoked").values_list("reason", flat=True)) == [
        "sent to the wrong list"
    ]
