"""`manage.py run_web`: pages and WebSockets, by daphne."""

import asyncio
import gc
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from rooms.checked_command import CheckedCommand
from rooms.seeing import draining
from rooms.seeing.logs import name_process
from rooms.seeing.uncaught import log_what_nobody_catches

_END_WITHIN_SECONDS = 4.0


class Command(CheckedCommand):
    """Serves the web process; joins the bus before the first request; on SIGTERM sends its pages to other processes."""

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

        name_process("web")
        log_what_nobody_catches()
        loop = reactor._asyncioEventloop
        ending: list[asyncio.Task[None]] = []

        def end() -> None:
            draining.begin()
            if not ending:
                ending.append(loop.create_task(_end(server, reactor)))

        def begin() -> None:
            _collect_garbage_seldom()
            loop.add_signal_handler(signal.SIGTERM, end)
            loop.create_task(start_live())

        server = LimitedServer(
            application=application,
            endpoints=[f"tcp:port={options['port']}:interface={options['bind']}"],
            ready_callable=lambda: reactor.callWhenRunning(begin),
            ping_interval=10,
            ping_timeout=15,
            server_name="mitalk",
        )
        server.run()


async def _end(server: Any, reactor: Any) -> None:
    """Take nobody any more, send every page to another process, finish what was begun, and end."""
    from rooms.bus import get_bus
    from rooms.hub import get_hub

    end = time.monotonic() + _END_WITHIN_SECONDS
    try:
        for listener in server.listeners:
            listener.addCallback(lambda port: port.stopListening())
        await get_hub().send_elsewhere()
        while _working(server) and time.monotonic() < end:  # noqa: ASYNC110 - daphne tells nobody
            await asyncio.sleep(0.05)
        await get_hub().stop()
        await get_bus().close()
    finally:
        reactor.stop()


def _working(server: Any) -> bool:
    """Whether a page is being made, or a socket is still open."""
    running = (connection.get("application_instance") for connection in server.connections.values())
    return any(instance is not None and not instance.done() for instance in running)


def _collect_garbage_seldom() -> None:
    """What is loaded by now stays: spare the collector looking at it. A full pass over a thousand pages holds all of them up
    for a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 100)
