"""`manage.py issue_invites`: many links at once, for a conference or a first wave."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User, normalised_email
from invites import services
from invites.csv_files import written
from invites.words import link_of


class Command(BaseCommand):
    """Prints one link a line, or CSV; each is shown this once."""

    help = "Make many invites and print their links, one a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, and what each is good for."""
        parser.add_argument("count", type=int, help="how many links (1 to 1000)")
        parser.add_argument("--seats", type=int, default=1, help="how many people each lets in (1)")
        parser.add_argument(
            "--days", type=int, default=settings.INVITE_LIFETIME_DAYS, help="how long they are good for"
        )
        parser.add_argument("--sponsor", default="", help="e-mail address of the member who invites (MiTalk itself)")
        parser.add_argument("--note", default="", help="a line that the invited people read")
        parser.add_argument("--csv", action="store_true", help="print CSV: invite, link, seats, expires")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them all, or none."""
        if not 1 <= options["count"] <= 1000:
            raise CommandError("Give a number between 1 and 1000.")
        sponsor = None
        if options["sponsor"]:
            sponsor = User.objects.filter(email=normalised_email(options["sponsor"])).first()
            if sponsor is None:
                raise CommandError(f"Nobody here has the address {options['sponsor']}.")
        fields = {
            "sponsor": sponsor,
            "seats": options["seats"],
            "note": options["note"],
            "expires_at": timezone.now() + timedelta(days=options["days"]),
        }
        try:
            with transaction.atomic():
                made = [services.create_invite(**fields) for _ in range(options["count"])]
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["csv"]:
            rows = [
                (invite.public_id, link_of(code), invite.seats, invite.expires_at.isoformat()) for invite, code in made
            ]
            self.stdout.write(written(("invite", "link", "seats", "expires"), rows).lstrip("\ufeff"), ending="")
        else:
            self.stdout.write("\n".join(link_of(code) for _invite, code in made))
