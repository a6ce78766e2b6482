"""`manage.py create_invite`: the first invite of an installation, and any that an operator hands out."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import phones
from accounts.models import User, normalised_email
from invites import services
from invites.words import link_of


class Command(BaseCommand):
    """Prints the link, or sends it if it is bound to an address or a phone."""

    help = "Make an invite and print its link; one bound to an address or phone is sent there instead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the invite is good for."""
        parser.add_argument("--seats", type=int, default=1, help="how many people it lets in (1)")
        parser.add_argument("--days", type=int, default=settings.INVITE_LIFETIME_DAYS, help="how long it is good for")
        parser.add_argument("--email", default="", help="bind it to this address and mail it there")
        parser.add_argument("--phone", default="", help="bind it to this number (+82 10 …) and send it there")
        parser.add_argument("--language", default="en", choices=["en", "zh-hans", "ko"], help="of the message (en)")
        parser.add_argument("--sponsor", default="", help="e-mail address of the member who invites (MiTalk itself)")
        parser.add_argument("--note", default="", help="a line that the invited person reads")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        sponsor = None
        if options["sponsor"]:
            sponsor = User.objects.filter(email=normalised_email(options["sponsor"])).first()
            if sponsor is None:
                raise CommandError(f"Nobody here has the address {options['sponsor']}.")
        try:
            invite, code = services.create_invite(
                sponsor=sponsor,
                email=options["email"],
                phone=phones.parse(options["phone"]) if options["phone"] else "",
                language=options["language"],
                note=options["note"],
                seats=options["seats"],
                expires_at=timezone.now() + timedelta(days=options["days"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except phones.PhoneRefused as error:
            raise CommandError(
                f"{options['phone']} cannot be used ({error.code}): begin it with + and its country."
            ) from error
        if invite.is_bound:
            services.send(invite, code)
            self.stdout.write(f"On its way to {invite.whom_for}.")
        else:
            self.stdout.write(link_of(code))
