"""Networks change, lose, delay and end: who is there is heard again within three seconds, as the one they are."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rooms.audio.bench.network import Impairment
from rooms.bench.page import Door
from tests.faults import measured
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall
from tests.faults.relay import Traveller

TALKS, ALSO = 440, 1000
HEARD_AGAIN_WITHIN_SECONDS = 3.0
CUT_SECONDS = 2.0
BAD = Impairment(loss=0.1, spread=0.05)


@pytest.fixture
async def travellers(hall: Hall) -> AsyncIterator[tuple[Traveller, Traveller, Traveller]]:
    """Host, speaker and listener, each through a relay of their own; both on stage talk, and all hear what they should."""
    made = [_traveller(hall, name) for name in (HOST, SPEAKER, LISTENER)]
    for person in made:
        await person.enter()
    host, speaker, listener = made
    for person, frequency in ((host, ALSO), (speaker, TALKS)):
        person.talk(frequency)
        await person.unmute()
    for frequency in (TALKS, ALSO):
        await listener.hears(frequency)
    await speaker.hears(ALSO)
    yield host, speaker, listener
    for person in made:
        person.close()


def _traveller(hall: Hall, name: str) -> Traveller:
    port = hall.installation.port
    door = Door(
        f"ws://127.0.0.1:{port}/ws/rooms/{hall.room}/", hall.installation.url, f"sessionid={hall.sessions[name]}"
    )
    return Traveller(name, door, hall._poller, hall._identity, [f"127.0.0.1:{port}"], hall.installation.udp_port)


async def is_one_person_still(hall: Hall, *people: Traveller) -> None:
    """One entry each, by the connection they had, with the sound they had."""
    standing = await asyncio.to_thread(hall.installation.backstage.ask, "standing", room=hall.room)
    for person in people:
        assert standing[person.name]["here"]
        assert standing[person.name]["connection"] == person.connection
        assert (person.came_back, person.new_media, person.media_lost) == (0, 0, 0)
    roster = await asyncio.to_thread(hall.roster)
    assert len(roster) == len(standing)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"], ids=["its NAT rebinds", "it changes networks"])
async def test_a_listener_is_somewhere_else(
    hall: Hall, travellers: tuple[Traveller, Traveller, Traveller], address: str
) -> None:
    _host, _speaker, listener = travellers
    listener.ears.begin()
    before = listener.relay.seen_as
    listener.relay.rebind(address)
    assert listener.relay.seen_as != before
    listener.ears._ticks.clear()  # what was heard until now
    await listener.hears(TALKS, within=HEARD_AGAIN_WITHIN_SECONDS + 0.4)  # the ears need four tenths of sound
    gap = listener.ears.longest_gap()
    measured.note(f"listener: {_what(address)}", "that listener", clients=1, gap=gap, back=gap)
    assert gap < HEARD_AGAIN_WITHIN_SECONDS
    await is_one_person_still(hall, listener)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"], ids=["its NAT rebinds", "it changes networks"])
async def test_a_speaker_is_somewhere_else(
    hall: Hall, travellers: tuple[Traveller, Traveller, Traveller], address: str
) -> None:
    host, speaker, listener = travellers
    loop = asyncio.get_running_loop()
    speaker.relay.rebind(address)
    began = loop.time()
    await listener.does_not_hear(TALKS, within=HEARD_AGAIN_WITHIN_SECONDS)
    await listener.hears(TALKS, within=began + HEARD_AGAIN_WITHIN_SECONDS + 0.4 - loop.time())
    await speaker.hears(ALSO)
    back = loop.time() - began
    measured.note(f"speaker: {_what(address)}", "who listens to them", clients=1, gap=back, back=back)
    await is_one_person_still(hall, host, speaker, listener)


async def test_a_bad_line_in_both_directions_costs_no_place_and_no_word(
    hall: Hall, travellers: tuple[Traveller, Traveller, Traveller]
) -> None:
    _host, speaker, listener = travellers
    for person in (speaker, listener):
        person.relay.impair(BAD, BAD)
    listener.ears.begin()
    heard = listener.ears.packets
    async with asyncio.timeout(20):
        while listener.ears.packets < heard + 250:  # five seconds of sound
            assert listener.ears.longest_gap() < 0.5
            await asyncio.sleep(0.02)
    await listener.hears(TALKS)
    gap = listener.ears.longest_gap()
    measured.note("10 % lost, 0–50 ms late, both directions", "through it", clients=2, gap=gap)
    await is_one_person_still(hall, *travellers)


async def test_a_line_that_is_cut_for_a_while_is_taken_up_again(
    hall: Hall, travellers: tuple[Traveller, Traveller, Traveller]
) -> None:
    _host, speaker, listener = travellers
    speaker.relay.cut()
    await listener.does_not_hear(TALKS)
    await listener.hears(ALSO)  # others go on
    await asyncio.sleep(CUT_SECONDS)  # it is the fault
    loop = asyncio.get_running_loop()
    began = loop.time()
    speaker.relay.join()
    await listener.hears(TALKS, within=HEARD_AGAIN_WITHIN_SECONDS)
    await speaker.hears(ALSO, within=HEARD_AGAIN_WITHIN_SECONDS)
    measured.note("sound cut off, and joined again", "who listens to them", clients=1, back=loop.time() - began)
    await is_one_person_still(hall, *travellers)


def _what(address: str) -> str:
    return "its NAT rebinds" if address == "127.0.0.1" else "its address changes"
