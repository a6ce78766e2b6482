"""Machines whose clocks are ten minutes wrong, some ahead and some behind: nobody is put out, mail goes out, and what was
said is sealed from the minute it was said in."""

import html
import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator

import pytest

from tests.environment.clocks import wrong_by
from tests.environment.part import Part
from tests.environment.receivers import Mailbox
from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.town import Town
from tests.faults.visitor import until

CLOCKS = {  # minutes ahead
    "jobs ahead, clock and audio behind": {"audio": -10, "jobs": 10, "clock": -10},
    "jobs behind, clock and audio ahead": {"audio": 10, "jobs": -10, "clock": 10},
    "one web ahead, the other behind": {"web-1": 10, "web-2": -10},
}
NO_GAP_OVER_SECONDS = 0.5
RUNS = 2  # of what the clock has done every five seconds: rosters are swept meanwhile, every two
SENT_WITHIN_SECONDS = 20.0
SEALED_WITHIN_SECONDS = 20.0
HALF_A_DAY, A_MINUTE = 12 * 3600, 60
RELAY = re.compile(r'"username": "(\d+):')


@pytest.fixture(params=CLOCKS)
def clocks(request: pytest.FixtureRequest, production: Production) -> Iterator[str]:
    """Some parts begin anew by another time."""
    wrong = [part for part in production.parts if part.name in CLOCKS[request.param]]
    for part in wrong:
        _end(part)
        part.start(**wrong_by(CLOCKS[request.param][part.name]))
    yield request.param
    for part in wrong:
        _end(part)
        part.start()


def _end(part: Part) -> None:
    if part.name in ("clock", "audio"):  # the one notes what it sent, for the next to read; the other, that it is gone
        part.stop(signal.SIGINT)
    else:
        part.kill()


async def test_clocks_ten_minutes_apart(clocks: str, town: Town, mailbox: Mailbox) -> None:
    town.begin()
    for number in range(RUNS):
        address = f"{town.room.lower()}-{number}@example.org"
        await town.ask_production("post_quietly", to=address, occasion="clocks")
        await until(lambda address=address: bool(mailbox.to(address)), "sent", within=SENT_WITHIN_SECONDS)
    await town.settles()
    measured.note_people(f"clocks: {clocks}", "everybody", town.listening)
    assert max(person.ears.longest_gap() for person in town.listening) < NO_GAP_OVER_SECONDS
    assert [person.written.refused for person in town.people.values()] == [{}] * len(town.people)
    await _is_sealed(town)
    for port in town.production.ports:
        _is_a_member_with_a_relay(town, port)
    await town.nothing_was_lost()


async def _is_sealed(town: Town) -> None:
    """A report keeps what was said around it, whichever clock the worker goes by."""
    about = {"category": "harassment", "line": "", "message": ""}
    await town.listening[-1].command("person.report", person=town.host.person, **about)

    async def sealed() -> list[dict]:
        return [found for found in await town.ask("evidence") if found["state"] in ("sealed", "silent", "lost")]

    end = time.monotonic() + SEALED_WITHIN_SECONDS
    while not (found := await sealed()):
        assert time.monotonic() < end, "not sealed"
    assert [(one["state"], set(one["voices"])) for one in found] == [("sealed", {town.host.person})]


def _is_a_member_with_a_relay(town: Town, port: int) -> None:
    """This web process knows who they are, and mints credentials that the TURN server takes by its own, right clock."""
    page = urllib.request.Request(f"http://localhost:{port}/r/{town.room}/", headers={"Cookie": town.host.door.cookie})
    with urllib.request.urlopen(page, timeout=10) as answer:
        assert answer.url.endswith(f"/r/{town.room}/"), "still signed in"
        found = RELAY.search(html.unescape(answer.read().decode()))
    assert found is not None
    assert abs(int(found[1]) - time.time() - HALF_A_DAY) < A_MINUTE, json.dumps(found[1])
