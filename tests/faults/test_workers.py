"""Two audio workers: one dies, drains, or comes back stale. Everybody hears on; who sits, waits or is muted does so still."""

import math
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from rooms.domain import messages
from tests.environment.installation import LOSSY, Installation
from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, MODERATOR, SPEAKER, Hall
from tests.faults.stayer import Stayer, gaps
from tests.faults.visitor import Visitor, until

TALKS = 440
HEARD_AGAIN_SECONDS = 10.0  # the promise
MOST_HEAR_AGAIN_SECONDS = 5.0 if measured.FULL else HEARD_AGAIN_SECONDS  # where nothing else is done beside it
MOST = 0.95
ROOMS = 3


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with Installation(workers=2, DJANGO_SETTINGS_MODULE=LOSSY, MITALK_DRAIN_SECONDS="30") as running:
        yield running


@dataclass
class Conversation:
    """One room with a host who talks, somebody muted on stage, and two listeners, one of them with a hand up."""

    name: str
    people: list[Stayer]
    installation: Installation

    @property
    def host(self) -> Stayer:
        return self.people[0]

    @property
    def others(self) -> list[Stayer]:
        return self.people[1:]

    @property
    def place(self) -> dict:
        return self.installation.backstage.ask("place", room=self.name)

    async def standing(self) -> tuple:
        """Seats, mutes and hands."""
        whole = await self.host.command(messages.Sync.type)
        stage = [(person["id"], person["muted"]) for person in whole["snapshot"]["stage"]]
        roster = self.installation.backstage.ask("roster", room=self.name)
        return stage, [hand["person"]["id"] for hand in whole["desk"]["hands"]], roster


async def converse(hall: Hall) -> Conversation:
    hall.open()
    people = await hall.enter_to_stay(HOST, SPEAKER, LISTENER, MODERATOR)
    host, _speaker, listener, _other = people
    host.talk(TALKS)
    await host.unmute()
    await listener.command("hand.raise", line="")
    for person in people[1:]:
        await person.hears(TALKS)
    return Conversation(hall.room, people, hall.installation)


def said(what: str, found: list[float]) -> None:
    median = f"half of them after {found[len(found) // 2]:.2f} s"
    measured.note(what, "in its rooms", clients=len(found), gap=found[-1], note=median)


@pytest.fixture
async def both_live(installation: Installation) -> None:
    await both(installation)


async def both(installation: Installation) -> None:
    """Both workers carry rooms again, whatever was done to them."""
    look = "live_workers"
    await until(lambda: installation.backstage.ask(look) == 2, "two live workers", within=30)


@pytest.mark.usefixtures("both_live")
@pytest.mark.parametrize("bus", ["everything arrives", "the bus loses what moves"])
async def test_after_kill_9_all_hear_again_where_they_sat(hall: Hall, bus: str) -> None:
    rooms = [await converse(hall) for _ in range(ROOMS)]
    while len({room.place["udp_port"] for room in rooms}) < 2 and len(rooms) < 2 * ROOMS:
        rooms.append(await converse(hall))  # a worker that was late for a moment got none
    port = rooms[0].place["udp_port"]
    hit = [room for room in rooms if room.place["udp_port"] == port]
    spared = [room for room in rooms if room not in hit]
    assert spared, "rooms are spread over both"
    before = [await room.standing() for room in rooms]
    if bus != "everything arrives":
        hall.installation.lose_on_the_bus("placed", "worker_started")
    control, *_media = hall.installation.worker_on(port)
    began = time.monotonic()
    os.kill(control, signal.SIGKILL)
    found = await gaps([person for room in hit for person in room.others], TALKS, began, within=HEARD_AGAIN_SECONDS)
    said(f"kill -9 of an audio worker, {bus}", found)
    if bus == "everything arrives":
        assert found[math.ceil(MOST * len(found)) - 1] < MOST_HEAR_AGAIN_SECONDS
    assert [await room.standing() for room in rooms] == before
    assert all(room.place["epoch"] == 2 for room in hit)
    for room in spared:
        assert room.place["epoch"] == 1
        for person in room.others:
            await person.hears(TALKS)
            assert (person.restarts, person.media.ear.lost) == (0, 0)


@pytest.mark.usefixtures("both_live")
async def test_a_worker_that_is_asked_to_end_hands_its_rooms_over(hall: Hall) -> None:
    room = await converse(hall)
    before, port = await room.standing(), room.place["udp_port"]
    control, *_media = hall.installation.worker_on(port)
    began = time.monotonic()
    os.kill(control, signal.SIGTERM)
    said("SIGTERM of an audio worker", await gaps(room.others, TALKS, began, within=HEARD_AGAIN_SECONDS))
    assert room.place["udp_port"] != port
    await until(lambda: control not in hall.installation.worker_on(port), "the drained worker has ended", within=20)
    assert await room.standing() == before
    assert [person.restarts for person in room.people] == [1] * len(room.people)
    assert "Traceback" not in hall.installation.output()


@pytest.mark.usefixtures("both_live")
@pytest.mark.parametrize("stopped", ["both processes", "control only"])
async def test_a_worker_that_was_stopped_and_goes_on_is_not_heard_and_writes_nothing(hall: Hall, stopped: str) -> None:
    room = await converse(hall)
    old, before = room.place, await room.standing()
    stubborn_voice, stubborn_ear = await stubborn(hall, room)
    pids = hall.installation.worker_on(old["udp_port"])
    pids = pids if stopped == "both processes" else pids[:1]
    began = time.monotonic()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        if stopped == "control only":  # its media has nobody's leave any more
            await stubborn_ear.hears_nothing(within=5)
        said("SIGSTOP of an audio worker", await gaps(room.others, TALKS, began, within=HEARD_AGAIN_SECONDS))
        assert (room.place["udp_port"], room.place["epoch"]) == (other_port(hall, old), old["epoch"] + 1)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    await stubborn_ear.stays_deaf_to(TALKS, seconds=2)
    await both(hall.installation)
    assert room.place["epoch"] == old["epoch"] + 1
    stage, hands, roster = await room.standing()
    assert (stage, hands) == before[:2]
    assert [row for row in roster if row["name"] != "Stubborn"] == before[2]
    for person in room.others:
        await person.hears(TALKS)
    assert stubborn_voice is room.host


async def stubborn(hall: Hall, room: Conversation) -> tuple[Stayer, Visitor]:
    """The one who talks, and somebody who stays with the old worker whatever they are told."""
    session = hall.installation.backstage.ask("a_visitor", name="Stubborn")
    hall.sessions["Stubborn"] = session
    ear = hall.visitor("Stubborn", room=room.name)
    await ear.enter()
    await ear.hears(TALKS)
    return room.host, ear


def other_port(hall: Hall, old: dict) -> int:
    ports = {hall.installation.udp_port, hall.installation.udp_port + 1}
    return (ports - {old["udp_port"]}).pop()
