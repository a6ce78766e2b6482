"""`manage.py create_staff`: the first member of staff of an installation."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User, normalised_email
from accounts.services import make_staff


class Command(BaseCommand):
    """Asks for a password, or takes it from MITALK_STAFF_PASSWORD; never from the command line, where others can read it."""

    help = "Create a member of staff: of one role, or one who may do everything in the staff pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address."""
        parser.add_argument("email", help="e-mail address to sign in with")
        parser.add_argument(
            "--role", default="", help="what they may do (a group of the admin); without one, everything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account."""
        email = normalised_email(options["email"])
        try:
            validate_email(email)
            if User.objects.filter(email=email).exists():
                raise CommandError(f"{email} has an account already.")
            role = self._role(options["role"])
            password = os.environ.get("MITALK_STAFF_PASSWORD") or self._ask()
            validate_password(password, User(email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        make_staff(email, password, role=role)
        wants_more = " It asks for a passkey or an authenticator app." if settings.MITALK_STAFF_SECOND_FACTOR else ""
        self.stdout.write(f"{email} can sign in and open /staff/.{wants_more}")

    def _role(self, name: str) -> Group | None:
        """Raises: CommandError."""
        if not name:
            return None
        role = Group.objects.filter(name__iexact=name).first()
        if role is None:
            names = ", ".join(Group.objects.order_by("pk").values_list("name", flat=True))
            raise CommandError(f"There is no role {name!r}. There are: {names}.")
        return role

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("Set MITALK_STAFF_PASSWORD, or run this in a terminal to be asked.")
        return getpass.getpass("Password: ")
