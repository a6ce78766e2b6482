"""Cases: reports about the same thing, gathered; taken and decided by staff."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from moderation import reliability, urgency
from moderation.models import NOT_DECIDED, Case, CaseKind, CaseState, Outcome, Report, ReportKind
from moderation.partiality import is_partial
from moderation.services.outcomes import tell_reporters
from moderation.services.paging import page_if_urgent

MIN_REASON = 5
_TRIES = 3


class CaseRefused(Exception):
    """It cannot be done; the message says why: `partial`, `decided`, `reason`, `taken`."""


def gather(report: Report) -> Case:
    """Put a report to those about the same thing that are not decided, and page staff if it is urgent.

    Call it in a transaction.
    """
    case = _open_case(report)
    Report.objects.filter(pk=report.pk).update(case=case)
    report.case = case
    _weigh(case)
    page_if_urgent(case)
    return case


def _open_case(report: Report) -> Case:
    kind, same = _what(report)
    for _try in range(_TRIES):
        found = Case.objects.select_for_update().filter(kind=kind, state__in=NOT_DECIDED, **same).first()
        if found is not None:
            return found
        try:
            with transaction.atomic():
                return Case.objects.create(
                    kind=kind,
                    room=report.room,
                    topic=report.topic,
                    target=report.target,
                    target_user=report.target_user,
                    written=report.written if kind == CaseKind.WRITTEN else "",
                    category=report.category,
                    opened_at=report.at,
                )
        except IntegrityError:
            continue  # somebody else reported the same at the same moment
    raise RuntimeError("a case is neither there nor can it be made")


def _what(report: Report) -> tuple[CaseKind, dict[str, object]]:
    if report.kind == ReportKind.TOPIC:
        return CaseKind.TOPIC, {"topic": report.topic}
    if report.written:
        return CaseKind.WRITTEN, {"written": report.written}
    if report.target_user is not None:
        return CaseKind.PERSON, {"target_user": report.target_user}
    if report.target is not None:
        return CaseKind.PERSON, {"target": report.target, "target_user": None}
    return CaseKind.ROOM, {"room": report.room}


def _weigh(case: Case) -> None:
    """Say anew how urgent it is: everybody who reported it counts once."""
    reports = list(case.reports.order_by("at", "pk"))
    records = reliability.records_of(reports)
    case.category = urgency.gravest([report.category for report in reports])
    case.is_urgent = case.category in urgency.URGENT
    case.reporters = len(records)
    case.weight = sum(record.counts for record in records.values())
    case.reported_at = reports[-1].at
    case.due_at = urgency.due(case.opened_at, case.category, case.weight)
    case.save(update_fields=["category", "is_urgent", "reporters", "weight", "reported_at", "due_at"])


@transaction.atomic
def take(case: Case, by: User) -> None:
    """Look at a case: nobody else is paged for it any more. What somebody has taken, another may take over.

    Raises:
        CaseRefused: `decided`; `partial`: they have a part in it.
    """
    case = _not_decided(case, by)
    if case.taken_by_id == by.pk:
        return
    case.state, case.taken_by, case.taken_at = CaseState.TAKEN, by, timezone.now()
    case.save(update_fields=["state", "taken_by", "taken_at"])
    record("case.taken", case.public_id, actor=by)


@transaction.atomic
def give_back(case: Case, by: User) -> None:
    """Let it wait again.

    Raises:
        CaseRefused: `decided`; `taken`: it is not theirs.
    """
    case = _not_decided(case, by)
    if case.taken_by_id != by.pk:
        raise CaseRefused("taken")
    case.state, case.taken_by, case.taken_at = CaseState.OPEN, None, None
    case.save(update_fields=["state", "taken_by", "taken_at"])
    record("case.given_back", case.public_id, actor=by)


@transaction.atomic
def decide(case: Case, by: User, outcome: Outcome, reason: str) -> Case:
    """Close a case with a reason, and tell those who reported it.

    Raises:
        CaseRefused: `decided`: somebody was quicker; `partial`: they have a part in it; `reason`: there is none.
    """
    words = " ".join(reason.split())
    if len(words) < MIN_REASON:
        raise CaseRefused("reason")
    case = _not_decided(case, by)
    now = timezone.now()
    case.state, case.outcome, case.reason = CaseState.DECIDED, outcome, words[:1000]
    case.decided_by, case.decided_at = by, now
    if case.taken_by_id is None:
        case.taken_by, case.taken_at = by, now
    case.save(
        update_fields=["state", "outcome", "reason", "decided_by", "decided_at", "taken_by", "taken_at"],
    )
    record(f"case.{outcome.value}", case.public_id, actor=by, reason=words[:300])
    tell_reporters(case)
    return case


def _not_decided(case: Case, by: User) -> Case:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.is_decided:
        raise CaseRefused("decided")
    if is_partial(locked, by):
        raise CaseRefused("partial")
    return locked
