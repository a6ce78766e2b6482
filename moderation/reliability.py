"""Who reports, and how their reports turned out: read, and told to staff; never held against anybody elsewhere."""

from dataclasses import dataclass

from django.db.models import Q

from moderation.models import Case, CaseState, Outcome, Report
from moderation.urgency import counts_for

_LATEST = 10


@dataclass(frozen=True, slots=True)
class Record:
    """How somebody's latest decided reports turned out."""

    decided: int
    unfounded: int

    @property
    def counts(self) -> float:
        """How much they count among those who report the same."""
        return counts_for(self.decided, self.unfounded)

    @property
    def counts_less(self) -> bool:
        """Whether they are weighed down."""
        return self.counts < 1


def same_reporter(report: Report) -> Q:
    """Reports of whoever made this one: by account, else by the guest's cookie, else by their place."""
    if report.reporter_user_id:
        return Q(reporter_user=report.reporter_user_id)
    if report.guest_key:
        return Q(guest_key=report.guest_key)
    return Q(reporter=report.reporter_id) if report.reporter_id else Q(pk=report.pk)


def who(report: Report) -> tuple[str, int | str]:
    """What tells reporters apart."""
    if report.reporter_user_id:
        return ("member", report.reporter_user_id)
    return ("guest", report.guest_key) if report.guest_key else ("place", report.reporter_id or 0)


def record_of(report: Report) -> Record:
    """How the latest of their reports that were decided turned out, each case once."""
    cases = Case.objects.filter(
        state=CaseState.DECIDED, pk__in=Report.objects.filter(same_reporter(report)).values("case")
    )
    outcomes = list(cases.order_by("-decided_at").values_list("outcome", flat=True)[:_LATEST])
    return Record(len(outcomes), outcomes.count(Outcome.NOTHING_FOUND))
