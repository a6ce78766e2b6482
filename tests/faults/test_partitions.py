"""A network that is cut, or loses, between machines that all live: nobody is heard twice, nothing acknowledged is lost, and
everybody hears again within ten seconds. Nobody gets an error here, as when a process dies: what is sent does not arrive, and
whoever waits for an answer waits. The network is changed in a thread: whoever waited for that would hear nothing meanwhile.
"""

import asyncio
import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from aiortc import RTCCertificate

from tests.environment.machines import ASIDE, CENTRE, LEFT, RIGHT, Machines
from tests.environment.separate_processes import ROOT
from tests.faults import measured
from tests.faults.regular import Regular
from tests.faults.town import SPEAKER, TALKS, Town
from tests.faults.visitor import AUDIBLE_DBFS, until

ALSO = 1000
AT_HOME = 6  # more of a room are on another worker
FOLLOWING = ("Amara Okafor", "Petra Roth")
STUBBORN = "Sofia Takács"
CROWD = (*FOLLOWING, "Ines Duarte", "Tomasz Zieliński", "Yuki Mori", "Noor Haddad", "Emeka Obi", "Marta Silva")
WITHIN_SECONDS = 10.0  # the promise
NO_GAP_OVER_SECONDS = 0.5
THE_EARS_NEED_SECONDS = 0.4
AWAY_SECONDS = 34.0 if measured.FULL else 6.0
SWEEP_SECONDS = 2.0
ALL_ARE_DEAF_SECONDS = 8.0
MOST_OF_A_LOG = 1 << 24

Cut = Callable[[Machines, str], None]


def in_full(test: Callable[..., Any]) -> Callable[..., Any] | None:
    """For `make faults` alone. Else there is no such test: one that is skipped would count as failed."""
    return test if measured.FULL else None


def from_control(machines: Machines, machine: str) -> None:
    """From PostgreSQL and Redis, but from nobody who listens."""
    machines.network.cut(machine, CENTRE)


def from_redis_alone(machines: Machines, machine: str) -> None:
    """It beats into PostgreSQL, so that it seems to live, and nobody can ask it for sound."""
    machines.network.cut(machine, CENTRE, port=machines.redis.port)


def from_everybody(machines: Machines, machine: str) -> None:
    machines.network.isolate(machine)


@pytest.fixture(scope="module")
def production() -> Iterator[Machines]:
    """For this module: on machines with a network between them."""
    with Machines(MITALK_ROOM_SHARE_PEOPLE=str(AT_HOME)) as running:
        yield running


class Stubborn(Regular):
    """Somebody who stays with the worker that they had, whatever they are told."""

    def _remake_media(self, *, anew: bool = False) -> None:
        pass

    async def _come_back(self) -> None:
        pass


@pytest.fixture
async def circle(production: Machines, identity: RTCCertificate) -> AsyncIterator[Town]:
    """Two on stage talk, two listen. One who talks and one who listens will not go anywhere else."""
    production.mend()
    kinds = {SPEAKER: Stubborn, STUBBORN: Stubborn}
    async with Town(production, identity, (*FOLLOWING, STUBBORN), kinds) as made:
        speaker = made.people[SPEAKER]
        speaker.talk(ALSO)
        await speaker.unmute()
        await made.people[STUBBORN].hears(ALSO)
        yield made
    production.network.heal()


@pytest.fixture
async def large(production: Machines, identity: RTCCertificate) -> AsyncIterator[Town]:
    """A room of which some listeners are on the other worker."""
    production.mend()
    async with Town(production, identity, CROWD) as made:
        (share,) = await made.ask("shares")
        assert share["people"] == len(made.people) - AT_HOME
        yield made
    production.network.heal()


def at_home(town: Town) -> list[Regular]:
    return list(town.people.values())[2:AT_HOME]


def sharing(town: Town) -> list[Regular]:
    return list(town.people.values())[AT_HOME:]


async def homes(town: Town, production: Machines) -> tuple[str, str]:
    """The machines where a room is mixed and where it is shared."""
    (share,) = await town.ask("shares")
    return production.machine_of(await town.ask("place")), production.machine_of(share)


# --- a worker is cut off ----------------------------------------------------------------------------------------------------


FROM = {from_control: "control", from_redis_alone: "Redis alone", from_everybody: "everybody"}
ORDERS = {"control, Redis, everybody": (from_control, from_redis_alone, from_everybody)}
if measured.FULL:
    ORDERS["everybody, Redis, control"] = (from_everybody, from_redis_alone, from_control)


@pytest.mark.parametrize("order", ORDERS)
async def test_a_worker_that_is_cut_off_is_not_heard_and_later_takes_rooms_anew(
    circle: Town, production: Machines, order: str
) -> None:
    stubborn, following = circle.people[STUBBORN], [circle.people[name] for name in FOLLOWING]
    await following[0].command("hand.raise", line="")
    before = await standing(circle)
    for cut in ORDERS[order]:
        await moves_away(circle, production, cut)
        last, first = stubborn.ears.heard_at, min(person.ears.heard_again_at for person in following)
        assert last < first, "nobody is audible in two places"
        place, heard = await circle.ask("place"), stubborn.ears.packets
        await asyncio.to_thread(production.network.heal)
        await all_workers_are_steady(production)
        await stubborn.stays_deaf_to(ALSO, seconds=2.0)
        assert stubborn.ears.packets == heard, "it is silent, though it reaches everybody again"
        assert await circle.ask("place") == place
        assert await standing(circle) == before
        for person in following:
            await person.hears(TALKS)


async def moves_away(circle: Town, production: Machines, cut: Cut) -> None:
    """Cut the worker of a room off: its people hear again by the other."""
    following = [circle.people[name] for name in FOLLOWING]
    place = await circle.ask("place")
    machine = production.machine_of(place)
    connections = [person.new_media for person in following]
    for person in following:
        person.ears.begin()
    began = time.perf_counter()
    await asyncio.to_thread(cut, production, machine)
    for person, number in zip(following, connections, strict=True):
        await until(
            lambda person=person, number=number: (
                person.new_media > number and person.ears.level_at(TALKS) > AUDIBLE_DBFS
            ),
            f"{person.name} hears again",
            within=began + WITHIN_SECONDS + THE_EARS_NEED_SECONDS - time.perf_counter(),
        )
    back = max(person.ears.heard_again_at for person in following) - began
    gap = max(person.ears.gap for person in following)
    print(
        measured.note(
            f"a worker is cut off from {FROM[cut]}", "in its rooms", clients=len(following), gap=gap, back=back
        )
    )
    now = await circle.ask("place")
    assert production.machine_of(now) == production.other_than(machine)
    assert now["epoch"] == place["epoch"] + 1


async def standing(circle: Town) -> dict[str, dict]:
    """Where those sit who go along with the room, and how."""
    everybody = await circle.ask("standing")
    return {name: row for name, row in everybody.items() if name not in (SPEAKER, STUBBORN)}


async def all_workers_are_steady(production: Machines) -> None:
    async with asyncio.timeout(30):
        while await asyncio.to_thread(production.backstage.ask, "steady_workers") < len(production.workers):
            await asyncio.sleep(0.05)


# --- a web process is cut off -----------------------------------------------------------------------------------------------


async def test_a_web_process_that_is_cut_off_from_redis_alone(large: Town, production: Machines) -> None:
    around = [asyncio.create_task(sweep(large)), asyncio.create_task(chat(large.of_web(1)[-1]))]
    large.begin()
    await asyncio.to_thread(production.network.cut, ASIDE, CENTRE, port=production.redis.port)
    await asyncio.sleep(AWAY_SECONDS)  # it is the fault
    await asyncio.to_thread(production.network.heal)
    healed = time.perf_counter()
    await large.settles()
    back = time.perf_counter() - healed
    fault = f"a web is cut off from Redis for {AWAY_SECONDS:.0f} s"
    for number, group in enumerate(("of the other web", "of that web")):
        print(measured.note_people(fault, group, large.of_web(number), f"all well {back:.1f} s after"))
    for task in around:
        task.cancel()
    listening = large.listening
    assert max(person.ears.longest_gap() for person in listening) < NO_GAP_OVER_SECONDS
    assert max(person.written.longest_wait for person in listening) < AWAY_SECONDS + WITHIN_SECONDS
    assert max(person.written.longest_wait for person in large.of_web(0)) < WITHIN_SECONDS
    assert back < WITHIN_SECONDS
    await large.nothing_was_lost()


async def chat(person: Regular) -> None:
    """Somebody writes all the time, whether or not it is taken."""
    for number in itertools.count():
        await person._write(f"{person.name} goes on, {number}")
        await asyncio.sleep(0.5)


async def sweep(town: Town) -> None:
    """What the clock and the jobs would do."""
    while True:
        await town.ask_production("sweep")
        await asyncio.sleep(SWEEP_SECONDS)


async def test_a_room_that_a_web_process_had_locked_when_it_was_cut_off_from_postgresql_is_free_soon(
    large: Town, production: Machines
) -> None:
    """The host, who is with the other web process, is not held up for long. The process itself is well soon after, too."""
    large.begin()
    async with locked_aside(large, production):
        await asyncio.to_thread(production.network.cut, ASIDE, CENTRE, port=production.database.port)
        began = time.perf_counter()
        await until_obeyed(large)
        free = time.perf_counter() - began
        await asyncio.to_thread(production.network.heal)
    await large.settles()
    fault = "a web is cut off from PostgreSQL"
    print(measured.note(f"{fault}, a room locked", "in that room", clients=1, back=free))
    for number, group in enumerate(("of the other web", "of that web")):
        print(measured.note_people(fault, group, large.of_web(number), f"for {free:.0f} s"))
    assert max(person.written.longest_wait for person in large.listening) < free + WITHIN_SECONDS
    await large.nothing_was_lost()


async def until_obeyed(town: Town) -> None:
    """Wait until the host can do something again."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while True:
            with contextlib.suppress(TimeoutError, ConnectionError):
                await town.host.command("stage.lock", locked=True)
                return


@contextlib.asynccontextmanager
async def locked_aside(town: Town, production: Machines) -> AsyncIterator[None]:
    """A process on the other machine is in the middle of changing the room."""
    code = (
        "import time; from django.db import transaction; from rooms.services.carrying_out import locked\n"
        f"with transaction.atomic(): locked({town.room!r}); print('locked', flush=True); time.sleep(60)"
    )
    command = [*production.network.inside(ASIDE), sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=production.environment, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"locked\n"
        yield
    finally:
        process.kill()
        await process.wait()


# --- between two workers that share a room ----------------------------------------------------------------------------------


@in_full
async def test_loss_between_the_worker_that_mixes_and_the_one_that_shares_costs_nobody_their_place(
    large: Town, production: Machines
) -> None:
    await asyncio.to_thread(production.network.lose, *await homes(large, production), percent=10)
    sharing_people = sharing(large)
    begin(large)
    heard = [person.ears.packets for person in sharing_people]
    async with asyncio.timeout(30):
        while any(p.ears.packets < before + 250 for p, before in zip(sharing_people, heard, strict=True)):
            await asyncio.sleep(0.02)
    lost = sum(person.media.ear.lost for person in sharing_people)
    came = sum(person.ears.packets for person in sharing_people) - sum(heard)
    assert 0.02 < lost / (lost + came) < 0.2
    note = f"{100 * lost / (lost + came):.0f} % of packets lost to them"
    print(measured.note_people("10 % lost between two workers", "on the share", sharing_people, note))
    assert max(person.ears.longest_gap() for person in large.listening) < NO_GAP_OVER_SECONDS
    assert [person.media.ear.lost for person in at_home(large)] == [0] * len(at_home(large))
    for person in sharing_people:
        await person.hears(TALKS)
    await large.nothing_was_lost()


@in_full
async def test_a_path_between_two_workers_that_is_cut_for_a_moment(large: Town, production: Machines) -> None:
    home, share = await homes(large, production)
    begin(large)
    await asyncio.to_thread(production.network.cut, home, share)
    for person in sharing(large):
        await person.receives_nothing(within=2.0)
    said = production.workers[share].said
    before = said(MOST_OF_A_LOG).count("worker.unfed")
    await until(lambda: said(MOST_OF_A_LOG).count("worker.unfed") > before, "the worker says so", within=10)
    await asyncio.to_thread(production.network.heal)
    healed = time.perf_counter()
    for person in sharing(large):
        person.ears.forget()
        await person.hears(TALKS)
    back = max(person.ears.heard_again_at for person in sharing(large)) - healed
    gap = max(person.ears.gap for person in sharing(large))
    fault = "path between two workers cut, and joined"
    print(measured.note(fault, "on the share", clients=len(sharing(large)), gap=gap, back=back))
    print(measured.note_people(fault, "where it is mixed", at_home(large)))
    assert [person.media.ear.lost for person in at_home(large)] == [0] * len(at_home(large))
    await large.nothing_was_lost()


async def test_a_path_between_two_workers_that_stays_cut(large: Town, production: Machines) -> None:
    """Those on the share come home, where there is room for them."""
    home, share = await homes(large, production)
    begin(large)
    await asyncio.to_thread(production.network.cut, home, share)
    began = time.perf_counter()
    for person in sharing(large):
        await until(
            lambda person=person: person.new_media == 1 and person.ears.level_at(TALKS) > AUDIBLE_DBFS,
            f"{person.name} hears again",
            within=began + WITHIN_SECONDS + THE_EARS_NEED_SECONDS - time.perf_counter(),
        )
    gap = max(person.ears.gap for person in sharing(large))
    fault = "path between two workers stays cut"
    print(measured.note(fault, "on the share", clients=len(sharing(large)), gap=gap))
    print(measured.note_people(fault, "where it is mixed", at_home(large)))
    assert await large.ask("shares") == []
    assert [person.media.ear.lost for person in at_home(large)] == [0] * len(at_home(large))
    for person in sharing(large):
        person.new_media = 0  # that was right
    await large.nothing_was_lost()


@in_full
async def test_redis_that_is_killed_under_a_room_on_two_workers(large: Town, production: Machines) -> None:
    large.begin()
    await asyncio.to_thread(production.redis.kill)
    await asyncio.to_thread(production.redis.start)
    await large.settles()
    for group, people in (("where it is mixed", at_home(large)), ("on the share", sharing(large))):
        print(measured.note_people("kill -9 of Redis, a room on two workers", group, people))
    assert [person.media.ear.lost for person in large.listening] == [0] * len(large.listening)
    assert max(person.ears.longest_gap() for person in large.listening) < NO_GAP_OVER_SECONDS
    assert max(person.written.longest_wait for person in large.listening) < WITHIN_SECONDS
    await large.nothing_was_lost()


async def test_redis_that_no_worker_reaches_moves_nobody(large: Town, production: Machines) -> None:
    """Each notices by itself, one before the other. The one that notices later takes nothing from the one that did first."""
    before = [await large.ask("place"), await large.ask("shares")]
    around = asyncio.create_task(sweep(large))
    large.begin()
    for worker in (LEFT, RIGHT):
        await asyncio.to_thread(production.network.cut, worker, CENTRE, port=production.redis.port)
    await asyncio.sleep(ALL_ARE_DEAF_SECONDS)  # it is the fault
    await asyncio.to_thread(production.network.heal)
    await all_workers_are_steady(production)
    await large.settles()
    around.cancel()
    print(measured.note_people("no worker reaches Redis for 8 s", "everybody", large.listening))
    assert max(person.ears.longest_gap() for person in large.listening) < NO_GAP_OVER_SECONDS
    assert [await large.ask("place"), await large.ask("shares")] == before
    await large.nothing_was_lost()


def begin(town: Town) -> None:
    """Measure from now on; nobody writes."""
    for person in town.people.values():
        person.ears.begin()
        person.media.ear.reset()
