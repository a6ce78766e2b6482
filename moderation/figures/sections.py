"""The figures of a period in words, in the language that is active: one source for page, plots and report."""

from collections import Counter
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.own_data import documents
from moderation.figures.counting import AGES, OLDER, Counted, count
from moderation.figures.percentiles import Took
from moderation.figures.period import Period
from moderation.figures.tables import Cell, Column, Percent, PlotKind, Row, Section, Table
from moderation.models import AppealState, Decider, FlagSource, FlagState, HeldState, Outcome, ReportKind, SanctionKind
from moderation.words import CATEGORIES

_AGES: dict[str, Promise] = {
    "day": gettext_lazy("under a day"),
    "three_days": gettext_lazy("1 to 3 days"),
    "week": gettext_lazy("3 to 7 days"),
    "month": gettext_lazy("7 to 30 days"),
    OLDER: gettext_lazy("over 30 days"),
}
Words = Iterable[tuple[str, str | Promise]]


def sections_of(period: Period) -> list[Section]:
    """Everything that is told of a period."""
    counted = count(period)
    return [
        _reports(counted),
        _cases(counted),
        _sanctions(counted),
        _appeals(counted),
        _flags(counted),
        _evidence(counted),
        _rooms(counted),
    ]


def _number() -> Column:
    return Column("count", _("how many"))


def _divided(key: str, title: str, of: str, words: Words, counted: Counter, whole: str = "") -> Table:
    """One number for each of several things, also for those of which there are none."""
    rows = tuple(Row(name, str(label), (counted[name],)) for name, label in words)
    return Table(key, title, of, (_number(),), rows, whole=whole)


def _crossed(key: str, title: str, of: str, words: Words, columns: Words, counted: Counter, **more: str) -> Table:
    """One number for each pair."""
    names = [(name, str(label)) for name, label in columns]
    rows = tuple(
        Row(name, str(label), tuple(counted[name, column] for column, _label in names)) for name, label in words
    )
    return Table(key, title, of, tuple(Column(name, label) for name, label in names), rows, **more)  # type: ignore[arg-type]


def _summed(counted: Counter, place: int) -> Counter:
    """By one of the names that it is counted by."""
    sums: Counter = Counter()
    for names, many in counted.items():
        sums[names[place]] += many
    return sums


def _reports(counted: Counted) -> Section:
    by_category, by_kind = _summed(counted.reports, 0), _summed(counted.reports, 1)
    category = _("category")
    return Section(
        "reports",
        _("Reports"),
        (
            _divided("reports_by_category", _("Reports by category"), category, CATEGORIES, by_category, "reports"),
            _divided(
                "reports_by_kind", _("What was reported"), _("about what"), ReportKind.choices, by_kind, "reports"
            ),
        ),
    )


def _cases(counted: Counted) -> Section:
    category = _("category")
    return Section(
        "cases",
        _("Cases"),
        (
            _divided("cases_opened", _("Cases opened, by category"), category, CATEGORIES, counted.cases_opened),
            _divided(
                "cases_decided", _("Cases decided, by outcome"), _("outcome"), Outcome.choices, counted.cases_decided
            ),
            _crossed(
                "cases_open",
                _("Cases not decided, by category and age"),
                category,
                CATEGORIES,
                [(name, _AGES[name]) for name in (*(name for name, _least in AGES), OLDER)],
                counted.cases_open,
                note=_("At the end of the period, or now, if it is not over."),
            ),
            _times(
                "time_to_action",
                _("Time from the first report"),
                (
                    Row("taken", _("until staff look at it"), _cells(counted.first_taken)),
                    Row("decided", _("until it is decided"), _cells(counted.decided)),
                ),
                _(
                    "Of cases taken and decided in the period. A case that was handed on counts until it was last taken."
                ),
            ),
        ),
    )


def _cells(measured: Took) -> tuple[Cell, ...]:
    return measured.many, measured.median, measured.most


def _times(key: str, title: str, rows: tuple[Row, ...], note: str = "") -> Table:
    columns = (
        Column("count", _("how many"), for_staff=True),
        Column("median", _("half within")),
        Column("p90", _("nine of ten within")),
    )
    return Table(key, title, _("what"), columns, rows, plot=PlotKind.NONE, note=note)


def _sanctions(counted: Counted) -> Section:
    kinds, deciders = _summed(counted.sanctions, 0), _summed(counted.sanctions, 3)
    accounts: tuple[tuple[str, str], ...] = (
        ("suspended", _("suspended or banned")),
        ("with_a_branch", _("held with everybody they invited")),
        ("restored", _("let back in")),
    )
    return Section(
        "sanctions",
        _("Sanctions"),
        (
            _divided("sanctions_by_kind", _("Sanctions by kind"), _("what"), SanctionKind.choices, kinds, "sanctions"),
            _by_rule(counted),
            _divided("sanctions_by_decider", _("Who decided"), _("decided by"), Decider.choices, deciders, "sanctions"),
            _divided("accounts", _("Accounts"), _("what"), accounts, Counter(counted.accounts)),
        ),
    )


def _by_rule(counted: Counted) -> Table:
    """Only the rules that were broken, each in the words of its version."""
    broken: Counter[tuple[str, int]] = Counter()
    for (_kind, version, rule, _decider), many in counted.sanctions.items():
        broken[version, rule] += many
    titles = {version: _titles(version) for version, _rule in broken}
    rows = tuple(
        Row(f"{version}/{rule}", _rule_in_words(rule, version, titles[version].get(rule, "")), (broken[version, rule],))
        for version, rule in sorted(broken)
    )
    title = _("Sanctions by rule")
    return Table("sanctions_by_rule", title, _("rule"), (_number(),), rows, whole="sanctions")


def _titles(version: str) -> dict[int, str]:
    document = documents.find(documents.RULES, version)
    return {rule.number: rule.title for rule in document.rules()} if document else {}


def _rule_in_words(number: int, version: str, title: str) -> str:
    words = _("Rule %(number)d (%(version)s)") % {"number": number, "version": version}
    return f"{words}: {title}" if title else words


def _appeals(counted: Counted) -> Section:
    decided = sum(counted.appeals_decided.values())
    rows = tuple(
        Row(state.value, str(state.label), (counted.appeals_decided[state], _share(counted, state, decided)))
        for state in AppealState
        if state is not AppealState.OPEN
    )
    made = (("made", _("made in the period")), ("waiting", _("waiting at the end")))
    return Section(
        "appeals",
        _("Appeals"),
        (
            _divided(
                "appeals",
                _("Appeals"),
                _("what"),
                made,
                Counter(made=counted.appeals_made, waiting=counted.appeals_waiting),
            ),
            Table(
                "appeals_decided",
                _("Appeals decided"),
                _("outcome"),
                (_number(), Column("share", _("share"))),
                rows,
            ),
            _times(
                "time_to_answer",
                _("Time from the appeal"),
                (Row("answered", _("until it is answered"), _cells(counted.answered)),),
                _("Of appeals answered in the period."),
            ),
        ),
    )


def _share(counted: Counted, state: AppealState, decided: int) -> Percent | None:
    return Percent(round(100 * counted.appeals_decided[state] / decided)) if decided else None


def _flags(counted: Counted) -> Section:
    return Section(
        "flags",
        _("What machines noticed"),
        (
            _crossed(
                "flags",
                _("Flags by source, and what became of them"),
                _("noticed by"),
                FlagSource.choices,
                FlagState.choices,
                counted.flags,
            ),
            _divided("held_texts", _("Texts held until staff decided"), _("state"), HeldState.choices, counted.held),
        ),
    )


def _evidence(counted: Counted) -> Section:
    words = (
        ("sealed", _("sealed")),
        ("silent", _("nobody spoke")),
        ("lost", _("could not be sealed")),
        ("full", _("not kept: no space was left")),
        ("asked", _("staff asked to open it")),
        ("opened", _("opened")),
        ("opened_by_two", _("opened with somebody else’s consent")),
        ("destroyed", _("destroyed")),
    )
    title = _("Evidence")
    return Section(
        "evidence", title, (_divided("evidence", _("Recordings"), _("what"), words, Counter(counted.evidence)),)
    )


def _rooms(counted: Counted) -> Section:
    weeks = [(monday.isoformat(), week) for monday, week in counted.weeks.items()]
    rooms = tuple(Row(monday, monday, (week.rooms,)) for monday, week in weeks)
    people = tuple(Row(monday, monday, (week.members, week.guests)) for monday, week in weeks)
    of = _("week from")
    return Section(
        "rooms",
        _("Rooms and listeners"),
        (
            Table(
                "rooms",
                _("Rooms that began, by week"),
                of,
                (Column("rooms", _("rooms"), points_at_people=False),),
                rows=rooms,
                plot=PlotKind.LINES,
            ),
            Table(
                "people",
                _("People in rooms, by week"),
                of,
                (Column("members", _("members")), Column("guests", _("guests"))),
                rows=people,
                plot=PlotKind.LINES,
                note=_(
                    "Each counts once a room. Only rooms on the record: who was in the others is forgotten soon after."
                ),
            ),
        ),
    )
