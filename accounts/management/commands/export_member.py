"""`manage.py export_member`: everything about one member, as a file, for a request that came by letter."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User, normalised_email
from accounts.own_data.archive import build
from accounts.own_data.registry import Subject
from accounts.services import record
from accounts.writing import language_of


class Command(BaseCommand):
    """Write the file that the member could have made themselves."""

    help = "Write everything about one member into a ZIP file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and whereto."""
        parser.add_argument("email")
        parser.add_argument("file", type=Path, help="is not overwritten")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, readable for its owner only."""
        user = User.objects.filter(email=normalised_email(options["email"])).first()
        if user is None:
            raise CommandError("There is no such account.")
        content = build(Subject(user), options["language"] or language_of(user))
        try:
            options["file"].touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise CommandError(f"This file cannot be made: {error.strerror}") from error
        options["file"].write_bytes(content)
        record("account.exported", user.public_id)
        self.stdout.write(
            f"{options['file']}: {len(content)} bytes. It is readable for you only; delete it once it is sent."
        )
