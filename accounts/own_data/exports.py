"""Exports of a person's own data: asked for, made by a job, kept for some days, deleted. What is to be done is rows: a job
that is delivered twice makes one, one that died is taken over."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from kombu.exceptions import OperationalError

from accounts import clock
from accounts.models import DataExport, ExportState, User, random_id
from accounts.own_data import mail, vault
from accounts.sealing import Unreadable

logger = logging.getLogger(__name__)

_CLAIM_HOLDS = timedelta(minutes=5)
_MOST_TRIES = 3
_A_DAY = timedelta(days=1)
_ROWS_KEPT = timedelta(days=30)
_ORPHANS_AFTER_SECONDS = 3600.0


class TooManyExports(Exception):
    """As many as one may have in a day."""


@transaction.atomic
def request(user: User, language: str) -> DataExport:
    """Have everything put into a file. While one is under way, it is that one.

    Raises:
        TooManyExports: for today.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    under_way = DataExport.objects.filter(user=user, state__in=(ExportState.WAITING, ExportState.MAKING)).first()
    if under_way is not None:
        return under_way
    today = DataExport.objects.filter(user=user, requested_at__gt=clock.now() - _A_DAY)
    if today.exclude(state=ExportState.FAILED).count() >= settings.EXPORTS_A_DAY:
        raise TooManyExports
    try:
        with transaction.atomic():
            export = DataExport.objects.create(user=user, language=language, public_id=random_id())
    except IntegrityError:  # SQLite knows no row locks
        return DataExport.objects.get(user=user, state__in=(ExportState.WAITING, ExportState.MAKING))
    transaction.on_commit(lambda: _nudge(export.pk))
    return export


def _nudge(pk: int) -> None:
    """Do not wait for the clock; it comes by anyway."""
    from accounts.tasks import make_export

    try:
        make_export.apply_async((pk,), retry=False)
    except (OperationalError, OSError):
        logger.warning("The jobs cannot be reached; an export waits for the clock.")


def make_due(now: datetime | None = None) -> int:
    """Make what waits, and what a job that died left behind.

    Returns:
        How many.
    """
    now = now or clock.now()
    return sum(make(pk, now) for pk in list(DataExport.objects.filter(_free(now)).values_list("pk", flat=True)[:50]))


def _free(now: datetime) -> Q:
    left_behind = Q(state=ExportState.MAKING, claimed_at__lt=now - _CLAIM_HOLDS)
    return Q(state=ExportState.WAITING) | left_behind


def make(pk: int, now: datetime | None = None) -> bool:
    """Make one, if nobody else does.

    Returns:
        Whether it was made by this call.
    """
    now = now or clock.now()
    # One conditional update: of two jobs, one changes the row.
    claim = {"state": ExportState.MAKING, "claimed_at": now, "tries": F("tries") + 1}
    if not DataExport.objects.filter(_free(now), pk=pk).update(**claim):
        return False
    export = DataExport.objects.select_related("user__profile").get(pk=pk)
    if export.tries > _MOST_TRIES:
        _mine(export).update(state=ExportState.FAILED)
        return False
    try:
        return _make(export)
    except Exception:
        # The next try may do better: whoever comes by after the claim's time takes it over.
        logger.exception("own_data.export_failed")
        if export.tries >= _MOST_TRIES:
            _mine(export).update(state=ExportState.FAILED)
        return False


def _mine(export: DataExport) -> QuerySet[DataExport]:
    return DataExport.objects.filter(pk=export.pk, state=ExportState.MAKING, claimed_at=export.claimed_at)


def _make(export: DataExport) -> bool:
    from accounts.own_data.archive import build
    from accounts.own_data.registry import Subject

    content = build(Subject(export.user), export.language, lambda done, of: _progress(export, done, of))
    name = vault.put(content)
    ready_at = clock.now()
    with transaction.atomic():
        finished = _mine(export).update(
            state=ExportState.READY,
            ready_at=ready_at,
            expires_at=ready_at + timedelta(days=settings.EXPORT_DAYS),
            file_name=name,
            size=len(content),
        )
        if finished:
            mail.export_ready(export)
    if not finished:
        vault.remove(name)  # another took it over, or the account is gone
    return bool(finished)


def _progress(export: DataExport, done: int, of: int) -> None:
    _mine(export).update(parts_done=done, parts=of)


def latest(user: User) -> DataExport | None:
    """The one that the page shows."""
    return DataExport.objects.filter(user=user).exclude(state=ExportState.GONE).first()


def read(user: User, public_id: str, now: datetime | None = None) -> bytes | None:
    """The file of one's own export; None, if there is none any more."""
    good = DataExport.objects.filter(
        user=user, public_id=public_id, state=ExportState.READY, expires_at__gt=now or clock.now()
    )
    export = good.first()
    if export is None:
        return None
    try:
        return vault.get(export.file_name)
    except (FileNotFoundError, Unreadable):
        logger.warning("own_data.export_unreadable")
        return None


def delete_old(now: datetime | None = None) -> int:
    """Delete files whose time is over, and files that no row knows; later the rows.

    Returns:
        How many exports.
    """
    now = now or clock.now()
    over = DataExport.objects.filter(state=ExportState.READY, expires_at__lte=now)
    deleted = 0
    for export in over:
        vault.remove(export.file_name)  # first: should we die here, the row still knows it
        deleted += DataExport.objects.filter(pk=export.pk).update(state=ExportState.GONE, file_name="", size=0)
    DataExport.objects.filter(
        state__in=(ExportState.GONE, ExportState.FAILED), requested_at__lt=now - _ROWS_KEPT
    ).delete()
    _delete_orphans()
    return deleted


def _delete_orphans() -> None:
    """A job that died between file and row left one."""
    known = set(DataExport.objects.exclude(file_name="").values_list("file_name", flat=True))
    now = clock.now().timestamp()
    for name in vault.names():
        if name not in known and vault.age_seconds(name, now) > _ORPHANS_AFTER_SECONDS:
            vault.remove(name)


def delete_all_of(user: User) -> None:
    """Every file and row of somebody."""
    for export in DataExport.objects.filter(user=user):
        vault.remove(export.file_name)
    DataExport.objects.filter(user=user).delete()
