"""The transparency report: what the public may read of a period, as a page that stands by itself and as CSV."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from invites.csv_files import written
from moderation.figures.period import Period
from moderation.figures.sections import sections_of
from moderation.figures.small_numbers import FEWEST, veiled
from moderation.figures.tables import Cell, Percent, Section, Table
from moderation.figures.wording import in_words

_STYLES = ("figures.css", "transparency_report.css")


def published(period: Period) -> list[Section]:
    """The figures, without small numbers, in the language that is active."""
    return veiled(sections_of(period))


def small_numbers_said() -> str:
    """What the report says of them itself."""
    return _(
        "Numbers from 1 to %(most)d that could point at a person are shown as “fewer than %(number)d”. “Not shown” is what "
        "they could be reckoned from."
    ) % {"most": FEWEST - 1, "number": FEWEST}


def as_page(period: Period, sections: list[Section]) -> str:
    """A page without scripts, which asks for no other file."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    styles = "\n".join((folder / name).read_text() for name in _STYLES)
    context = {
        "language": translation.get_language(),
        "period": period,
        "sections": sections,
        "made_at": timezone.now(),
        "is_over": period.end <= timezone.now(),
        "small_numbers": small_numbers_said(),
        "styles": mark_safe(styles),  # noqa: S308 - our own files
        "opens": True,
    }
    return render_to_string("moderation/transparency_report.html", context)


def as_csv(period: Period, sections: list[Section]) -> str:
    """A line a number: its keys are the same in every language and report, its words are the reader's."""
    head = ("key", _("figure"), _("of what"), _("measure"), _("value"), _("unit"))
    return written(head, [*_about(period), *(line for table in _tables(sections) for line in _lines(table))])


def _tables(sections: list[Section]) -> Iterator[Table]:
    for section in sections:
        yield from section.tables


def _about(period: Period) -> list[tuple[str, ...]]:
    return [
        ("period.first", _("Transparency report"), _("first day"), "", period.first.isoformat(), _("day, UTC")),
        ("period.last", _("Transparency report"), _("last day"), "", period.last.isoformat(), _("day, UTC")),
        ("small_numbers", _("Transparency report"), _("small numbers"), "", small_numbers_said(), ""),
    ]


def _lines(table: Table) -> Iterator[tuple[object, ...]]:
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            key = f"{table.key}.{row.key}.{column.key}"
            value, unit = _value(cell)
            yield (key, table.title, row.label, column.label, value, unit)


def _value(cell: Cell) -> tuple[object, str]:
    match cell:
        case None:
            return "", ""
        case Percent(value):
            return value, "%"
        case timedelta() as span:
            return round(span.total_seconds()), _("seconds")
        case int():
            return cell, ""
        case _hidden:
            return in_words(_hidden), ""
