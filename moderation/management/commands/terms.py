"""`manage.py terms`: the lists of terms, without the pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invites.csv_files import BadFile, written
from moderation.gate import Gate
from moderation.models import Term
from moderation.term_files import COLUMNS, STARTER, RowErrors, take


class Command(BaseCommand):
    """What staff have changed stays: a list only adds, unless it is told to replace."""

    help = "Bring in a list of terms (without a file: a short one to begin with), write it out, or try a text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, with what."""
        parser.add_argument("act", choices=["load", "export", "try"])
        parser.add_argument("what", nargs="?", default="", help="a CSV file, or the text to try")
        parser.add_argument("--replace", action="store_true", help="change entries that are there already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: the file cannot be taken.
        """
        match options["act"]:
            case "load":
                self._load(Path(options["what"] or STARTER), replaces=options["replace"])
            case "export":
                rows = (
                    [getattr(term, name) for name in COLUMNS[:-1]] + [term.is_active] for term in Term.objects.all()
                )
                self.stdout.write(written(COLUMNS, rows))
            case "try":
                verdict = Gate().check("try", options["what"])
                self.stdout.write(f"{verdict.outcome}  {verdict.because}".strip())

    def _load(self, file: Path, *, replaces: bool) -> None:
        try:
            new, changed = take(file.read_bytes(), by=None, replaces=replaces)
        except OSError as error:
            raise CommandError(f"{file} cannot be read.") from error
        except BadFile as error:
            raise CommandError(str(error)) from error
        except RowErrors as errors:
            raise CommandError("\n".join(errors.lines)) from errors
        self.stdout.write(f"{new} new, {changed} changed.")
