"""`manage.py restore FOLDER`: a backup into an empty database and empty folders. See docs/operating/backup.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.backups import restoring
from config.backups.manifest import NotWhole
from config.backups.postgresql import ProgramFailed


class Command(BaseCommand):
    """Restores, examines the audit log, and says what is to be done now."""

    help = "Restore a backup into an empty installation."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which backup."""
        parser.add_argument("folder", help="one folder that manage.py backup made")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if connection.vendor != "postgresql":
            raise CommandError("This is for PostgreSQL: set DATABASE_URL to an empty database.")
        try:
            findings = restoring.restore(Path(options["folder"]))
        except (NotWhole, restoring.NotEmpty, ProgramFailed, OSError) as error:
            raise CommandError(f"Nothing was restored that counts. {error}") from error
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError("Restored, but the audit log is not as it was written.")
        self.stdout.write(
            "Restored; the audit log is as it was written, and nobody is signed in. Now: manage.py migrate, empty Redis "
            "(redis-cli flushdb), erase again who was erased since (docs/operating/backup.md), manage.py doctor, and start."
        )
