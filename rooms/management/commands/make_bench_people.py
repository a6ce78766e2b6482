"""`manage.py make_bench_people`: people who are signed in, and live rooms, for `bench room` and `bench hall`. Only in a
database of their own."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Industry, Profile, User
from accounts.own_data import documents
from rooms.domain.roles import Position
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room, Topic
from rooms.services import create_topic, open_room

_DOMAIN = "bench.mitalk.example"
_SIGNED_IN_FOR = timedelta(hours=6)
_SESSION_KEY_LENGTH = 32


class Command(BaseCommand):
    """Makes the tables too where there are none, so that it is the first to see whose database this is."""

    help = "Make people and rooms for `bench room` and `bench hall`, in a database that nobody else uses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many."""
        parser.add_argument("people", type=int, help="the first of them is the host")
        parser.add_argument("--rooms", type=int, default=0, help="more live rooms, in which everybody else is")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and print the room's id and everybody's cookies as JSON.

        Raises:
            CommandError: others have an account here.
        """
        if User._meta.db_table in connection.introspection.table_names():
            self._demand_nobody_else()
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            self._remove_those_before()
            host, *members = _make_people(options["people"])
            topic = create_topic(name="Measuring rooms", industry=_industry(), by=host)
            room = open_room(host=host, title="A room to measure", topic=topic, language="en")
            _fill_rooms(options["rooms"], members, topic)
            host_cookie, *cookies = _sign_in([host, *members])
        made = {"room": room.public_id, "host_cookie": host_cookie, "cookies": cookies}
        self.stdout.write(json.dumps(made))

    def _demand_nobody_else(self) -> None:
        others = User.objects.exclude(email__endswith=f"@{_DOMAIN}").count()
        if others:
            raise CommandError(
                f"{others} other people have an account in this database. Measure on one of its own: "
                "unset DATABASE_URL, or name an empty database."
            )

    def _remove_those_before(self) -> None:
        Room.objects.filter(host__email__endswith=f"@{_DOMAIN}").delete()
        User.objects.filter(email__endswith=f"@{_DOMAIN}").delete()


def _make_people(number: int) -> list[User]:
    unusable = make_password(None)  # they have sessions; hashing a password a person would take minutes
    agreed = documents.fingerprint()
    people = User.objects.bulk_create(
        User(email=f"{place}@{_DOMAIN}", password=unusable, is_demo=True, agreed_to=agreed) for place in range(number)
    )
    industry = _industry()
    Profile.objects.bulk_create(
        Profile(user=user, name=f"Listener {place}", headline="Measures how rooms hold up", industry=industry)
        for place, user in enumerate(people)
    )
    return people


def _fill_rooms(number: int, people: list[User], topic: Topic) -> None:
    """Live rooms, each with its host and one more on stage and the others listening; half of them in another language."""
    if not number:
        return
    now = timezone.now()
    rooms = Room.objects.bulk_create(
        Room(
            title=f"Room {place} of those that talk",
            topic=topic,
            host=people[place % len(people)],
            language="ko" if place % 2 else "en",
            phase=Phase.LIVE,
            starts_at=now,
            started_at=now,
        )
        for place in range(number)
    )
    Participant.objects.bulk_create(
        Participant(
            room=rooms[place % number],
            user=user,
            position=Position.STAGE if place < 2 * number else Position.AUDIENCE,
            number=place + 1,
            connection="",
            last_seen_at=now + _SIGNED_IN_FOR,  # nobody sweeps them
        )
        for place, user in enumerate(people)
    )


def _industry() -> Industry:
    names = {"name_en": "Software", "name_zh": "软件", "name_ko": "소프트웨어"}
    return Industry.objects.get_or_create(slug="software", defaults=names)[0]


def _sign_in(people: list[User]) -> list[str]:
    """A session each; the cookies that name them."""
    store, until = SessionStore(), timezone.now() + _SIGNED_IN_FOR
    keys = [get_random_string(_SESSION_KEY_LENGTH, VALID_KEY_CHARS) for _ in people]
    sessions = [
        Session(session_key=key, session_data=_data(store, user), expire_date=until)
        for key, user in zip(keys, people, strict=True)
    ]
    Session.objects.bulk_create(sessions)
    return [f"{settings.SESSION_COOKIE_NAME}={key}" for key in keys]


def _data(store: SessionStore, user: User) -> str:
    return store.encode(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
    )
