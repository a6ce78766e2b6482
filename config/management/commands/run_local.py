"""`manage.py run_local`: the whole of MiTalk on one machine, as children of one command."""

import http.client
import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.urls import reverse

from config.local.claim import FolderTaken, claim_folder
from config.local.ports import PortTaken, demand_free_tcp, demand_free_udp
from config.local.supervisor import GaveUp, Supervisor
from invites.services import create_invite
from rooms import selectors
from rooms.demo import seed

_READY_WITHIN_SECONDS = 60.0


class Command(BaseCommand):
    """Migrates, seeds the demo, starts web, audio and jobs, and keeps them running until Ctrl-C."""

    help = "Run all of MiTalk on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to leave out."""
        parser.add_argument("--no-demo", action="store_true", help="no demonstration people, rooms and speaker")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        self._lock = threading.Lock()
        if settings.MITALK_WEB_PROCESSES > 1 and not settings.REDIS_URL:
            raise CommandError("Several web processes need a bus that outlives each: set REDIS_URL and DATABASE_URL.")
        try:
            claimed = claim_folder(settings.VAR_DIR)
            for port in _web_ports():
                demand_free_tcp(port)
            for port in _audio_ports():
                demand_free_udp(port, settings.MITALK_UDP_BIND)
        except (FolderTaken, PortTaken) as error:
            raise CommandError(str(error)) from error
        with claimed:
            self._run(demo=not options["no_demo"])

    def _run(self, *, demo: bool) -> None:
        self._prepare(demo=demo)
        supervisor = Supervisor(self._say, {**os.environ, "PORT": str(settings.PORT)})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stop())
        try:
            self._start(supervisor, demo=demo)
            supervisor.watch()
        except GaveUp as error:
            raise CommandError(str(error)) from error
        self._say("MiTalk has ended.")

    def _prepare(self, *, demo: bool) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {str(error).splitlines()[0]}") from error
        if demo:
            seed.seed()
        # The children open their own; a connection must not be shared across a fork.
        connections.close_all()

    def _start(self, supervisor: Supervisor, *, demo: bool) -> None:
        for number, port in enumerate(_web_ports(), 1):
            supervisor.start(_numbered("web", number), "manage.py", "run_web", "--port", str(port))
        for number, port in enumerate(_audio_ports(), 1):
            # SIGTERM would let it drain: whoever ends all of it does not wait for rooms to end.
            supervisor.start(
                _numbered("audio", number),
                *("manage.py", "run_audio"),
                environment={"MITALK_UDP_PORT": str(port)},
                ends_by=signal.SIGINT,
            )
        # On one machine root may well run it; Celery's warning would bury the address and the sign-ins.
        celery = ("-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config")
        supervisor.start(
            "jobs", *celery, "worker", "--pool", "threads", "-c", "2", "--loglevel", "WARNING", "--without-mingle"
        )
        supervisor.start("clock", *celery, "beat", "--loglevel", "WARNING", "--pidfile=")
        if demo:
            supervisor.start("demo", "manage.py", "run_demo_speaker")
        self._wait_until_ready(supervisor)
        if not supervisor.stopping:
            self._greet(demo=demo)

    def _wait_until_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not supervisor.stopping and not _is_ready():
            if time.monotonic() > deadline:
                supervisor.end()
                raise CommandError(
                    f"MiTalk did not start within {_READY_WITHIN_SECONDS:.0f} s; what its parts said is above."
                )
            try:
                supervisor.look()
            except GaveUp:
                supervisor.end()
                raise
            time.sleep(0.05)

    def _greet(self, *, demo: bool) -> None:
        address = f"http://localhost:{settings.PORT}"
        lines = ["", f"MiTalk is running: {address}", ""]
        if demo:
            lines += [
                f"  sign in as  {person.email}   password  {seed.password_of(person)}" for person in seed.SIGN_INS
            ]
            _invite, code = create_invite(sponsor=seed.inviter(), note="Come and see.")
            lines += [f"  or join by  {address}{reverse('invites:preview', args=[code])}", ""]
        lines += ["Mail and text messages, such as the code for a new account, appear here. Stop with Ctrl-C.", ""]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        with self._lock:
            self.stdout.write(text)
            self.stdout.flush()


def _web_ports() -> range:
    return range(settings.PORT, settings.PORT + settings.MITALK_WEB_PROCESSES)


def _audio_ports() -> range:
    return range(settings.MITALK_UDP_PORT, settings.MITALK_UDP_PORT + settings.MITALK_AUDIO_WORKERS)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"


def _is_ready() -> bool:
    return all(map(_web_answers, _web_ports())) and selectors.live_workers().count() >= len(_audio_ports())


def _web_answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
