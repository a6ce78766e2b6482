"""`manage.py backup`: the database, photos and private files into one folder. See docs/operating/backup.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.backups import making
from config.backups.postgresql import ProgramFailed


class Command(BaseCommand):
    """Makes one backup, and deletes those that are too old."""

    help = "Back up the database, photos and private files; never keys, rings or evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how many to keep."""
        parser.add_argument("--to", default=settings.BACKUP_DIR, help="folder of backups; MITALK_BACKUP_DIR")
        parser.add_argument("--keep", type=int, default=14, help="so many of the newest are kept (14)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say where it is."""
        if not options["to"]:
            raise CommandError("Say where to: --to FOLDER, or MITALK_BACKUP_DIR.")
        if options["keep"] < 1:
            raise CommandError("--keep must be 1 or more.")
        if connection.vendor != "postgresql":
            raise CommandError(
                "This is for PostgreSQL. On one machine with SQLite: stop MiTalk and copy the var folder."
            )
        folder = Path(options["to"])
        try:
            made = making.make(folder)
        except (ProgramFailed, OSError) as error:
            raise CommandError(f"There is no new backup. {error}") from error
        self.stdout.write(str(made))
        for old in making.prune(folder, options["keep"]):
            self.stdout.write(f"deleted {old}")
