"""A web process is asked to end: its pages are back at once, with another one or with the next, and the sound never stops."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.environment.installation import LOSSY, Installation
from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall
from tests.faults.visitor import until

TALKS = 440
BACK_SECONDS = 10.0  # the promise
HAS_REDIS = bool(os.environ.get("REDIS_URL"))


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """Two web processes where the bus is nobody's."""
    with Installation(webs=2 if HAS_REDIS else 1, DJANGO_SETTINGS_MODULE=LOSSY) as running:
        yield running


async def test_after_sigterm_pages_are_back_and_no_packet_was_missed(hall: Hall) -> None:
    people = await hall.enter_to_stay(HOST, SPEAKER, LISTENER)
    port = hall.installation.port
    for person in people:
        person.ports = (port + 1,) if HAS_REDIS else (port,)
    host, _speaker, listener = people
    host.talk(TALKS)
    await host.unmute()
    await listener.hears(TALKS)
    before = hall.roster()
    listener.media.ear.reset()
    (web,) = hall.installation.web_on(port)
    os.kill(web, signal.SIGTERM)
    began = time.monotonic()
    await until(lambda: all(person.came_back == 1 for person in people), "all are back", within=BACK_SECONDS)
    back = time.monotonic() - began
    await host.command("chat.say", text="Where were we?")
    await listener.is_told("chat.said")
    assert hall.roster() == before
    await until(lambda: web not in hall.installation.web_on(port), "it has ended", within=BACK_SECONDS)
    await listener.hears(TALKS)
    measured.note("SIGTERM of a web", "of that web", clients=3, gap=listener.media.ear.longest_gap, back=back)
    assert (listener.media.ear.lost, listener.media.ear.refused) == (0, 0)
    assert [person.restarts for person in people] == [0, 0, 0]
    assert "Traceback" not in hall.installation.output()
