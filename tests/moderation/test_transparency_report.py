"""The transparency report: a page that stands by itself, and a CSV of the same numbers: those of staff's page and the rows.
Small ones are not told, and nothing that anybody typed is in it but the titles of rules, which run nowhere."""

import csv
import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from accounts.models import DocumentVersion
from moderation.figures import Hidden, Percent, report, sections_of, veiled
from moderation.figures.wording import in_words
from moderation.models import Case, Flag, Report
from rooms.models import Participant, Room
from tests.factories import a_member
from tests.moderation.figures import (
    END,
    NAME,
    QUARTER,
    START,
    a_quarter,
    a_room_of,
    a_sanction,
    numbers,
    quarter,
    reported,
)
from tests.moderation.reporting import may, signed_in

pytestmark = pytest.mark.django_db
DAYS = ("--from", QUARTER[0], "--to", QUARTER[1])
LANGUAGES = ("en", "zh-hans", "ko")


class _Tables(HTMLParser):
    """The cells of a page, by the key of their figure; and whatever it holds that would load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: dict[str, list[str]] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._figure, self._in_cell = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        name = dict(attrs).get("id") or ""
        if name.startswith("figure-"):
            self._figure = name.removeprefix("figure-")
        if tag == "td":
            self._in_cell = True
            self.cells.setdefault(self._figure, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.cells[self._figure][-1] += data


def made(*options: str) -> str:
    out = io.StringIO()
    call_command("transparency_report", *DAYS, *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def as_lines(text: str) -> dict[str, dict[str, str]]:
    names = ("key", "figure", "of what", "measure", "value", "unit")  # the file's own are in its language
    return {line["key"]: line for line in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), names)}


def test_the_files_say_what_the_rows_say(tmp_path: Path) -> None:
    a_quarter()
    page, table = tmp_path / "report.html", tmp_path / "report.csv"
    assert made("--html", str(page), "--csv", str(table)) == "", "nothing besides the files"
    cells = _Tables(page.read_text()).cells
    lines = as_lines(table.read_bytes().decode())
    within = {"at__gte": START, "at__lt": END}
    for place, category in enumerate(("harassment", "hate", "privacy", "fraud", "danger", "other")):
        many = Report.objects.filter(category=category, **within).count()
        said = "fewer than 5" if 0 < many < 5 else "not shown" if category == "hate" else str(many)
        assert lines[f"reports_by_category.{category}.count"]["value"] == said
        assert cells["reports_by_category"][place] == said
    upheld = Flag.objects.filter(source="speech", state="upheld", **within).count()
    assert lines["flags.speech.upheld"]["value"] == cells["flags"][4] == str(upheld) == "7"
    decided = sorted(
        case.decided_at - case.opened_at
        for case in Case.objects.filter(decided_at__gte=START, decided_at__lt=END)
        if case.decided_at
    )
    median = decided[(len(decided) + 1) // 2 - 1]
    assert lines["time_to_action.decided.median"]["value"] == str(int(median.total_seconds()))
    assert cells["time_to_action"][2] == in_words(median)
    on_record = Participant.objects.filter(
        room__host__is_demo=False, room__confidentiality="on_record", room__started_at__gte=START, user__isnull=False
    ).filter(room__started_at__lt=END)
    assert lines["people.2026-06-29.members"]["value"] == str(on_record.count()) == "7"
    rooms = Room.objects.filter(started_at__gte=START, started_at__lt=END, host__is_demo=False)
    assert lines["rooms.2026-06-29.rooms"]["value"] == cells["rooms"][0] == str(rooms.count()) == "2"


def test_page_and_report_have_the_same_figures() -> None:
    a_quarter()
    staff = may(a_member(is_staff=True), "view_figures")
    days = {"from": QUARTER[0], "to": QUARTER[1]}
    answer = signed_in(staff).get(reverse("admin:moderation_figures_changelist"), days)
    with translation.override("en"):
        assert veiled(answer.context["sections"]) == report.published(quarter()) == veiled(sections_of(quarter()))
    on_the_page, public = _Tables(answer.content.decode()).cells, _Tables(made()).cells
    times = {"time_to_action", "time_to_answer"}
    on_the_page.pop("", None)  # of the admin's own list of everything
    assert set(on_the_page) == set(public)
    for key in set(public) - times:
        pairs = zip(on_the_page[key], public[key], strict=True)
        assert all(ours == theirs or theirs in ("fewer than 5", "not shown") for ours, theirs in pairs), key
    for key in times:
        ours = [cell for number, cell in enumerate(on_the_page[key]) if number % 3]
        assert ours == public[key], "how many is for staff"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_csv_have_the_same_figures_in_every_language(language: str) -> None:
    a_quarter()
    with translation.override(language):
        sections = report.published(quarter())
        expected = {
            f"{table.key}.{row.key}.{column.key}": cell
            for section in sections
            for table in section.tables
            for row in table.rows
            for column, cell in zip(table.columns, row.cells, strict=True)
        }
        words = {key: in_words(cell) for key, cell in expected.items()}
        titles = [table.title for section in sections for table in section.tables]
    page, lines = made("--language", language), as_lines(made("--language", language, "--csv", "-"))
    cells = [cell for figure in _Tables(page).cells.values() for cell in figure]
    assert cells == list(words.values())
    for key, cell in expected.items():
        value = lines[key]["value"]
        if isinstance(cell, timedelta):
            assert value == str(round(cell.total_seconds()))
        elif isinstance(cell, Percent):
            assert value == str(cell.value)
        elif isinstance(cell, Hidden):
            assert value == words[key]
        else:
            assert value == ("" if cell is None else str(cell))
    assert f'lang="{language}"' in page
    assert all(title in page for title in titles)


def test_the_page_stands_by_itself() -> None:
    a_quarter()
    page = made()
    found = _Tables(page)
    assert not found.tags & {"script", "link", "img", "iframe", "form", "base", "audio", "video", "object"}
    assert not found.attributes & {"src", "href", "style", "srcset", "action", "data"}
    assert not {name for name in found.attributes if name.startswith("on")}
    assert not re.search(r"url\(|@import|https?://", page)
    assert page.startswith("<!doctype html>")


def test_nothing_that_people_typed_is_in_it_and_the_title_of_a_rule_runs_nowhere() -> None:
    text = f"1. =HYPERLINK(1) {NAME}\nWhat it says.\n"
    DocumentVersion.objects.create(name="rules", version="2026-06-01", text_en=text, text_zh=text, text_ko=text)
    a_quarter()
    room = a_room_of(START, title="A room <i>of</i> interest", members=6)
    assert room.title not in made()
    assert "interest" not in made()
    for _number in range(6):
        a_sanction("mute", START, rule=1, version="2026-06-01")
    page, table = made(), made("--csv", "-")
    assert NAME not in page
    assert "=HYPERLINK(1) &lt;script&gt;" in page
    for line in csv.reader(io.StringIO(table.removeprefix("\ufeff"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)


def test_small_numbers_are_told_as_such_and_said() -> None:
    for _number in range(4):
        reported("hate", START)
    page, table = made(), made("--csv", "-")
    assert as_lines(table)["reports_by_category.hate.count"]["value"] == "fewer than 5"
    assert "hate: 4" not in page.lower()
    assert "Numbers from 1 to 4 that could point at a person" in page
    assert "Numbers from 1 to 4 that could point at a person" in table


def test_a_number_cannot_be_reckoned_from_the_plots() -> None:
    for _number in range(3):
        reported("hate", START)
    for _number in range(17):
        reported("fraud", START)
    drawn = made().split('id="figure-reports_by_category"')[1].split("</svg>")[0]
    assert "17" not in re.findall(r">(\d+)<", drawn)
    assert "<rect" not in drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_period(language: str) -> None:
    found = _Tables(made("--language", language))
    assert {cell for cells in found.cells.values() for cell in cells} == {"0", "–"}
    lines = as_lines(made("--language", language, "--csv", "-"))
    assert lines["period.first"]["value"] == "2026-07-01"
    assert lines["appeals_decided.upheld.share"]["value"] == ""
    assert numbers(report.published(quarter()), "sanctions_by_rule") == {}


def test_both_days_are_included() -> None:
    reported("hate", START)
    reported("hate", END - timedelta(microseconds=1))
    reported("hate", END)
    assert numbers(sections_of(quarter()), "reports_by_category")["hate"] == (2,)


@time_machine.travel("2026-08-15T12:00:00Z", tick=False)
def test_a_period_that_is_not_over_says_so() -> None:
    assert "The period is not over" in made()
    assert quarter().last == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("yesterday", "2026-07-01", "yesterday is no day: write days like 2026-10-01."),
        ("2026-02-30", "2026-07-01", "2026-02-30 is no day"),
        ("2026-07-02", "2026-07-01", "The last day is before the first."),
        ("9999-01-01", "9999-12-31", "9999-01-01 has not come yet"),
        ("2001-01-01", "2026-07-01", "Five years at most."),
    ],
)
def test_days_that_cannot_be_reported(first: str, last: str, words: str) -> None:
    with pytest.raises(CommandError, match=re.escape(words)):
        call_command("transparency_report", "--from", first, "--to", last)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        made("--html", str(tmp_path / "no" / "folder.html"))


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        made("--language", "fr")
