"""Reads of cases: the queue, what stands beside one, and what a reporter is shown."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.models import NOT_DECIDED, Case, CaseKind, CaseState, Flag, FlagState, Report, ReportKind
from moderation.reliability import Record, Who, records_of, who
from moderation.services import OUTCOME_WORDS, Reporter
from rooms.models import Participant

MOST_BESIDE = 20


# --- For staff ------------------------------------------------------------------------------------------------------


def queue() -> QuerySet[Case]:
    """What waits for staff: the urgent first, then by when it is to be looked at."""
    return with_names(Case.objects.filter(state__in=NOT_DECIDED)).order_by("-is_urgent", "due_at", "pk")


def with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what lists say of them."""
    related = ("room", "topic", "target__user__profile", "target_user__profile", "taken_by__profile")
    return cases.select_related(*related)


def next_after(case: Case) -> Case | None:
    """What comes after a case in the queue, else its first."""
    waiting = list(queue().exclude(pk=case.pk).filter(state=CaseState.OPEN)[:1])
    return waiting[0] if waiting else None


def about(case: Case) -> str:
    """What a case is about, by the name that it has now, else by that which it had."""
    if case.kind == CaseKind.ROOM and case.room is not None:
        return case.room.title
    if case.kind == CaseKind.TOPIC and case.topic is not None:
        return case.topic.name
    if case.target_user is not None:
        return case.target_user.name or case.target_user.public_id
    if case.target is not None:
        return str(_("Guest %(number)d") % {"number": case.target.guest_number})
    return case.room.title if case.room is not None else "–"


def same_matter(case: Case) -> Q:
    """Cases about the same person, room or topic."""
    if case.target_user_id:
        return Q(target_user=case.target_user_id)
    if case.target_id:
        return Q(target=case.target_id)
    if case.kind == CaseKind.TOPIC and case.topic_id:
        return Q(kind=CaseKind.TOPIC, topic=case.topic_id)
    if case.room_id:
        return Q(room=case.room_id, kind=CaseKind.ROOM)
    return Q(pk=None)


def beside(case: Case) -> QuerySet[Case]:
    """Other cases about the same, the last first."""
    return with_names(Case.objects.filter(same_matter(case)).exclude(pk=case.pk)).order_by("-opened_at")[:MOST_BESIDE]


def flags_about(case: Case) -> QuerySet[Flag]:
    """What machines noticed about the same person or room, the last first."""
    matter = Q(pk=None)
    if case.target_user_id:
        matter |= Q(user=case.target_user_id)
    elif case.target_id:
        matter |= Q(participant=case.target_id)
    if case.room_id:
        matter |= Q(room=case.room_id)
    return Flag.objects.filter(matter).select_related("room")[:MOST_BESIDE]


def has_open_flags() -> Exists:
    """Whether a machine noticed something about the same, too; for a query of cases."""
    same = Q(user=OuterRef("target_user")) | Q(room=OuterRef("room"))
    return Exists(Flag.objects.filter(same, state=FlagState.OPEN))


@dataclass(frozen=True, slots=True)
class ReportShown:
    """One report of a case, with what staff are told of its reporter."""

    report: Report
    by: str
    is_first: bool  # of this reporter: those after it do not count again
    record: Record
    words: list[tuple[Promise, str]]
    stage: list[tuple[str, bool]]  # who was on stage, and whether they were muted


_LABELS: dict[str, Promise] = {
    "title": _("Title"),
    "topic": _("Topic"),
    "description": _("Description"),
    "link": _("Pinned link"),
    "name": _("Name"),
    "guest": _("Guest"),
    "headline": _("Headline"),
    "organisation": _("Organisation"),
    "industry": _("Industry"),
    "expertise": _("Expertise"),
    "bio": _("About"),
    "links": _("Links"),
    "photo": _("Photo"),
}


def reports_in(case: Case) -> list[ReportShown]:
    """Its reports, the first first."""
    related = ("reporter_user__profile", "reporter", "room", "topic", "evidence", "target__user__profile")
    reports = list(case.reports.select_related(*related).order_by("at", "pk"))
    names = _names({seat.get("person", "") for report in reports for seat in report.stage})
    records = records_of(reports)
    shown: list[ReportShown] = []
    counted: set[Who] = set()
    for report in reports:
        one = who(report)
        by, words, stage = reporter_name(report), words_of(report), _stage(report, names)
        shown.append(ReportShown(report, by, one not in counted, records[one], words, stage))
        counted.add(one)
    return shown


def reporter_name(report: Report) -> str:
    """Who reported, for staff only."""
    if report.reporter_user is not None:
        return report.reporter_user.name or report.reporter_user.public_id
    if report.reporter is not None and report.reporter.guest_number:
        return str(_("Guest %(number)d") % {"number": report.reporter.guest_number})
    return str(_("A guest") if report.guest_key else _("Somebody whose account is gone"))


def words_of(report: Report) -> list[tuple[Promise, str]]:
    """What was reported, in the words it had."""
    return [(label, str(report.snapshot[name])) for name, label in _LABELS.items() if report.snapshot.get(name)]


def _names(people: set[str]) -> dict[str, str]:
    found = Participant.objects.filter(public_id__in=people).select_related("user__profile")
    return {each.public_id: each.name or f"#{each.guest_number}" for each in found}


def _stage(report: Report, names: dict[str, str]) -> list[tuple[str, bool]]:
    return [(names.get(seat.get("person", ""), "–"), bool(seat.get("muted"))) for seat in report.stage]


# --- For who reported -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MyReport:
    """What a reporter is shown of their report: nothing that they did not know, but what became of it."""

    at: datetime
    kind: str
    title: str
    category: str
    line: str
    state: str  # of the case
    outcome: Promise | str


def reports_of(reporter: Reporter) -> QuerySet[Report]:
    """What somebody reported, the last first."""
    if reporter.user is not None:
        mine = Q(reporter_user=reporter.user)
    elif reporter.guest_key:
        mine = Q(guest_key__in=reporter.guest_keys)
    else:
        return Report.objects.none()
    return Report.objects.filter(mine).select_related("case", "room", "topic").order_by("-at", "-pk")


def shown_to_reporter(report: Report) -> MyReport:
    """One of them."""
    case = report.case
    state = case.state if case else CaseState.OPEN.value
    return MyReport(
        at=report.at,
        kind=report.get_kind_display(),
        title=_title(report),
        category=report.get_category_display(),
        line=report.line,
        state=state,
        outcome=OUTCOME_WORDS.get(case.outcome, "") if case and case.is_decided else "",
    )


def _title(report: Report) -> str:
    said = report.snapshot.get("title") or report.snapshot.get("name", "")
    if report.kind in (ReportKind.MESSAGE, ReportKind.QUESTION, ReportKind.PERSON) and report.room is not None:
        return " · ".join(part for part in (said, report.room.title) if part)
    return said
