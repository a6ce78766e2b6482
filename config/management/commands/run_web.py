"""`manage.py run_web`: pages and WebSockets, by daphne."""

import gc
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Serves the web process; joins the bus before the first request."""

    help = "Serve pages and WebSockets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Address and port."""
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.PORT, help="TCP port to listen on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        from config.web_server import LimitedServer  # isort: skip - installs the asyncio reactor, so before anything of Twisted
        from twisted.internet import reactor

        from config.asgi import application
        from rooms.hub import start_live

        def begin() -> None:
            _collect_garbage_seldom()
            reactor._asyncioEventloop.create_task(start_live())

        LimitedServer(
            application=application,
            endpoints=[f"tcp:port={options['port']}:interface={options['bind']}"],
            ready_callable=lambda: reactor.callWhenRunning(begin),
            ping_interval=10,
            ping_timeout=15,
            server_name="mitalk",
        ).run()


def _collect_garbage_seldom() -> None:
    """What is loaded by now stays: spare the collector looking at it. A full pass over a thousand pages holds all of them up
    for a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 100)
