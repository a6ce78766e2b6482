"""`bench hall`: the hallway while hundreds of rooms talk. How long does the server take for it?

The server is what `make run` starts, on one core; this process asks for the page again and again over one connection, on
another. Each page is asked for by somebody else, filtered every other time.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import time
from typing import Any

from django.core.management.base import CommandError

from rooms.audio.bench.figures import cores, milliseconds, percentile
from rooms.bench.server import Server

_WARM_UP = 10
_MOST_WAITED = 0.1  # of the time: then others had the server's core
_PATHS = ("/hallway/", "/hallway/?language=en")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--pages", type=int, default=200)


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        CommandError: it could not be measured; with what the server said last.
    """
    server_core, clients_core = cores()
    async with Server(core=server_core, clients_core=clients_core) as server:
        try:
            people = str(1 + 5 * options["rooms"])
            made = json.loads(await server.manage("make_bench_people", people, "--rooms", str(options["rooms"])))
            await server.start()
            await asyncio.to_thread(_ask, server.port, made["cookies"], _WARM_UP)
            before = server.usage("run_web")
            seconds, size = await asyncio.to_thread(_ask, server.port, made["cookies"], options["pages"])
            used = server.usage("run_web") - before
        except Exception as error:
            raise CommandError(f"{error}\nThe server said last:\n{server.last_words()}") from error
    held_up = used.waited_seconds > _MOST_WAITED * sum(seconds)
    return {
        "live rooms": options["rooms"],
        "pages": len(seconds),
        "p50 ms": milliseconds(percentile(seconds, 50)),
        "p95 ms": milliseconds(percentile(seconds, 95)),
        "most ms": milliseconds(max(seconds)),
        "web CPU a page, ms": milliseconds(used.cpu_seconds / len(seconds)),
        "void": held_up,
        "void_because": "others used the server's core" if held_up else "",
        "bytes a page": size,
    }


def _ask(port: int, cookies: list[str], pages: int) -> tuple[list[float], int]:
    """The seconds that each page took, and the bytes of the last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    people, paths = itertools.cycle(cookies), itertools.cycle(_PATHS)
    seconds, size = [], 0
    for _ in range(pages):
        began = time.perf_counter()
        connection.request("GET", next(paths), headers={"Cookie": next(people), "Host": f"localhost:{port}"})
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != http.client.OK:
            raise ConnectionError(f"the hallway answered {answer.status}")
        seconds.append(time.perf_counter() - began)
    connection.close()
    return seconds, size
