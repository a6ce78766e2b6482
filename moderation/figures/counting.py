"""What the rows say of a period: grouped and counted by the database, in as many queries however many rows there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import models
from django.db.models import Count, Q, QuerySet, Value, When
from django.db.models.functions import TruncWeek

from accounts.models import AuditEntry
from invites.models import BranchMember
from moderation.figures.percentiles import Took, took
from moderation.figures.period import Period
from moderation.models import Appeal, Case, Evidence, EvidenceOpening, EvidenceState, Flag, HeldText, Report, Sanction
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room

# How old a case is that nobody decided on: younger than this, by a stable name; the last holds all others.
AGES = (
    ("day", timedelta(days=1)),
    ("three_days", timedelta(days=3)),
    ("week", timedelta(days=7)),
    ("month", timedelta(days=30)),
)
OLDER = "older"
_NAMED = [mode for mode in Confidentiality if may_be_kept(mode, Kept.NAMES)]


@dataclass(frozen=True, slots=True)
class Week:
    """The rooms that began in a week, and who came: people count once a room."""

    rooms: int = 0
    members: int = 0
    guests: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """Numbers by stable names. A `Counter` says 0 of what there is none of."""

    reports: Counter[tuple[str, str]]  # by category and kind
    cases_opened: Counter[str]  # by category
    cases_decided: Counter[str]  # by outcome
    cases_open: Counter[tuple[str, str]]  # by category and age
    first_taken: Took
    decided: Took
    sanctions: Counter[tuple[str, str, int, str]]  # by kind, version of the rules, rule, decider
    appeals_made: int
    appeals_decided: Counter[str]  # by state
    appeals_waiting: int
    answered: Took
    flags: Counter[tuple[str, str]]  # by source and state
    held: Counter[str]  # by state
    evidence: dict[str, int]
    accounts: dict[str, int]
    weeks: dict[date, Week]


def count(period: Period) -> Counted:
    """All of it."""
    cases, appeals = Case.objects.all(), Appeal.objects.all()
    decided = _within(cases, "decided_at", period)
    answered = _within(appeals, "decided_at", period)
    sanctions = _within(Sanction.objects.all(), "at", period)
    return Counted(
        reports=_by(_within(Report.objects.all(), "at", period), "category", "kind"),
        cases_opened=_by(_within(cases, "opened_at", period), "category"),
        cases_decided=_by(decided, "outcome"),
        cases_open=_by(_open(period.as_of), "category", "age"),
        first_taken=took(_within(cases, "taken_at", period), since="opened_at", until="taken_at"),
        decided=took(decided, since="opened_at", until="decided_at"),
        sanctions=_by(sanctions, "kind", "rules_version", "rule", "decider"),
        appeals_decided=_by(answered, "state"),
        **_appeals(period),
        answered=took(answered, since="at", until="decided_at"),
        flags=_by(_within(Flag.objects.all(), "at", period), "source", "state"),
        held=_by(_within(HeldText.objects.all(), "at", period), "state"),
        evidence=_evidence(period),
        accounts=_accounts(period),
        weeks=_weeks(period),
    )


def _within(rows: QuerySet, moment: str, period: Period) -> QuerySet:
    return rows.filter(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


def _by(rows: QuerySet, *names: str) -> Counter:
    """How many of each; by one name alone, or by several together."""
    found = rows.order_by().values_list(*names).annotate(many=Count("pk"))
    return Counter({(row[0] if len(names) == 1 else tuple(row[:-1])): row[-1] for row in found})


def _open(moment: datetime) -> QuerySet[Case]:
    """What was not decided at a moment, with its age then."""
    still = Case.objects.filter(Q(decided_at=None) | Q(decided_at__gte=moment), opened_at__lt=moment)
    ages = (When(opened_at__gt=moment - least, then=Value(name)) for name, least in AGES)
    return still.annotate(age=models.Case(*ages, default=Value(OLDER), output_field=models.CharField()))


def _appeals(period: Period) -> dict[str, int]:
    made = Q(at__gte=period.start, at__lt=period.end)
    waiting = Q(at__lt=period.as_of) & (Q(decided_at=None) | Q(decided_at__gte=period.as_of))
    return Appeal.objects.order_by().aggregate(
        appeals_made=Count("pk", filter=made), appeals_waiting=Count("pk", filter=waiting)
    )


def _evidence(period: Period) -> dict[str, int]:
    wanted = Q(wanted_at__gte=period.start, wanted_at__lt=period.end)
    of_rows = Evidence.objects.order_by().aggregate(
        sealed=Count("pk", filter=~Q(state=EvidenceState.SILENT) & _in("sealed_at", period)),
        silent=Count("pk", filter=wanted & Q(state=EvidenceState.SILENT)),
        lost=Count("pk", filter=wanted & Q(state=EvidenceState.LOST)),
        full=Count("pk", filter=wanted & Q(state=EvidenceState.FULL)),
        destroyed=Count("pk", filter=_in("destroyed_at", period)),
    )
    openings = (
        EvidenceOpening.objects.order_by()
        .filter(_in("at", period))
        .aggregate(
            asked=Count("pk"),
            opened=Count("pk", filter=Q(open_until__isnull=False)),
            opened_by_two=Count("pk", filter=Q(open_until__isnull=False, agreed_by__isnull=False)),
        )
    )
    return {**of_rows, **openings}


def _in(moment: str, period: Period) -> Q:
    return Q(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


def _accounts(period: Period) -> dict[str, int]:
    """Different people, from the audit log, which outlives accounts. A measure on a branch names everybody it held."""
    entries = AuditEntry.objects.order_by().filter(_in("at", period))
    found = entries.aggregate(
        suspended=Count("target", filter=Q(act="account.suspended"), distinct=True),
        restored=Count("target", filter=Q(act="account.restored"), distinct=True),
    )
    held = BranchMember.objects.filter(_in("measure__at", period)).values("user").distinct().count()
    return {**found, "with_a_branch": held}


def _weeks(period: Period) -> dict[date, Week]:
    """Every week of the period, also those in which nothing was. Demonstrations do not count; who was in a room whose names
    are not kept is forgotten some time later, and counts in no week, so that the numbers stay the same."""
    held = Room.objects.filter(_in("started_at", period), host__is_demo=False)
    rooms = held.order_by().annotate(week=TruncWeek("started_at", tzinfo=UTC)).values_list("week")
    by_week = {week.date(): many for week, many in rooms.annotate(many=Count("pk"))}
    there = Participant.objects.filter(room__in=held.filter(confidentiality__in=_NAMED).order_by())
    came = there.order_by().annotate(week=TruncWeek("room__started_at", tzinfo=UTC)).values_list("week")
    counted = came.annotate(
        members=Count("pk", filter=Q(user__isnull=False)), guests=Count("pk", filter=Q(user__isnull=True))
    )
    people = {week.date(): (members, guests) for week, members, guests in counted}
    return {monday: Week(by_week.get(monday, 0), *people.get(monday, (0, 0))) for monday in period.weeks()}
