"""`manage.py bench`: measure with real clients, server and clients on separate cores."""

import asyncio
import json
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rooms.audio.bench import fanout, forwarding, join, latency, mix, quality, shares, soak, watching
from rooms.audio.bench.table import render
from rooms.audio.bench.target import NotMeasurable
from rooms.bench import enumeration, hall, more, room

_SUBCOMMANDS: dict[str, Any] = {
    "fanout": fanout,
    "mix": mix,
    "latency": latency,
    "join": join,
    "quality": quality,
    "soak": soak,
    "shares": shares,
    "speech": watching,
    "forwarding": forwarding,
    "room": room,
    "hall": hall,
    "enumeration": enumeration,
}


class Command(BaseCommand):
    """Runs one measurement, prints its figures, and writes them where a program can read them."""

    help = "Measure the audio worker, a whole room, or pages, with real clients."
    requires_system_checks: list[str] = []  # it needs neither the database nor the settings

    def add_arguments(self, parser: CommandParser) -> None:
        """Each measurement has options of its own."""
        subparsers = parser.add_subparsers(dest="measurement", required=True)
        for name, module in {**_SUBCOMMANDS, **more.modules()}.items():
            subparser = subparsers.add_parser(name, help=(module.__doc__ or "").splitlines()[0])
            subparser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
            module.add_arguments(subparser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure.

        Raises:
            CommandError: something that it needs is not here, or it was stopped.
        """
        try:
            figures = asyncio.run(_measure({**_SUBCOMMANDS, **more.modules()}[options["measurement"]].run(options)))
        except NotMeasurable as missing:
            raise CommandError(str(missing)) from missing
        except asyncio.CancelledError as stopped:
            raise CommandError("Stopped.") from stopped
        self.stdout.write(render(figures))
        if options["json"] is not None:
            options["json"].write_text(json.dumps(figures, indent=2) + "\n")


async def _measure(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Its figures; a server that it started ends with it, also when it is told to stop."""
    measuring = asyncio.current_task()
    assert measuring is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, measuring.cancel)
    return await work
