"""Nobody of staff decides on what they have a part in."""

from django.db.models import Q

from accounts.models import User
from moderation.models import Case, CaseKind


def is_partial(case: Case, user: User) -> bool:
    """Whether somebody of staff is part of what was reported: then another decides."""
    if case.target_user_id == user.pk or (case.target is not None and case.target.user_id == user.pk):
        return True
    if case.kind == CaseKind.ROOM and case.room is not None and case.room.host_id == user.pk:
        return True
    about = Q(reporter_user=user) | Q(reporter__user=user) | Q(target_user=user)
    return case.reports.filter(about).exists()
