"""Figures of a period: what the rows say, no row of another day, in as many questions however many rows there are.
And staff's page of them, which shows the same and runs nothing."""

import re
from dataclasses import replace
from datetime import UTC, date, timedelta
from xml.etree.ElementTree import fromstring

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.own_data import documents
from moderation.figures import BadPeriod, Column, Hidden, Percent, Period, PlotKind, Row, Table, sections_of, veiled
from moderation.figures.percentiles import took
from moderation.figures.plots import alternative, plot
from moderation.figures.tables import Section
from moderation.figures.wording import in_words
from moderation.models import Case
from tests.factories import a_member
from tests.moderation.figures import END, NAME, START, a_case, a_quarter, a_sanction, numbers, quarter, reported
from tests.moderation.reporting import may, signed_in

pytestmark = pytest.mark.django_db
PAGE = "admin:moderation_figures_changelist"
HOUR = timedelta(hours=1)


@pytest.fixture
def staff() -> User:
    return may(a_member("Noor Staff", is_staff=True), "view_figures")


def test_every_row_of_the_period_counts_once_and_no_other(db: None) -> None:
    a_quarter()
    sections = sections_of(quarter())
    assert numbers(sections, "reports_by_category") == {
        "harassment": (12,),
        "hate": (6,),
        "privacy": (0,),
        "fraud": (0,),
        "danger": (2,),
        "other": (0,),
    }
    assert numbers(sections, "reports_by_kind")["profile"] == (10,)
    assert numbers(sections, "reports_by_kind")["message"] == (10,)
    assert numbers(sections, "cases_opened")["fraud"] == (5,)
    decided = numbers(sections, "cases_decided")
    assert (decided["nothing_found"], decided["acted"]) == ((7,), (13,))
    assert numbers(sections, "cases_open")["fraud"] == (1, 1, 1, 1, 1)
    assert numbers(sections, "sanctions_by_kind") == {
        "warn": (4,),
        "mute": (4,),
        "no_stage": (0,),
        "no_hosting": (0,),
        "suspend": (0,),
        "ban": (4,),
    }
    assert numbers(sections, "sanctions_by_rule") == {"x/1": (6,), "x/2": (6,)}
    assert numbers(sections, "sanctions_by_decider") == {"staff": (10,), "machine": (2,), "operator": (0,)}
    assert numbers(sections, "appeals") == {"made": (12,), "waiting": (4,)}
    assert numbers(sections, "appeals_decided") == {
        "upheld": (4, Percent(50)),
        "shortened": (0, Percent(0)),
        "overturned": (4, Percent(50)),
    }
    assert numbers(sections, "flags")["speech"] == (2, 7, 0)
    assert numbers(sections, "flags")["text"] == (0, 0, 0)
    assert numbers(sections, "held_texts") == {
        "waiting": (0,),
        "approved": (0,),
        "rejected": (9,),
        "withdrawn": (0,),
    }
    assert {key: cells[0] for key, cells in numbers(sections, "evidence").items()} == {
        "sealed": 2,
        "silent": 1,
        "lost": 1,
        "full": 0,
        "asked": 3,
        "opened": 2,
        "opened_by_two": 1,
        "destroyed": 1,
    }
    assert numbers(sections, "accounts") == {"suspended": (2,), "with_a_branch": (0,), "restored": (1,)}
    assert numbers(sections, "rooms")["2026-06-29"] == (2,), "the demonstration is none"
    assert numbers(sections, "people")["2026-06-29"] == (7, 2), "who was in a room off the record is forgotten"
    assert numbers(sections, "rooms")["2026-09-28"] == (0,)


def test_how_long_it_took_is_a_time_that_one_of_them_took(db: None) -> None:
    for hours in (50, 1, 2, 3, 4, 5, 6, 7, 8, 9):
        a_case("hate", START, took=hours * HOUR)
    found = took(Case.objects.all(), since="opened_at", until="decided_at")
    assert (found.many, found.median, found.most) == (10, 5 * HOUR, 9 * HOUR)


@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_how_long_few_took(many: int) -> None:
    for hours in range(1, many + 1):
        a_case("hate", START, took=hours * HOUR)
    found = took(Case.objects.all(), since="opened_at", until="decided_at")
    median, most = {0: (None, None), 1: (1, 1), 2: (1, 2), 3: (2, 3)}[many]
    assert found.many == many
    assert (found.median, found.most) == (median and median * HOUR, most and most * HOUR)


def test_the_age_of_what_is_open_is_of_now_while_the_period_goes_on() -> None:
    with time_machine.travel(START + timedelta(days=10), tick=False):
        a_case("hate", START + timedelta(days=8))
        assert numbers(sections_of(quarter()), "cases_open")["hate"] == (0, 1, 0, 0, 0)
    with time_machine.travel(END + timedelta(days=100), tick=False):
        assert numbers(sections_of(quarter()), "cases_open")["hate"] == (0, 0, 0, 0, 1)


def test_more_rows_take_no_more_questions(django_assert_num_queries, django_assert_max_num_queries) -> None:
    with django_assert_num_queries(18):
        sections_of(quarter())
    for _many in range(2):
        a_quarter()
        with django_assert_max_num_queries(19):  # one more at times: which versions of the rules there are
            sections_of(quarter())


def test_an_empty_period_is_all_noughts() -> None:
    sections = sections_of(quarter())
    cells = {cell for section in sections for table in section.tables for row in table.rows for cell in row.cells}
    assert cells == {0, None}
    assert len(numbers(sections, "rooms")) == 14, "every week that has a day of it"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2026-07-31", "2026-07-01", "backwards"),
        ("2026-7-1", "2026-07-31", "unreadable"),
        ("20260701", "2026-07-31", "unreadable"),
        ("2026-02-30", "2026-07-31", "unreadable"),
        ("", "2026-07-31", "unreadable"),
        ("0001-01-01", "2026-07-31", "too_early"),
        ("2001-01-01", "2026-07-31", "too_long"),
        ("9999-12-31", "9999-12-31", "to_come"),
    ],
)
def test_days_that_cannot_be_counted(first: str, last: str, code: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        Period.read(first, last)
    assert refused.value.code == code


def test_lately_is_thirteen_weeks_with_today() -> None:
    period = Period.lately()
    assert period.last == timezone.now().astimezone(UTC).date()
    assert (period.last - period.first).days == 90
    assert Period(date(2026, 7, 1), date(2026, 7, 1)).weeks() == [date(2026, 6, 29)]


def a_table(*cells: tuple, whole: str = "", **more: object) -> Table:
    columns = more.pop("columns", (Column("count", "number"),))
    rows = tuple(Row(str(number), f"row {number}", each) for number, each in enumerate(cells))
    return Table("key", "Title", "of", columns, rows, whole=whole, **more)  # type: ignore[arg-type]


def as_published(table: Table) -> list[tuple]:
    section = veiled([Section("key", "Title", (table,))])[0]
    return [row.cells for row in section.tables[0].rows]


def test_small_numbers_are_not_published_and_nought_is() -> None:
    assert as_published(a_table((0,), (1,), (4,), (5,), (100,))) == [(0,), (Hidden.FEW,), (Hidden.FEW,), (5,), (100,)]


def test_a_small_number_cannot_be_reckoned_from_another_table_of_the_same() -> None:
    few, withheld = Hidden.FEW, Hidden.WITHHELD
    assert as_published(a_table((3,), (20,), (9,), (0,), whole="w")) == [(few,), (20,), (withheld,), (0,)]
    assert as_published(a_table((1,), (1,), (20,), whole="w")) == [(few,), (few,), (withheld,)], (
        "two of one are told apart"
    )
    assert as_published(a_table((1,), (5,), (9,), whole="w")) == [(few,), (withheld,), (withheld,)], (
        "six is one and five"
    )
    assert as_published(a_table((4,), (5,), (5,), whole="w")) == [(few,), (withheld,), (withheld,)], (
        "five is the smallest"
    )
    assert as_published(a_table((2,), (3,), (20,), whole="w")) == [(few,), (few,), (20,)]
    assert as_published(a_table((6,), (20,), whole="w")) == [(6,), (20,)]


def test_times_that_few_took_and_shares_of_what_is_hidden_are_not_published() -> None:
    times = (Column("count", "number", for_staff=True), Column("median", "half within"))
    assert as_published(a_table((4, HOUR), (5, HOUR), columns=times)) == [(Hidden.WITHHELD,), (HOUR,)]
    shares = (Column("count", "number"), Column("share", "share"))
    withheld = Hidden.WITHHELD
    assert as_published(a_table((2, Percent(10)), (18, Percent(90)), columns=shares)) == [
        (Hidden.FEW, withheld),
        (18, withheld),
    ]


def test_numbers_that_point_at_nobody_are_published() -> None:
    assert as_published(a_table((1,), columns=(Column("rooms", "rooms", points_at_people=False),))) == [(1,)]


@pytest.mark.parametrize(
    "table",
    [
        a_table((3,), (Hidden.FEW,), (0,)),
        a_table((0,), (0,)),
        a_table((1, 2), (Hidden.FEW, 0), columns=(Column("a", NAME), Column("b", "B" * 60))),
        a_table((3, Percent(50)), (3, Percent(50)), columns=(Column("count", "n"), Column("share", "s"))),
        a_table((3, 4), (Hidden.FEW, 5), (7, 0), columns=(Column("a", NAME), Column("b", "B")), plot=PlotKind.LINES),
        a_table((3,), plot=PlotKind.LINES),
        a_table((Hidden.FEW,), (0,), plot=PlotKind.LINES),
    ],
)
def test_a_plot_has_attributes_only_and_says_what_it_shows(table: Table) -> None:
    drawn = plot(table)
    svg = fromstring(drawn)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == alternative(table)
    assert table.title in alternative(table)
    assert "style" not in {name for element in svg.iter() for name in element.attrib}
    assert not {"script", "style"} & {element.tag for element in svg.iter()}
    assert "<script" not in drawn
    right = [float(bar.get("x", 0)) + float(bar.get("width", 0)) for bar in svg.iter("rect")]
    assert max(right, default=0) <= 360


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = fromstring(plot(a_table((10,), (5,), (0,))))
    longest, half = (float(bar.get("width", 0)) for bar in svg.iter("rect"))
    assert half == pytest.approx(longest / 2, abs=0.1)


def test_a_line_has_a_gap_where_a_number_is_hidden() -> None:
    svg = fromstring(plot(a_table((1,), (2,), (Hidden.FEW,), (4,), plot=PlotKind.LINES)))
    assert re.sub("[^ML]", "", next(svg.iter("path")).get("d", "")) == "MLM"


@pytest.mark.parametrize("word", ["a long title of a rule ", "很长的规则标题", "긴 규칙 제목 "])
def test_long_words_are_cut_in_the_plot_only(word: str) -> None:
    table = a_table((1,))
    table = replace(table, rows=(replace(table.rows[0], label=word * 20),))
    label = next(fromstring(plot(table)).iter("text")).text or ""
    assert label.endswith("…")
    assert 20 < len(label) < 60
    assert word * 20 in alternative(table)


def test_nothing_is_drawn_of_what_has_no_rows_or_no_plot() -> None:
    assert plot(a_table()) == ""
    assert plot(a_table((1,), plot=PlotKind.NONE)) == ""


def test_numbers_in_words() -> None:
    cells = (None, 1234, Percent(7), Hidden.FEW, Hidden.WITHHELD, timedelta(seconds=5), 26 * HOUR)
    assert [in_words(cell).replace("\xa0", " ") for cell in cells] == [
        *("–", "1,234", "7 %", "fewer than 5", "not shown", "under a minute", "1 day, 2 hours")
    ]


def asked(browser: Client, **days: str) -> str:
    answer = browser.get(reverse(PAGE), days)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_the_figures_of_the_days_asked_for_and_runs_nothing(staff: User) -> None:
    a_quarter()
    page = asked(signed_in(staff), **{"from": "2026-07-01", "to": "2026-09-30"})
    shown = page.split('id="figure-reports_by_category"')[1].split("</details>")[0]
    assert re.findall(r"<td>(.*?)</td>", shown) == ["12", "6", "0", "0", "2", "0"]
    assert NAME not in page
    content = page.split('id="content-main"')[1].split("<!-- SVGs -->")[0]
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=\"", content)
    assert content.count("<svg") == content.count("<details") == content.count('role="img"')
    assert 'value="2026-07-01"' in page


def test_days_that_cannot_be_counted_are_said_on_the_page(staff: User) -> None:
    page = asked(signed_in(staff), **{"from": "2026-09-30", "to": "2026-07-01"})
    assert "The last day is before the first." in page
    page = asked(signed_in(staff), **{"from": NAME, "to": "x" * 500})
    assert "Write days like" in page
    assert NAME not in page


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_the_page_in_every_language(staff: User, language: str) -> None:
    browser = signed_in(staff)
    browser.cookies["django_language"] = language
    answer = browser.get(reverse(PAGE))
    with translation.override(language):
        assert translation.gettext("Reports by category") in answer.content.decode()


def test_only_who_may_see_figures_does() -> None:
    nobody, member = may(a_member(is_staff=True), "view_case"), may(a_member(), "view_figures")
    assert signed_in(nobody).get(reverse(PAGE)).status_code == 403
    assert signed_in(member).get(reverse(PAGE)).status_code == 302
    assert Client().get(reverse(PAGE)).status_code == 302


def test_the_page_asks_for_the_second_factor(staff: User, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = True
    answer = signed_in(staff).get(reverse(PAGE))
    assert answer.status_code == 302
    assert reverse("admin:login") in answer["Location"]


def test_the_page_is_found_from_the_list_of_everything_and_has_no_rows(staff: User) -> None:
    browser = signed_in(staff)
    assert reverse(PAGE) in browser.get(reverse("admin:index")).content.decode()
    case = a_case("hate", START)
    for name in ("change", "history"):
        answer = browser.get(reverse(f"admin:moderation_figures_{name}", args=[case.pk]))
        assert answer["Location"] == reverse(PAGE)
    for url in (
        reverse("admin:moderation_figures_add"),
        reverse("admin:moderation_figures_delete", args=[case.pk]),
    ):
        assert browser.post(url).status_code == 403
    browser.post(reverse(PAGE), {"action": "delete_selected", "_selected_action": case.pk})
    assert Case.objects.filter(pk=case.pk).exists()


def test_rules_are_told_in_the_words_of_their_version() -> None:
    rules = documents.find(documents.RULES)
    assert rules is not None
    a_sanction("warn", START, rule=2, version=rules.version)
    reported("hate", START)
    rows = next(t for s in sections_of(quarter()) for t in s.tables if t.key == "sanctions_by_rule").rows
    assert [row.label for row in rows] == [f"Rule 2 ({rules.version}): {rules.rules('en')[1].title}"]
