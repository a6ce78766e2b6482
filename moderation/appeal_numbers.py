"""How appeals went until now: for staff, beside the list of them. Those of a period are in moderation.figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from moderation.models import Appeal, AppealState, Sanction


@dataclass(frozen=True, slots=True)
class AppealNumbers:
    """Counts of a span of time. `overturned_share` and `answered_in` are None where nothing was decided."""

    sanctions: int
    appealed: int
    waiting: int
    upheld: int
    shortened: int
    overturned: int
    overturned_share: float | None
    answered_in: timedelta | None

    @property
    def decided(self) -> int:
        """How many were answered."""
        return self.upheld + self.shortened + self.overturned

    @property
    def overturned_percent(self) -> int | None:
        """The share, for people."""
        return None if self.overturned_share is None else round(100 * self.overturned_share)


def appeal_numbers(first: datetime | None = None, last: datetime | None = None, *, kind: str = "") -> AppealNumbers:
    """Of the sanctions that were imposed in a span of time, and of one kind, if it is named."""
    sanctions = Sanction.objects.all()
    if first is not None:
        sanctions = sanctions.filter(at__gte=first)
    if last is not None:
        sanctions = sanctions.filter(at__lt=last)
    if kind:
        sanctions = sanctions.filter(kind=kind)
    appeals = Appeal.objects.filter(sanction__in=sanctions.order_by())
    counts = _counts(appeals)
    decided = counts["upheld"] + counts["shortened"] + counts["overturned"]
    share = counts["overturned"] / decided if decided else None
    took = ExpressionWrapper(F("decided_at") - F("at"), output_field=DurationField())
    answered_in = appeals.filter(decided_at__isnull=False).aggregate(took=Avg(took))["took"]
    return AppealNumbers(sanctions.count(), overturned_share=share, answered_in=answered_in, **counts)


def _counts(appeals: QuerySet[Appeal]) -> dict[str, int]:
    in_state = {
        state.value: Count("pk", filter=Q(state=state)) for state in AppealState if state is not AppealState.OPEN
    }
    waiting = Count("pk", filter=Q(state=AppealState.OPEN))
    return appeals.aggregate(appealed=Count("pk"), waiting=waiting, **in_state)
