"""Who reports, and how their reports turned out: read, and told to staff; never held against anybody elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from moderation.models import CaseState, Outcome, Report
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


Who = tuple[str, int | str]


def who(report: Report) -> Who:
    """What tells reporters apart: their account, else the guest's cookie, else their place."""
    if report.reporter_user_id:
        return ("member", report.reporter_user_id)
    return ("guest", report.guest_key) if report.guest_key else ("place", report.reporter_id or 0)


def records_of(reports: Iterable[Report]) -> dict[Who, Record]:
    """How the latest decided reports of whoever made these turned out, each case once: one question in all."""
    asked = {who(report) for report in reports}
    ids = {kind: [one for each, one in asked if each == kind] for kind in ("member", "guest", "place")}
    of_them = Q(reporter_user__in=ids["member"]) | Q(guest_key__in=ids["guest"]) | Q(reporter__in=ids["place"])
    decided = Report.objects.filter(of_them, case__state=CaseState.DECIDED).select_related("case")
    outcomes: dict[Who, dict[int, str]] = {one: {} for one in asked}
    for report in decided.order_by("-case__decided_at", "-pk"):
        theirs = outcomes.get(who(report))
        if theirs is not None and report.case is not None and len(theirs) < _LATEST:
            theirs[report.case.pk] = report.case.outcome
    return {
        one: Record(len(theirs), list(theirs.values()).count(Outcome.NOTHING_FOUND)) for one, theirs in outcomes.items()
    }
