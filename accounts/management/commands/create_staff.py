"""`manage.py create_staff`: the first member of staff of an installation."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User, normalised_email
from accounts.services import make_staff


class Command(BaseCommand):
    """Asks for a password, or takes it from MITALK_STAFF_PASSWORD; never from the command line, where others can read it."""

    help = "Create a member of staff who may do everything in the staff pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address."""
        parser.add_argument("email", help="e-mail address to sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account."""
        email = normalised_email(options["email"])
        try:
            validate_email(email)
            if User.objects.filter(email=email).exists():
                raise CommandError(f"{email} has an account already.")
            password = os.environ.get("MITALK_STAFF_PASSWORD") or self._ask()
            validate_password(password, User(email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        make_staff(email, password)
        wants_more = " It asks for a passkey or an authenticator app." if settings.MITALK_STAFF_SECOND_FACTOR else ""
        self.stdout.write(f"{email} can sign in and open /staff/.{wants_more}")

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("Set MITALK_STAFF_PASSWORD, or run this in a terminal to be asked.")
        return getpass.getpass("Password: ")
