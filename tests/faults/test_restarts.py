"""Web, Redis and PostgreSQL die and come back, one at a time: audio never stops, control is back within ten seconds, and what
was acknowledged is there."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.environment.part import Part
from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.town import Town

NO_GAP_OVER_SECONDS = 0.5  # of a machine that starts two processes meanwhile; and no packet is lost
BACK_WITHIN_SECONDS = 10.0
AWAY_SECONDS = 34.0 if measured.FULL else 4.0


def one_web(production: Production) -> None:
    production.webs[0].kill()
    production.webs[0].start()


def both_webs(production: Production) -> None:
    for web in production.webs:
        web.kill()
    with ThreadPoolExecutor() as threads:
        list(threads.map(Part.start, production.webs))


def redis(production: Production) -> None:
    production.redis.kill()
    production.redis.start()


def redis_without_its_data(production: Production) -> None:
    production.redis.kill()
    production.redis.lose_everything()
    production.redis.start()


def postgresql(production: Production) -> None:
    production.database.kill()
    production.database.start()


ALL_WEBS = "kill -9 of both webs"
FAULTS: dict[str, Callable[[Production], None]] = {
    "kill -9 of one web of two": one_web,
    ALL_WEBS: both_webs,
    "kill -9 of Redis": redis,
    "kill -9 of Redis, its data lost": redis_without_its_data,
    "immediate stop of PostgreSQL": postgresql,
}


IN_SHORT = [fault for fault in FAULTS if fault != "kill -9 of Redis"]


async def survives(town: Town, fault: str, strike: Awaitable[float]) -> None:
    """Strike, and hold the room against the promises. What strikes tells how long something was away on purpose."""
    town.begin()
    began = time.monotonic()
    away = await strike
    down = time.monotonic() - began
    await town.settles()
    for number in range(len(town.production.webs_at)):
        group = town.of_web(number)
        print(measured.note_people(fault, f"of web {number + 1}", group, f"down for {down:.1f} s"))
    assert [person.media.ear.lost for person in town.listening] == [0] * len(town.listening)
    assert max(person.ears.longest_gap() for person in town.listening) < NO_GAP_OVER_SECONDS
    assert max(person.written.longest_wait for person in town.listening) < BACK_WITHIN_SECONDS + away
    await town.nothing_was_lost()


@pytest.mark.parametrize("fault", FAULTS if measured.FULL else IN_SHORT)
async def test_a_restart(town: Town, fault: str) -> None:
    async def strike() -> float:
        began = time.monotonic()
        await asyncio.to_thread(FAULTS[fault], town.production)
        # All webs at once is more than what is promised of one: it counts from when they are there again.
        return time.monotonic() - began if fault == ALL_WEBS else 0.0

    await survives(town, fault, strike())


@pytest.mark.parametrize("engine", ["redis", "database"])
async def test_an_engine_that_is_away_for_a_while(town: Town, engine: str) -> None:
    part = getattr(town.production, engine)

    async def strike() -> float:
        await asyncio.to_thread(part.kill)
        await asyncio.sleep(AWAY_SECONDS)  # it is the fault
        await asyncio.to_thread(part.start)
        return AWAY_SECONDS

    await survives(town, f"{engine} is away for {AWAY_SECONDS:.0f} s", strike())
