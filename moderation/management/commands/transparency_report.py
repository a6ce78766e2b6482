"""`manage.py transparency_report`: what the public may read of a period."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from moderation.figures import BadPeriod, Period, report

_REFUSED = {
    "unreadable": "%s is no day: write days like 2026-10-01.",
    "backwards": "The last day is before the first.",
    "to_come": "%s has not come yet: there is nothing to report.",
    "too_early": "%s is too long ago.",
    "too_long": "Five years at most.",
}


class Command(BaseCommand):
    """The same figures as on staff's page, without small numbers. Without a file, the page goes to standard output."""

    help = "Make the transparency report of a period, both days included, in UTC."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which days, in which language, to which files."""
        parser.add_argument("--from", dest="first", required=True, metavar="2026-10-01", help="the first day")
        parser.add_argument("--to", dest="last", required=True, metavar="2026-12-31", help="the last day")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--html", metavar="FILE", help="write a page that stands by itself; -: to standard output")
        parser.add_argument("--csv", metavar="FILE", help="write a line a number; -: to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count once, write what is asked for.

        Raises:
            CommandError: these days cannot be counted, or a file cannot be written.
        """
        period = _period(options["first"], options["last"])
        page, table = options["html"], options["csv"]
        with translation.override(options["language"]):
            sections = report.published(period)
            if page or not table:
                self._write(page or "-", report.as_page(period, sections))
            if table:
                self._write(table, report.as_csv(period, sections))

    def _write(self, where: str, words: str) -> None:
        if where == "-":
            self.stdout.write(words, ending="")
            return
        try:
            Path(where).write_text(words, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{where} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{where} is written.")


def _period(first: str, last: str) -> Period:
    try:
        return Period.read(first, last)
    except BadPeriod as bad:
        words = _REFUSED[bad.code]
        raise CommandError(words % bad.what if "%s" in words else words) from bad
