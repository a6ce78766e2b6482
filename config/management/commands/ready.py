"""`manage.py ready web|audio|jobs`: whether this machine's process is ready, for whoever starts and watches it."""

import http.client
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rooms import selectors
from rooms.models import AudioWorker


class Command(BaseCommand):
    """Exits with 0 when it is ready, else with 1 and why not."""

    help = "Say whether this machine's web process, audio worker or jobs are ready."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which."""
        parser.add_argument("process", choices=["web", "audio", "jobs"])

    def handle(self, *args: Any, **options: Any) -> None:
        """See the class."""
        wrong = {"web": _web, "audio": _audio, "jobs": _jobs}[options["process"]]()
        if wrong:
            raise CommandError(wrong)
        self.stdout.write("ready")


def _web() -> str:
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"Port {settings.PORT} does not answer ({type(error).__name__})."
    finally:
        connection.close()
    wrong = [f"{part}: {state}" for part, state in told["parts"].items() if state != "ok"]
    return "" if answer.status == 200 else ", ".join(wrong)


def _audio() -> str:
    place = {"public_ip": settings.MITALK_PUBLIC_IP, "udp_port": settings.MITALK_UDP_PORT}
    worker = AudioWorker.objects.filter(**place).first()
    if worker is None or not selectors.live_workers().filter(pk=worker.pk).exists():
        return f"No worker at {place['public_ip']}:{place['udp_port']} has been heard of lately."
    return "It drains." if getattr(worker, "draining", False) else ""


def _jobs() -> str:
    return "" if selectors.jobs_now() else "No job of the clock was done lately."
