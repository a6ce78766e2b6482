"""No sound without a place for more than five seconds, no place without sound, whatever people and processes do."""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter

from tests.environment.installation import ROOT
from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, MODERATOR, SPEAKER, Hall
from tests.faults.visitor import Visitor, until

ALLOWED_SECONDS = 5.0
STEPS = 260 if measured.FULL else 160
AT_REST_WITHIN_SECONDS = 12.0
SEEDED = 20_261_124
PEOPLE = (SPEAKER, LISTENER, MODERATOR)
FAILURES = (ConnectionError, OSError, TimeoutError)


class Watch:
    """`manage.py watch_media` beside a test: every look there was."""

    def __init__(self, hall: Hall) -> None:
        self._environment = hall.installation.environment
        self.looks: list[dict] = []

    async def __aenter__(self) -> "Watch":
        command = (sys.executable, "manage.py", "watch_media", "--seconds", "600", "--every", "0.2")
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self._environment, stdout=asyncio.subprocess.PIPE
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.looks.append(json.loads(line))

    async def looked(self, times: int) -> None:
        """Wait for so many more looks."""
        wanted = len(self.looks) + times
        async with asyncio.timeout(30):
            while len(self.looks) < wanted:
                await asyncio.sleep(0.05)

    def is_at_rest(self) -> bool:
        """Whether the last look found both sides the same."""
        return not self.looks[-1]["places_without_sound"] and not self.looks[-1]["sound_without_place"]

    def longest(self, what: str) -> float:
        """The longest that something was on one side only."""
        return max((seconds for look in self.looks for seconds in look[what].values()), default=0.0)


class Restless:
    """One person who comes and goes in every way there is."""

    def __init__(self, hall: Hall, name: str, chance: random.Random) -> None:
        self._hall, self._name, self._chance = hall, name, chance
        self._page: Visitor | None = None
        self.did: Counter[str] = Counter()

    async def step(self, host: Visitor) -> None:
        """Do one thing."""
        ways = ["enter"] if self._page is None else ["leave", "tab closed", "second tab", "kicked", "deaf", "half way"]
        way = self._chance.choice(ways)
        with contextlib.suppress(*FAILURES):
            await getattr(self, f"_{way.replace(' ', '_')}")(host)
            self.did[way] += 1

    async def _enter(self, host: Visitor) -> None:
        self._page = self._hall.visitor(self._name)
        try:
            await self._page.enter()
        except FAILURES:
            self._page = None
            raise

    async def _leave(self, host: Visitor) -> None:
        page, self._page = self._page, None
        assert page is not None
        await page.leave()

    async def _tab_closed(self, host: Visitor) -> None:
        page, self._page = self._page, None
        assert page is not None
        page.close()

    async def _second_tab(self, host: Visitor) -> None:
        await self._enter(host)

    async def _kicked(self, host: Visitor) -> None:
        page, self._page = self._page, None
        assert page is not None
        await host.command("person.remove", person=page.person)

    async def _deaf(self, host: Visitor) -> None:
        """The socket lives, the sound is gone without a word."""
        page, self._page = self._page, None
        assert page is not None
        page.lose_media()

    async def _half_way(self, host: Visitor) -> None:
        """A page that joins and never offers."""
        page = self._hall.visitor(self._name)
        self._page = None
        await page.join()


async def test_hundreds_of_comings_and_goings_and_a_worker_that_dies(hall: Hall) -> None:
    chance = random.Random(SEEDED)
    (host,) = await hall.enter(HOST)
    people = [Restless(hall, name, random.Random(chance.random())) for name in PEOPLE]
    async with Watch(hall) as watch:
        await watch.looked(1)

        async def live(person: Restless, steps: int) -> None:
            for _ in range(steps):
                await person.step(host)
                await asyncio.sleep(person._chance.random() * 0.3)

        await asyncio.gather(*(live(person, STEPS // len(PEOPLE)) for person in people))
        hall.installation.kill("audio")
        await host.is_told("media.restart", within=20)
        await host.connect_again()
        await asyncio.gather(*(live(person, 10) for person in people))
        await watch.looked(1)
        await until(watch.is_at_rest, "nothing is under way any more", within=AT_REST_WITHIN_SECONDS)
    did = sum((person.did for person in people), Counter())
    assert did.keys() == {"enter", "leave", "tab closed", "second tab", "kicked", "deaf", "half way"}
    assert sum(did.values()) > STEPS * 0.8  # some fail while the worker is dead
    assert watch.longest("sound_without_place") < ALLOWED_SECONDS
    assert watch.longest("places_without_sound") < ALLOWED_SECONDS


async def test_who_enters_and_never_offers_is_off_the_roster_and_told_why(hall: Hall) -> None:
    await hall.enter(HOST)
    silent = hall.visitor(LISTENER)
    async with Watch(hall) as watch:
        await watch.looked(1)
        await silent.join()
        assert LISTENER in hall.roster()
        assert await silent.is_put_out() == "media_missing"
        assert LISTENER not in hall.roster()
    assert watch.longest("places_without_sound") < ALLOWED_SECONDS


async def leaves_the_roster(hall: Hall, fault: str) -> None:
    began = time.monotonic()
    await until(lambda: LISTENER not in hall.roster(), "off the roster", within=15)
    measured.note(fault, "off the roster", clients=1, back=time.monotonic() - began)


async def test_a_client_that_dies_without_closing_is_off_the_roster_within_fifteen_seconds(hall: Hall) -> None:
    host, dead = await hall.enter(HOST, LISTENER)
    dead.fall_silent()  # its sockets stay open, as those of a closed laptop do
    await leaves_the_roster(hall, "a laptop is closed")
    assert HOST in hall.roster()
    assert host.ended_by_server == ""


async def test_a_client_that_is_killed_is_off_the_roster_within_fifteen_seconds(hall: Hall) -> None:
    _host, killed = await hall.enter(HOST, LISTENER)
    killed.close()
    await leaves_the_roster(hall, "kill -9 of a client")
