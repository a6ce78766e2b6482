"""The end of an account: asked for, undone, or final. Each change is one conditional update: of an undo and a job at the same
moment, one changes the row, and the other finds that it did."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import clock, hooks
from accounts.models import AccountDeletion, DeletionState, User, random_id
from accounts.own_data import mail, registry
from accounts.own_data.registry import Subject
from accounts.services import record

logger = logging.getLogger(__name__)

REMIND_BEFORE = timedelta(days=2)
_CLAIM_HOLDS = timedelta(minutes=5)
_LAST_STEP = "account"


class StaffStay(Exception):
    """Staff hand over their rights first: nobody cuts off the last who could help."""


@transaction.atomic
def request(user: User, *, days: int | None = None, by: str = "member") -> AccountDeletion:
    """Close an account now, and delete it in some days. Asked for twice, it is the first.

    Raises:
        StaffStay: it is staff's.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_staff:
        raise StaffStay
    under_way = _under_way(user)
    if under_way is not None:
        return under_way
    wait = timedelta(days=settings.DELETION_DAYS if days is None else days)
    try:
        with transaction.atomic():
            deletion = AccountDeletion.objects.create(
                public_id=random_id(), user=user, person=user.public_id, final_at=clock.now() + wait
            )
    except IntegrityError:  # SQLite knows no row locks
        found = _under_way(user)
        assert found is not None
        return found
    hooks.left(user)
    user.is_active = False
    user.save(update_fields=["is_active"])  # ends sessions, sockets and sound: see AccountsConfig and RoomsConfig
    record("account.deletion_requested", f"{user.public_id} by {by}")
    mail.deletion_requested(deletion, user)
    return deletion


def _under_way(user: User) -> AccountDeletion | None:
    going_on = (DeletionState.PENDING, DeletionState.ERASING)
    return AccountDeletion.objects.filter(user=user, state__in=going_on).first()


@transaction.atomic
def undo(deletion: AccountDeletion, now: datetime | None = None) -> bool:
    """Let the account be as it was, unless a sanction holds it.

    Returns:
        Whether it was in time.
    """
    now = now or clock.now()
    # Whoever takes a measure holds this row, too: either is it seen here, or it finds the account open.
    user = User.objects.select_for_update(no_key=True).filter(public_id=deletion.person).first()
    pending = AccountDeletion.objects.filter(pk=deletion.pk, state=DeletionState.PENDING, final_at__gt=now)
    if user is None or not pending.update(state=DeletionState.UNDONE, undone_at=now):
        return False
    if not hooks.is_held(user):
        User.objects.filter(pk=user.pk).update(is_active=True)
    record("account.deletion_undone", user.public_id)
    mail.deletion_undone(deletion, user)
    return True


def remind(now: datetime | None = None) -> None:
    """Write to those whose accounts are deleted in two days, once for each date."""
    now = now or clock.now()
    soon = AccountDeletion.objects.filter(
        state=DeletionState.PENDING, final_at__gt=now, final_at__lte=now + REMIND_BEFORE, reminded_at=None
    )
    for deletion in soon.exclude(requested_at__gt=now - timedelta(days=1)).select_related("user__profile"):
        with transaction.atomic():
            if AccountDeletion.objects.filter(pk=deletion.pk, reminded_at=None).update(reminded_at=now):
                assert deletion.user is not None
                mail.deletion_soon(deletion, deletion.user)


def erase_due(now: datetime | None = None) -> int:
    """Erase the accounts whose time is over, and go on with what a job that died left half done.

    Returns:
        How many.
    """
    now = now or clock.now()
    left_behind = Q(state=DeletionState.ERASING) & (Q(claimed_at=None) | Q(claimed_at__lt=now - _CLAIM_HOLDS))
    due = AccountDeletion.objects.filter(Q(state=DeletionState.PENDING, final_at__lte=now) | left_behind)
    return sum(_erase_if_due(deletion, now) for deletion in due.select_related("user__profile")[:50])


def _erase_if_due(deletion: AccountDeletion, now: datetime) -> bool:
    if deletion.state == DeletionState.PENDING and _is_delayed(deletion, now):
        return False
    if not _begin(deletion, now):
        return False
    try:
        return _erase(deletion)
    except Exception:
        # Others must not wait for it; it is gone on with, from the step that failed, when the claim's time is over.
        logger.exception("own_data.erasure_failed")
        return False


def _is_delayed(deletion: AccountDeletion, now: datetime) -> bool:
    """Whether something must be decided first; the date moves, and its person is told."""
    assert deletion.user is not None
    delay = hooks.delay_of(deletion.user)
    if delay is None or delay.until <= now:
        return False
    with transaction.atomic():
        moved = AccountDeletion.objects.filter(
            pk=deletion.pk, state=DeletionState.PENDING, final_at=deletion.final_at
        ).update(final_at=delay.until, delayed_by=delay.code, reminded_at=None)
        if moved:
            deletion.refresh_from_db(fields=["final_at"])
            mail.deletion_delayed(deletion, deletion.user, str(delay.words))
    return True


def _begin(deletion: AccountDeletion, now: datetime) -> bool:
    """Claim it. Nothing undoes it from here on."""
    pending = Q(state=DeletionState.PENDING, final_at__lte=now)
    left_behind = Q(state=DeletionState.ERASING) & (Q(claimed_at=None) | Q(claimed_at__lt=now - _CLAIM_HOLDS))
    mine = AccountDeletion.objects.filter(pending | left_behind, pk=deletion.pk)
    if not mine.update(state=DeletionState.ERASING, claimed_at=now):
        return False
    deletion.refresh_from_db()
    return True


def _erase(deletion: AccountDeletion) -> bool:
    """Step by step, each in a transaction that also notes that it is done; what was done is not done again."""
    user = deletion.user
    if user is None:
        return False
    subject = Subject(user)
    keys = subject.contact_keys  # before the phone they are of is gone
    assert keys
    for link in registry.erasing_order():
        if link.name in deletion.steps_done:
            continue
        with transaction.atomic():
            registry.erase(link, subject)
            deletion.steps_done.append(link.name)
            going_on = AccountDeletion.objects.filter(pk=deletion.pk, state=DeletionState.ERASING)
            if not going_on.update(steps_done=deletion.steps_done, claimed_at=clock.now()):
                return False
    return _delete_account(deletion, user)


@transaction.atomic
def _delete_account(deletion: AccountDeletion, user: User) -> bool:
    finished = AccountDeletion.objects.filter(pk=deletion.pk, state=DeletionState.ERASING).update(
        state=DeletionState.ERASED, erased_at=clock.now(), steps_done=[*deletion.steps_done, _LAST_STEP]
    )
    if not finished:
        return False
    mail.erased(deletion, user)
    record("account.erased", user.public_id)
    user.delete()
    logger.info("own_data.erased")
    return True


def erase_now(user: User) -> None:
    """For operators: without waiting.

    Raises:
        StaffStay: it is staff's.
    """
    deletion = request(user, days=0, by="operator")
    AccountDeletion.objects.filter(pk=deletion.pk, state=DeletionState.PENDING).update(final_at=clock.now())
    deletion.refresh_from_db()
    now = clock.now()
    if _begin(deletion, now):
        _erase(deletion)
