"""A page that stops reading is cut off and loses nothing but its socket; the others do not notice."""

import asyncio
import contextlib
import itertools
import time
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall

_ESTABLISHED = "01"


def is_established(port: int, local: int) -> bool:
    """Whether the server still holds the connection that comes from a local port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, here, there, state, *_rest = line.split()
        if (int(here.rsplit(":", 1)[1], 16), int(there.rsplit(":", 1)[1], 16)) == (port, local):
            return state == _ESTABLISHED
    return False


async def test_a_page_that_stops_reading_is_cut_off_and_comes_back(hall: Hall) -> None:
    host, speaker = await hall.enter(HOST, SPEAKER)
    host.talk(440)
    await host.unmute()
    await speaker.hears(440)
    (deaf,) = await hall.enter(LISTENER)
    deaf.stop_reading()
    slowest = 0.0
    async with asyncio.timeout(60):
        for number in itertools.count(1_000):
            if not is_established(hall.installation.port, deaf.local_port):
                break
            with contextlib.suppress(ConnectionClosed):
                await deaf._send("room.sync", number, {})
            if number % 20 == 0:
                began = time.monotonic()
                await host.command("ping", received=host._received)
                slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.11)  # as fast as the server lets a page ask
    assert LISTENER in hall.roster()  # the socket is lost, the place is not
    measured.note("a socket that stops reading", "the host's answers", clients=1, back=slowest)
    assert slowest < 1.0
    await speaker.hears(440)
    (back,) = await hall.enter(LISTENER)
    await back.hears(440)
