"""A room that is too large for one worker: half of its listeners are on another, and nobody can tell who."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from aiortc import RTCCertificate

from rooms.audio.bench.client import Client
from rooms.audio.bench.link import ServerLink
from tests.environment.installation import LOSSY, Installation
from tests.faults.conftest import HOST, Hall
from tests.faults.stayer import Stayer, gaps
from tests.faults.visitor import until

TALKS, ALSO, FORGED = 440, 1000, 2200
AT_HOME = 6
LISTENERS = 10
HEARD_AGAIN_SECONDS = 10.0  # the promise
ALIKE_DB = 1.0
NO_HOLE_SECONDS = 0.1
PUT_OUT_SECONDS = 1.0


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    settings = {"DJANGO_SETTINGS_MODULE": LOSSY, "MITALK_ROOM_SHARE_PEOPLE": str(AT_HOME)}
    with Installation(workers=2, **settings) as running:
        yield running


@dataclass
class LargeRoom:
    """A host who talks, listeners where the room is mixed, and listeners on the worker that shares it."""

    hall: Hall
    host: Stayer
    at_home: list[Stayer]
    sharing: list[Stayer]

    @property
    def listeners(self) -> list[Stayer]:
        return self.at_home + self.sharing

    @property
    def place(self) -> dict:
        return self.ask("place")

    @property
    def shares(self) -> list[dict]:
        return self.ask("shares")

    def ask(self, what: str, **more: object):
        return self.hall.installation.backstage.ask(what, room=self.hall.room, **more)

    def kill(self, udp_port: int) -> float:
        """kill -9 the worker there; when that was."""
        control, *_media = self.hall.installation.worker_on(udp_port)
        os.kill(control, signal.SIGKILL)
        return time.monotonic()


@pytest.fixture
async def room(hall: Hall, installation: Installation, identity: RTCCertificate) -> LargeRoom:
    await until(lambda: installation.backstage.ask("live_workers") == 2, "two live workers", within=30)
    names = [f"Listener {chr(ord('A') + number)}" for number in range(LISTENERS)]
    for name in names:
        hall.sessions[name] = installation.backstage.ask("a_visitor", name=name)
    host, *at_home = await hall.enter_to_stay(HOST, *names[: AT_HOME - 1])
    sharing = [hall.stayer(name) for name in names[AT_HOME - 1 :]]
    await asyncio.gather(*(person.enter() for person in sharing))
    listeners = at_home + sharing
    host.talk(TALKS)
    await host.unmute()
    made = LargeRoom(hall, host, at_home, sharing)
    for listener in listeners:
        await listener.hears(TALKS)
    assert [share["people"] for share in made.shares] == [len(sharing)]
    assert made.shares[0]["udp_port"] != made.place["udp_port"]
    for listener in listeners:
        listener.media.ear.reset()
    return made


def nobody_noticed(people: list[Stayer]) -> None:
    for person in people:
        ear = person.media.ear
        assert (person.restarts, ear.lost, ear.refused) == (0, 0, 0)


async def test_listeners_on_both_workers_hear_alike_and_a_lost_bus_changes_nothing(room: LargeRoom) -> None:
    levels = [listener.ears.level_at(TALKS) for listener in room.listeners]
    assert max(levels) - min(levels) < ALIKE_DB
    room.hall.installation.lose_on_the_bus("everything")
    await asyncio.sleep(1.5)  # of sound
    nobody_noticed(room.listeners)
    assert all(listener.media.ear.longest_gap < NO_HOLE_SECONDS for listener in room.listeners)


async def test_whoever_goes_on_stage_from_a_share_hears_on_and_is_heard_by_all(room: LargeRoom) -> None:
    rising, others = room.sharing[0], room.at_home + room.sharing[1:]
    await rising.command("hand.raise", line="")
    await room.host.command("stage.invite", person=rising.person)
    began = time.monotonic()
    longest = await go_home(rising)
    await rising.unmute()
    rising.talk(ALSO)
    for person in (room.host, *others):
        await person.hears(ALSO)
    print(f"on stage and heard by all after {time.monotonic() - began:.2f} s; the longest gap heard {longest:.3f} s")
    assert longest < NO_HOLE_SECONDS
    await rising.hears(TALKS)
    await rising.stays_deaf_to(ALSO, seconds=0.3)
    await rising.command("stage.leave")
    rising.hush()
    await rising.command("media.offer", sdp=rising.media.offer())
    await rising.hears(TALKS)
    nobody_noticed([rising, *others])


async def go_home(person: Stayer) -> float:
    """As pages do: another peer, and the first is closed once that is connected. The longest gap that was heard."""
    former, arrived = person.media, [time.perf_counter()]
    longest = [0.0]

    def hear(payload: bytes, now: float) -> None:
        longest[0] = max(longest[0], now - arrived[0])
        arrived[0] = now
        person.ears.hear(payload, now)

    former.on_sound = hear
    successor = Client(person._poller, person._certificate, sends=True)
    person.media = successor
    await successor.join(cast(ServerLink, person), "", "")
    heard = asyncio.Event()

    def succeed(payload: bytes, now: float) -> None:
        former.on_sound = None
        hear(payload, now)
        heard.set()

    successor.on_sound = succeed
    await asyncio.wait_for(heard.wait(), 5)
    await former.leave()
    successor.on_sound = hear
    return longest[0]


async def test_frames_of_a_stranger_change_nothing_though_they_are_sealed_with_the_rooms_key(room: LargeRoom) -> None:
    frames = [bytes.fromhex(frame) for frame in room.ask("sealed_tone", frequency=FORGED)]
    garbage = [b"\x08" + os.urandom(120) for _ in range(200)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for frame in [*frames, *frames, *garbage]:
            stranger.sendto(frame, ("127.0.0.1", room.shares[0]["udp_port"]))
            await asyncio.sleep(0.005)
            assert all(listener.ears.level_at(FORGED) < -50 for listener in room.sharing[:1])
    nobody_noticed(room.listeners)
    for listener in room.listeners:
        await listener.hears(TALKS)


@pytest.mark.parametrize("how", ["person.remove", "person.ban", "a session that ends"])
async def test_whoever_is_put_out_of_a_share_gets_nothing_though_the_bus_loses_everything(
    room: LargeRoom, how: str
) -> None:
    out, others = room.sharing[0], room.at_home + room.sharing[1:]
    room.hall.installation.lose_on_the_bus("everything")
    if how == "a session that ends":
        room.hall.installation.backstage.ask(
            "end_session", key=room.hall.sessions[f"Listener {chr(ord('A') + AT_HOME - 1)}"]
        )
    else:
        await room.host.command(how, person=out.person, **({"reason": ""} if how == "person.ban" else {}))
    await out.receives_nothing(within=PUT_OUT_SECONDS)
    packets = out.ears.packets
    for person in others:
        await person.hears(TALKS)
    nobody_noticed(others)
    assert out.ears.packets == packets


async def test_when_a_share_dies_its_listeners_hear_again_and_the_others_notice_nothing(room: LargeRoom) -> None:
    before = room.place
    began = room.kill(room.shares[0]["udp_port"])
    found = await gaps(room.sharing, TALKS, began, within=HEARD_AGAIN_SECONDS)
    print(f"kill -9 of a share: heard again after {found[len(found) // 2]:.2f} s (median), {found[-1]:.2f} s (last)")
    assert room.place == before
    nobody_noticed(room.at_home)
    assert [person.restarts for person in room.sharing] == [1] * len(room.sharing)


async def test_when_the_home_dies_those_on_a_share_hear_the_next_without_doing_anything(room: LargeRoom) -> None:
    before = room.place["epoch"]
    began = room.kill(room.place["udp_port"])
    found = await gaps(room.at_home, TALKS, began, within=HEARD_AGAIN_SECONDS)
    print(f"kill -9 of a home: heard again after {found[len(found) // 2]:.2f} s (median), {found[-1]:.2f} s (last)")
    for person in room.sharing:  # the old home is dead: what they hear is the next one's
        await person.hears(TALKS)
    assert room.place["epoch"] == before + 1
    assert [person.restarts for person in room.sharing] == [0] * len(room.sharing)
    assert [person.restarts for person in room.at_home] == [1] * len(room.at_home)
