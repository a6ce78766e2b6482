"""Nobody of staff decides on what they have a part in."""

from django.db.models import Q, QuerySet

from accounts.models import User
from moderation.models import Case, CaseKind, Report, ReportKind


class NotYours(Exception):
    """Nobody decides about what is their own."""


def is_partial(case: Case, user: User) -> bool:
    """Whether somebody of staff is part of what was reported: then another decides."""
    if case.target_user_id == user.pk or (case.target is not None and case.target.user_id == user.pk):
        return True
    if case.kind == CaseKind.ROOM and case.room is not None and case.room.host_id == user.pk:
        return True
    return has_part_in(Report.objects.filter(case=case), user)


def has_part_in(reports: QuerySet[Report], user: User) -> bool:
    """Whether somebody made one of these reports, is who it is about, or hosts the room that it is about. By account too:
    who reported from a page has no place in a room, and places are forgotten."""
    made_it = Q(reporter_user=user) | Q(reporter__user=user)
    is_about_them = Q(target_user=user) | Q(target__user=user) | Q(kind=ReportKind.ROOM, room__host=user)
    return reports.filter(made_it | is_about_them).exists()


def has_part_in_report(report: Report | None, user: User) -> bool:
    """The same of one report, with those that were gathered with it."""
    if report is None:
        return False
    together = Q(pk=report.pk) | (Q(case=report.case_id) if report.case_id else Q())
    return has_part_in(Report.objects.filter(together), user)
