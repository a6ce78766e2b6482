"""`manage.py make_bench_contacts`: people who are known, for `bench enumeration`. Only in a database of their own."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Industry, Profile, User
from accounts.own_phones import own_phone
from accounts.session_store import SessionStore

_INDUSTRY = {"name_en": "Software", "name_zh": "软件", "name_ko": "소프트웨어"}


class Command(BaseCommand):
    """Members with a proven address, a password and a phone; and others who are signed in and have shown that it is them."""

    help = "Make people for `bench enumeration`, in a database that nobody else uses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many."""
        parser.add_argument("people", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them; print addresses, phones, sessions and an industry as JSON.

        Raises:
            CommandError: others have an account here.
        """
        call_command("migrate", verbosity=0, interactive=False)
        if User.objects.exists():
            raise CommandError("There are people in this database. Measure on one of its own.")
        with transaction.atomic():
            made = self._make(options["people"])
        self.stdout.write(json.dumps(made))

    def _make(self, number: int) -> dict[str, Any]:
        password = make_password("correct horse battery")  # one for all: hashing takes a third of a second
        industry, _created = Industry.objects.get_or_create(slug="software", defaults=_INDUSTRY)
        emails, phones = [], []
        for place in range(number):
            user = User.objects.create(email=f"known{place:04}@bench.mitalk.example", password=password)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            phones.append(f"+82101000{place:04}")
            own_phone(user, phones[-1])
            emails.append(user.email)
        askers = [self._asker(place, password, industry) for place in range(2 * number)]
        return {"emails": emails, "phones": phones, "askers": askers, "industry": industry.pk}

    def _asker(self, place: int, password: str, industry: Industry) -> str:
        user = User.objects.create(email=f"asker{place:04}@bench.mitalk.example", password=password)
        Profile.objects.create(user=user, name=f"Asker {place}", headline="Asks", industry=industry)
        request = HttpRequest()
        request.session = session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["listed_at"] = int(time.time())
        record_authentication(request, user, method="password", reauthenticated=True)
        session.save()
        return str(session.session_key)
