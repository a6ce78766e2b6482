"""The only writer of measures on branches of the invite tree. Whoever they hold has no account to enter with, and is out
of every room in the moment the measure is committed."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import bans
from accounts.models import User
from accounts.own_data.leaving import leaving
from accounts.services import record
from accounts.sessions import end_sessions
from invites.models import BranchMeasure, BranchMember, Invite, MeasureKind
from invites.services import quota
from invites.services.issuing import reopen, revoke
from rooms import services as rooms


class MeasureHolds(Exception):
    """The branch is under such a measure already."""


class StaffAtTheRoot(Exception):
    """A member of staff is not paused with a branch: take their rights first."""


@transaction.atomic
def take(root: User, kind: MeasureKind, *, by: User, reason: str) -> BranchMeasure:
    """Pause a branch, or cut it off: everybody in it but staff.

    Raises:
        MeasureHolds: it is paused, or cut off, already.
        StaffAtTheRoot: its root is staff.
    """
    root = User.objects.get(pk=root.pk)
    if root.is_staff:
        raise StaffAtTheRoot
    try:
        with transaction.atomic():
            measure = BranchMeasure.objects.create(root=root, kind=kind, by=by, reason=reason)
    except IntegrityError as error:
        raise MeasureHolds from error
    held = [user for user in _locked_branch(root) if not user.is_staff and _may_be_held(user)]
    BranchMember.objects.bulk_create([BranchMember(measure=measure, user=user) for user in held], batch_size=500)
    User.objects.filter(pk__in=[user.pk for user in held]).update(is_active=False)
    bans.bind(held, _cause(measure))
    if kind == MeasureKind.CUT:
        for invite in Invite.objects.redeemable().filter(sponsor__in=[user.pk for user in held]):
            revoke(invite, by=by, reason=reason, at=measure.at)
        quota.invitee_sanctioned(root, _cause(measure))
    record(f"branch.{kind}", f"{root.public_id} and {max(len(held) - 1, 0)} more", actor=by, reason=reason)
    transaction.on_commit(lambda: _out_of_every_room(held))
    return measure


def _cause(measure: BranchMeasure) -> str:
    return f"measure {measure.pk}"


def _may_be_held(user: User) -> bool:
    """Who is suspended for themselves stays so, whatever becomes of the measure. Who is deleting their account is held,
    should they undo that."""
    is_held = user.held_by.filter(measure__lifted_at=None).exists()
    return user.is_active or is_held or leaving().filter(pk=user.pk).exists()


def is_held(user: User) -> bool:
    """Whether a measure keeps somebody out."""
    return BranchMember.objects.filter(user=user, measure__lifted_at=None).exists()


def _locked_branch(root: User) -> list[User]:
    """Everybody in it. Several accounts are locked by number, the oldest first, here and wherever else that is done
    (docs/decisions/0008). Whoever lets somebody in holds their sponsor's row (`redeem`): a newcomer is either seen here, when
    all the others are locked, or finds their sponsor suspended."""
    branch: dict[int, User] = {}
    while missing := _numbers_below(root) - branch.keys():
        locked = User.objects.select_for_update(no_key=True).filter(pk__in=missing).order_by("pk")
        branch |= {user.pk: user for user in locked}
    return list(branch.values())


def _numbers_below(root: User) -> set[int]:
    level, seen = {root.pk}, {root.pk}
    while level:
        level = set(User.objects.filter(branch_of__in=level).values_list("pk", flat=True)) - seen
        seen |= level
    return seen


def _out_of_every_room(users: Iterable[User]) -> None:
    # Should we die before the last of them: the sweep of rosters and the audio worker find who is suspended.
    for user in users:
        rooms.suspend(user)
        end_sessions(user)  # lifted, they sign in again


@transaction.atomic
def lift(measure: BranchMeasure, *, by: User, reason: str) -> bool:
    """Let them come back, but for those whom another measure holds, or who were suspended meanwhile. What a cut took is given
    back to the same people: the invites of their sponsors, and their own that staff had made for them.

    Returns:
        Whether it was this call that lifted it.
    """
    open_ones = BranchMeasure.objects.filter(pk=measure.pk, lifted_at=None)
    if not open_ones.update(lifted_at=timezone.now(), lifted_by=by, lift_reason=reason):
        return False
    held = list(measure.members.order_by("user").values_list("user", flat=True))
    list(User.objects.select_for_update(no_key=True).filter(pk__in=held).order_by("pk"))
    bans.lift(_cause(measure))
    elsewhere = BranchMember.objects.filter(user__in=held, measure__lifted_at=None).values_list("user", flat=True)
    stay = {*elsewhere, *bans.held(held).values_list("user", flat=True)}
    freed = User.objects.filter(pk__in=[pk for pk in held if pk not in stay]).exclude(pk__in=leaving())
    if measure.kind == MeasureKind.CUT:
        reopen([pk for pk in held if pk not in stay], revoked_at=measure.at)
        if measure.root is not None and measure.root_id not in stay:
            quota.sanction_lifted(measure.root, _cause(measure))
    count = freed.update(is_active=True)
    root = measure.root.public_id if measure.root else "a former member"
    record("branch.lift", f"{root}: {count} back", actor=by, reason=reason)
    return True
