"""Many come at once, and many come and go for long: nobody who is there notices, and nothing of it is left."""

import asyncio
import urllib.request
from collections import Counter, deque

import pytest

from rooms.audio.bench.client import Client
from rooms.bench.crowd import Crowd
from rooms.bench.page import Door, Page
from tests.environment.held import family, held
from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, Hall
from tests.faults.visitor import until

TALKS = 440
JOINS, JOINS_A_SECOND = (500, 50.0) if measured.FULL else (45, 15.0)
NO_GAP_OVER_SECONDS = 0.5
ALL_IN_WITHIN_SECONDS = 60.0

AT_ONCE = 15
WARMING_ROUNDS, ROUNDS = (40, 200) if measured.FULL else (6, 8)
WITHIN_PERCENT = 5.0
SETTLED_WITHIN_SECONDS = 30.0
_POOLED = {
    "threads": 4,
    "descriptors": 8,
}  # pools grow to their most when they happen to be busy; a thread has a connection
_ROWS = "rows of "
_THAT_REMEMBER = {"rooms.WorkerMinute"}  # one a minute, whoever is there


def a_crowd(hall: Hall, number: int) -> Crowd:
    """So many people outside, each of whom can enter the hall's room and listen."""
    names = [f"Passer-by {place}" for place in range(number)]
    made = hall.installation.backstage.ask("make", people=[HOST, *names], stage=[HOST], title="Elsewhere")
    address = f"ws://127.0.0.1:{hall.installation.port}/ws/rooms/{hall.room}/"

    def page(cookie: str) -> Page:
        return Page(Door(address, hall.installation.url, cookie), Client(hall._poller, hall._identity))

    return Crowd(page, deque(f"sessionid={made['cookies'][name]}" for name in names))


async def test_many_join_at_once_and_nobody_who_is_there_hears_a_gap(hall: Hall) -> None:
    crowd = await asyncio.to_thread(a_crowd, hall, JOINS)
    host, listener = await hall.enter(HOST, LISTENER)
    host.talk(TALKS)
    await host.unmute()
    await listener.hears(TALKS)
    loop = asyncio.get_running_loop()
    began = loop.time()
    listener.media.ear.reset()
    try:
        try:
            async with asyncio.timeout(ALL_IN_WITHIN_SECONDS):
                await crowd.arrive(JOINS, JOINS_A_SECOND)
        except TimeoutError:
            inside, why = len(crowd.join_seconds), Counter(crowd.failures).most_common(3)
            pytest.fail(f"{inside} of {JOINS} are in after {ALL_IN_WITHIN_SECONDS:.0f} s; tries that failed: {why}")
        took = loop.time() - began
        gap = listener.media.ear.longest_gap
        slowest = max(crowd.join_seconds)
        about = f"all in after {took:.1f} s; tried again: {len(crowd.failures)}"
        measured.note(f"{JOINS} join, {JOINS_A_SECOND:.0f} a second", "who is there", clients=1, gap=gap, note=about)
        measured.note(f"{JOINS} join, {JOINS_A_SECOND:.0f} a second", "who joins", clients=JOINS, back=slowest)
        assert len(crowd.join_seconds) == JOINS
        assert gap < NO_GAP_OVER_SECONDS
        assert listener.media.ear.lost == 0
        await listener.hears(TALKS)
    finally:
        crowd.close()


async def test_what_comes_and_goes_leaves_nothing_behind(hall: Hall) -> None:
    crowd = await asyncio.to_thread(a_crowd, hall, AT_ONCE)
    host, listener = await hall.enter(HOST, LISTENER)
    host.talk(TALKS)
    await host.unmute()
    await listener.hears(TALKS)
    try:
        await _come_and_go(hall, crowd, WARMING_ROUNDS)
        before = await _held_when_settled(hall, Counter())
        began = asyncio.get_running_loop().time()
        await _come_and_go(hall, crowd, ROUNDS)
        a_second = ROUNDS * AT_ONCE / (asyncio.get_running_loop().time() - began)
        after = await _held_when_settled(hall, before)
    finally:
        crowd.close()
    for name in dict.fromkeys((*before, *after)):
        _note(name, before[name], after[name], f"{a_second:.1f} a second")
    assert {name: (before[name], after[name]) for name in after if after[name] > _most(name, before)} == {}
    assert set(hall.roster()) == {HOST, LISTENER}
    await listener.hears(TALKS)


def _note(name: str, before: int, after: int, how_fast: str) -> None:
    if not name.startswith(_ROWS) or before != after:
        grown = f"{100 * (after / before - 1):+.1f} %" if before else "+"
        about = f"{before} before, {after} after: {grown}; {how_fast}"
        measured.note(f"{ROUNDS * AT_ONCE} come and go", name, clients=AT_ONCE, note=about)


async def _come_and_go(hall: Hall, crowd: Crowd, rounds: int) -> None:
    """Each round all come in, and all leave; every other one of them without a word."""
    for _ in range(rounds):
        await crowd.arrive(AT_ONCE, 3 * AT_ONCE)
        for pages in (crowd.quiet, crowd.lively):
            while pages:
                page = pages.pop()
                if len(pages) % 2:
                    page.close()
                    crowd.outside.append(page.door.cookie)
                else:
                    await crowd._leave(page)
        crowd.pages.clear()


async def _held_when_settled(hall: Hall, before: Counter[str]) -> Counter[str]:
    """What web, audio and jobs hold once those who went without a word are off the roster, and no more than before, if that
    comes to be within half a minute."""
    loop = asyncio.get_running_loop()
    await until(lambda: set(hall.roster()) == {HOST, LISTENER}, "all are gone", within=SETTLED_WITHIN_SECONDS)
    end = loop.time() + SETTLED_WITHIN_SECONDS
    peers = len(hall.visitors)
    while True:
        now = await asyncio.to_thread(_held, hall)
        is_quiet = now["peers"] == now["websockets"] == peers
        if is_quiet and all(now[name] <= _most(name, before) for name in before):
            return now
        if loop.time() > end:
            return now  # the caller says by how much


def _most(name: str, before: Counter[str]) -> float:
    return before[name] * (1 + WITHIN_PERCENT / 100) + _POOLED.get(name, 0)


def _held(hall: Hall) -> Counter[str]:
    installation = hall.installation
    whole = held(one for pid in installation.pids() for one in family(pid))
    for port in (installation.port, int(installation.environment["MITALK_METRICS_PORT"])):
        figures = _figures(port)
        whole["tasks"] += int(figures["mitalk_asyncio_tasks"])
        whole["peers"] += int(figures.get("mitalk_audio_peers", 0))
        whole["websockets"] += int(figures.get('mitalk_websockets{kind="room"}', 0))
    for table, number in installation.backstage.ask("rows").items():
        if table not in _THAT_REMEMBER:
            whole[_ROWS + table] = number
    return whole


def _figures(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}
