"""Appeals: one a sanction, in time, decided by somebody else of staff, with reasons."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from accounts.text import tidy_prose
from moderation import notices
from moderation.models import Appeal, AppealState, Sanction
from moderation.models.appeals import MOST_APPEAL
from moderation.partiality import has_part_in_report
from moderation.services.sanctions import lift, shorten

MIN_WORDS = 10


class AppealRefused(Exception):
    """It cannot be made, or decided so; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make_appeal(sanction: Sanction, user: User, words: str) -> Appeal:
    """Say that a sanction was wrong.

    Raises:
        AppealRefused: `not_yours`; `words_missing`; `too_late`; `twice`; `settled`: it was taken back as a mistake already.
    """
    said = tidy_prose(words)[:MOST_APPEAL]
    if sanction.user_id != user.pk:
        raise AppealRefused("not_yours")
    if len(said) < MIN_WORDS:
        raise AppealRefused("words_missing")
    if sanction.appeal_until <= timezone.now():
        raise AppealRefused("too_late")
    if sanction.overturned:
        raise AppealRefused("settled")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(sanction=sanction, words=said, imposed_by=sanction.by)
    except IntegrityError as error:
        raise AppealRefused("twice") from error
    record("appeal.made", f"{user.public_id} {made.public_id}", actor=user)
    return made


@transaction.atomic
def decide_appeal(appeal: Appeal, outcome: str, *, by: User, reasons: str, until: datetime | None = None) -> Appeal:
    """Answer an appeal: `upheld`, the sanction stands; `shortened` until a moment; `overturned`, it was a mistake.

    Raises:
        AppealRefused: `own`: whoever imposed it, whom it is against, and who reported it do not decide;
            `reasons_missing`; `decided` already; `until_missing`.
        SanctionRefused: `until_later`, `over` when it cannot be shortened any more.
    """
    said = tidy_prose(reasons)[:MOST_APPEAL]
    if not may_decide(appeal, by):
        raise AppealRefused("own")
    if len(said) < MIN_WORDS:
        raise AppealRefused("reasons_missing")
    if outcome == AppealState.SHORTENED and until is None:
        raise AppealRefused("until_missing")
    still_open = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN)
    if not still_open.update(state=outcome, decided_by=by, decided_at=timezone.now(), reasons=said):
        raise AppealRefused("decided")
    record(f"appeal.{outcome}", appeal.public_id, actor=by)
    because = f"appeal {appeal.public_id}"
    if outcome == AppealState.OVERTURNED and not Sanction.objects.get(pk=appeal.sanction_id).overturned:
        lift(appeal.sanction, by=by, reason=because, as_mistake=True)
    elif outcome == AppealState.SHORTENED:
        assert until is not None
        shorten(appeal.sanction, until, by=by, reason=because)
    appeal.refresh_from_db()
    if appeal.sanction.user is not None:
        notices.appeal_decided(appeal, appeal.sanction.user)
    return appeal


def may_decide(appeal: Appeal, staff: User) -> bool:
    """Whether somebody of staff has no part in what is appealed."""
    sanction = appeal.sanction
    if staff.pk in (appeal.imposed_by_id, sanction.by_id, sanction.user_id):
        return False
    return not has_part_in_report(sanction.report, staff)
