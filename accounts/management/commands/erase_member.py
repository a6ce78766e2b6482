"""`manage.py erase_member`: erase one member now, for a request that came by letter."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import hooks
from accounts.models import AccountDeletion, DeletionState, User, normalised_email
from accounts.own_data import deletion, registry


class Command(BaseCommand):
    """Erase without waiting, after the operator typed the address once more."""

    help = "Erase one member: at once, and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("email")
        parser.add_argument("--confirm", default="", help="the address once more; else it is asked for")
        parser.add_argument("--despite-reports", action="store_true", help="also while a report about them is open")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what stays, ask, erase."""
        user = User.objects.filter(email=normalised_email(options["email"])).first()
        if user is None:
            raise CommandError("There is no such account.")
        delay = hooks.delay_of(user)
        if delay is not None and not options["despite_reports"]:
            raise CommandError(f"Delayed until {delay.until:%Y-%m-%d}: {delay.code}. See --despite-reports.")
        self.stdout.write(f"This erases {user.email} now. Nothing brings it back. What stays:")
        for link in registry.kept():
            self.stdout.write(f"  {link.why} ({link.until})")
        typed = options["confirm"] or input("Type the address once more: ")
        if normalised_email(typed) != user.email:
            raise CommandError("That is another address. Nothing was done.")
        person = user.public_id
        try:
            deletion.erase_now(user)
        except deletion.StaffStay as error:
            raise CommandError("They are staff: take their rights first.") from error
        if not AccountDeletion.objects.filter(person=person, state=DeletionState.ERASED).exists():
            raise CommandError("It is under way, by a job.")
        self.stdout.write("Erased.")
