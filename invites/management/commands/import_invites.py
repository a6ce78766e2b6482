"""`manage.py import_invites FILE.csv`: an invite to each address or phone of a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.contact_forms import contact_of
from accounts.contacts import Contact
from accounts.models import User, normalised_email
from invites import services
from invites.csv_files import BadFile, read
from invites.services.issuing import bound_to


class Command(BaseCommand):
    """All rows or none: a mistake is named with its line, and nothing is sent."""

    help = "Send an invite to each row of a CSV file (columns: contact; region, note, language if you like)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and who invites."""
        parser.add_argument("file", type=Path, help="CSV in UTF-8")
        parser.add_argument("--sponsor", default="", help="e-mail address of the member who invites (MiTalk itself)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, send."""
        sponsor = None
        if options["sponsor"]:
            sponsor = User.objects.filter(email=normalised_email(options["sponsor"])).first()
            if sponsor is None:
                raise CommandError(f"Nobody here has the address {options['sponsor']}.")
        rows = self._rows(options["file"])
        sent = 0
        try:
            with transaction.atomic():
                for line, contact, row in rows:
                    sent += self._invite(line, contact, row, sponsor)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(f"{sent} {would}invited, {len(rows) - sent} have an open invite already.")

    def _rows(self, path: Path) -> list[tuple[int, Contact, dict[str, str]]]:
        try:
            found = read(path.read_bytes(), required=("contact",))
        except OSError as error:
            raise CommandError(f"{path} cannot be read.") from error
        except BadFile as error:
            raise CommandError(f"{path}: {error}") from error
        rows, wrong = [], []
        for line, row in found:
            try:
                rows.append((line, contact_of(row["contact"], row.get("region", "").upper()), row))
            except ValidationError as error:
                wrong.append(f"line {line}: {' '.join(error.messages)}")
        if wrong:
            raise CommandError("Nothing was sent.\n" + "\n".join(wrong))
        return rows

    def _invite(self, line: int, contact: Contact, row: dict[str, str], sponsor: User | None) -> bool:
        if bound_to(contact).redeemable().filter(sponsor=sponsor).exists():
            return False
        fields: dict[str, Any] = {services.field_of(contact): contact.value}
        language = row.get("language") or settings.LANGUAGE_CODE
        try:
            invite, code = services.create_invite(
                sponsor=sponsor, note=row.get("note", ""), language=language, **fields
            )
        except ValidationError as error:
            raise ValidationError(f"line {line}: {' '.join(error.messages)}") from error
        services.send(invite, code)
        return True
