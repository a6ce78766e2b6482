"""The only writer of quotas. Whoever spends holds the member's row, so that two invites at once do not share the last."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from invites.models import Invite, QuotaEntry, QuotaReason
from rooms.models import Participant, Room

# The rule of refills, as members read it (templates/invites/mine.html).
ROOMS_A_WEEK = 2
MINUTES_IN_ONE = 10
LEAST_MEMBERS_THERE = 3
A_REFILL = 1
HELD_AT_MOST = 10  # by refills
A_SANCTION = -2


class NoneLeft(Exception):
    """The member has not as many invites."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def balance(user: User) -> int:
    """How many people a member may still invite. Below nothing, after a sanction, refills make it up first."""
    QuotaEntry.objects.get_or_create(
        user=user, reason=QuotaReason.START, cause="", defaults={"amount": settings.INVITES_AT_START}
    )
    return _sum(user)


def _sum(user: User) -> int:
    return QuotaEntry.objects.filter(user=user).aggregate(sum=Sum("amount"))["sum"] or 0


def ledger(user: User, most: int = 50) -> list[QuotaEntry]:
    """The latest entries of a member."""
    return list(QuotaEntry.objects.filter(user=user)[:most])


@transaction.atomic
def spend(user: User, seats: int, *, cause: str) -> None:
    """Take the seats of an invite out of a member's quota.

    Raises:
        NoneLeft: there are fewer.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    left = balance(user)
    if left < seats:
        raise NoneLeft(max(left, 0))
    QuotaEntry.objects.create(user=user, amount=-seats, reason=QuotaReason.INVITE, cause=cause)


def give_back(invite: Invite) -> None:
    """The seats that nobody took, of an invite that is over. Once, however often it is asked for."""
    unused = invite.seats - invite.seats_taken
    if invite.is_from_quota and invite.sponsor_id and unused > 0:
        _add(invite.sponsor_id, unused, QuotaReason.RETURN, invite.public_id)


def invitee_sanctioned(user: User, cause: str) -> None:
    """Whoever answered for somebody that was sanctioned may invite fewer. `cause` names the measure."""
    if user.sponsor_id:
        _add(user.sponsor_id, A_SANCTION, QuotaReason.SANCTION, f"{cause} {user.public_id}")


def sanction_lifted(user: User, cause: str) -> None:
    """Whoever answered for them has back what that measure took."""
    if user.sponsor_id and QuotaEntry.objects.filter(
        user=user.sponsor_id, reason=QuotaReason.SANCTION, cause=f"{cause} {user.public_id}"
    ):
        _add(user.sponsor_id, -A_SANCTION, QuotaReason.LIFTED, f"{cause} {user.public_id}")


def _add(user_id: int, amount: int, reason: QuotaReason, cause: str) -> None:
    QuotaEntry.objects.bulk_create(
        [QuotaEntry(user_id=user_id, amount=amount, reason=reason, cause=cause)], ignore_conflicts=True
    )


@transaction.atomic
def grant(user: User, amount: int, *, by: User, note: str) -> QuotaEntry:
    """Staff give, or take."""
    entry = QuotaEntry.objects.create(
        user=user,
        amount=amount,
        reason=QuotaReason.GRANT,
        cause=f"{timezone.now().isoformat()} {by.public_id}",
        note=note,
        by=by,
    )
    record("quota.granted", f"{user.public_id} {amount:+d}", actor=by, reason=note)
    return entry


def refill(now: datetime | None = None) -> int:
    """Refill those who took part in last week's rooms. A week counts once, however often this runs.

    Returns:
        How many members.
    """
    end = _start_of_week(now or timezone.now())
    start = end - timedelta(weeks=1)
    week = start.strftime("%G-W%V")
    earned = (
        _stays(start, end)
        .values("user")
        .annotate(rooms=Count("room", distinct=True))
        .filter(rooms__gte=ROOMS_A_WEEK)
        .values("user")
    )
    open_to_more = (
        User.objects.filter(pk__in=earned, is_active=True, is_demo=False)
        .exclude(quota__reason=QuotaReason.REFILL, quota__cause=week)
        .annotate(held=Sum("quota__amount"), has_start=Count("quota", filter=Q(quota__reason=QuotaReason.START)))
    )
    refilled = [
        QuotaEntry(user=user, amount=A_REFILL, reason=QuotaReason.REFILL, cause=week)
        for user in open_to_more
        if (user.held or 0) + (0 if user.has_start else settings.INVITES_AT_START) < HELD_AT_MOST
    ]
    QuotaEntry.objects.bulk_create(refilled, ignore_conflicts=True, batch_size=500)
    return len(refilled)


def _stays(start: datetime, end: datetime) -> QuerySet[Participant]:
    """Who stayed long enough, in rooms with others, in a span of time."""
    with_others = (
        Room.objects.filter(started_at__gte=start - timedelta(days=1), started_at__lt=end)
        .annotate(members=Count("participants", filter=Q(participants__user__isnull=False)))
        .filter(members__gte=LEAST_MEMBERS_THERE)
    )
    return Participant.objects.filter(
        user__isnull=False,
        room__in=with_others.values("pk"),
        arrived_at__gte=start,
        arrived_at__lt=end,
        left_at__gte=F("arrived_at") + timedelta(minutes=MINUTES_IN_ONE),
    )


def _start_of_week(now: datetime) -> datetime:
    monday = now - timedelta(days=now.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)
