"""How many one may invite: a ledger whose sum is the balance, held under races."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from invites import services, tasks
from invites.models import Invite, QuotaEntry, QuotaReason
from invites.services import quota
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def in_threads(number: int, work) -> list:
    def run(index: int):
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def set_balance(user: User, amount: int) -> None:
    staff = a_member("Staff", is_staff=True)
    quota.grant(user, amount - quota.balance(user), by=staff, note="for this test")


def test_everybody_begins_with_a_few(settings) -> None:
    settings.INVITES_AT_START = 4
    member = a_member()
    assert [quota.balance(member) for _ in range(2)] == [4, 4]
    assert [entry.reason for entry in quota.ledger(member)] == ["start"]


def test_the_start_is_given_once_however_many_ask_at_once() -> None:
    member = a_member()
    assert set(in_threads(8, lambda _: quota.balance(member))) == {3}
    assert QuotaEntry.objects.count() == 1


@pytest.mark.parametrize("left", [1, 2])
def test_of_many_invites_at_once_as_many_are_made_as_are_left(left: int) -> None:
    member = a_member()
    set_balance(member, left)

    def invite(_: int) -> bool:
        try:
            services.invite_somebody(member, None)
        except quota.NoneLeft:
            return False
        return True

    assert in_threads(8, invite).count(True) == left
    assert Invite.objects.count() == left
    assert quota.balance(member) == 0


def test_an_invite_for_more_than_are_left_is_not_made(client: Client) -> None:
    member = a_member()
    client.force_login(member, backend="accounts.backends.MemberBackend")
    form = {"contact": "", "region": "", "note": "", "room": "", "language": "en"}
    response = client.post(reverse("invites:make"), {**form, "seats": "4"})
    assert response.context["form"].errors["seats"]
    assert not Invite.objects.exists()
    set_balance(member, 0)
    response = client.post(reverse("invites:make"), {**form, "seats": "1"})
    assert response.context["form"].non_field_errors()


def test_the_sum_is_what_the_page_says_and_each_row_says_why(client: Client) -> None:
    member = a_member()
    client.force_login(member, backend="accounts.backends.MemberBackend")
    services.invite_somebody(member, None, seats=2)
    set_balance(member, 5)
    page = client.get(reverse("invites:mine")).content.decode()
    assert "You can invite 5 more people." in page
    for words in ("To begin with", "You made an invite", "Given by MiTalk’s staff: for this test"):
        assert words in page
    assert QuotaEntry.objects.filter(user=member).aggregate(sum=Sum("amount"))["sum"] == 5


def stayed(user: User, room: Room, *, minutes: float = 15, at: datetime = MONDAY) -> None:
    Participant.objects.create(
        room=room, user=user, arrived_at=at, left_at=at + timedelta(minutes=minutes), connection="x"
    )


def a_room_with(*people: User, minutes: float = 15, at: datetime = MONDAY) -> None:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(started_at=at, phase="ended")
    for person in people:
        stayed(person, room, minutes=minutes, at=at)


@pytest.fixture
def three(recording_bus) -> tuple[User, User, User]:
    return a_member(), a_member("Lin Wei"), a_member("Petra Roth")


class TestRefills:
    NEXT = MONDAY + timedelta(days=7)

    def test_a_week_in_two_rooms_with_others_brings_one_once(self, three) -> None:
        a_room_with(*three)
        a_room_with(*three, at=MONDAY + timedelta(days=3))
        assert quota.refill(MONDAY + timedelta(days=4)) == 0  # the week is not over
        assert quota.refill(self.NEXT) == 3
        assert quota.refill(self.NEXT + timedelta(days=2)) == 0
        assert quota.balance(three[0]) == 4
        entry = QuotaEntry.objects.filter(reason=QuotaReason.REFILL).first()
        assert entry
        assert "2026-W48" in entry.words

    def test_two_beats_at_once_bring_one(self, three) -> None:
        a_room_with(*three)
        a_room_with(*three)
        in_threads(6, lambda _: quota.refill(self.NEXT))
        assert QuotaEntry.objects.filter(reason=QuotaReason.REFILL).count() == 3

    @pytest.mark.parametrize(("rooms", "people", "minutes"), [(1, 3, 15), (2, 2, 15), (2, 3, 5)])
    def test_less_than_that_brings_none(self, three, rooms: int, people: int, minutes: float) -> None:
        for _ in range(rooms):
            a_room_with(*three[:people], minutes=minutes)
        assert quota.refill(self.NEXT) == 0

    def test_it_ends_where_enough_are_held_and_goes_on_after_a_sanction(self, three) -> None:
        a_room_with(*three)
        a_room_with(*three)
        set_balance(three[0], quota.HELD_AT_MOST)
        set_balance(three[1], -2)
        assert quota.refill(self.NEXT) == 2
        assert quota.balance(three[0]) == quota.HELD_AT_MOST
        assert quota.balance(three[1]) == -1

    def test_the_clock_comes_by(self, three) -> None:
        tasks.refill_quotas()


def test_whoever_answered_for_somebody_sanctioned_has_fewer_once_a_measure() -> None:
    sponsor = a_member()
    invitee = a_member("Lin Wei", sponsor=sponsor)
    quota.balance(sponsor)
    for _ in range(2):
        quota.invitee_sanctioned(invitee, "measure 1")
    assert quota.balance(sponsor) == 1
    quota.invitee_sanctioned(a_member("Nobody’s"), "measure 2")


def test_a_ledger_is_never_rewritten() -> None:
    member = a_member()
    quota.balance(member)
    entry = QuotaEntry.objects.get()
    entry.amount = 100
    with pytest.raises(TypeError):
        entry.save()


def test_staff_give_in_the_admin_and_change_nothing(client: Client) -> None:
    member, staff = a_member(), a_member("Head", is_staff=True, is_superuser=True)
    client.force_login(staff, backend="accounts.backends.MemberBackend")
    client.post(
        reverse("admin:invites_quotaentry_add"), {"user": member.pk, "amount": "5", "note": "You host a series"}
    )
    assert quota.balance(member) == 8
    entry = QuotaEntry.objects.get(reason=QuotaReason.GRANT)
    assert (entry.by, entry.note) == (staff, "You host a series")
    assert AuditEntry.objects.filter(act="quota.granted", actor=staff.public_id).count() == 1
    address = reverse("admin:invites_quotaentry_change", args=[entry.pk])
    assert client.post(address, {"amount": "50"}).status_code == 403
    assert client.get(reverse("admin:invites_quotaentry_changelist")).status_code == 200
