"""A sound check: one's own tone comes back through the worker, from a room that no roster knows, and only for a while."""

import asyncio

import pytest

from rooms.audio import sound_checks, wire
from rooms.audio.sound_checks import LASTS_SECONDS, MOST_AT_ONCE, SoundChecks
from tests.audio.client import Client
from tests.audio.conftest import Stage

TONE = 440


async def a_client(stage: Stage, check: str, *, speaks: bool) -> Client:
    """One of the two connections of a check, connected."""

    async def exchange(sdp: str) -> str:
        reply = await stage.check(check, sdp, speaks=speaks)
        assert isinstance(reply, wire.Answer), reply
        return reply.sdp

    client = Client(exchange, tone=TONE if speaks else 0)
    stage.clients.append(client)
    await client.join(direction="sendrecv" if speaks else "recvonly")
    return client


async def test_the_tone_comes_back_to_the_other_connection_only(stage: Stage) -> None:
    listener = await stage.joined("listener")
    stranger = await a_client(stage, "another", speaks=False)
    speaks, hears = await a_client(stage, "mine", speaks=True), await a_client(stage, "mine", speaks=False)
    await hears.hears(TONE)
    for other in (listener, stranger, speaks):
        assert other.level_at(TONE) < -60
    assert stage.silent == set()  # nobody of a check is on a roster, and nobody is taken off it


async def test_it_goes_on_while_the_roster_is_read_and_is_over_in_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_checks, "LASTS_SECONDS", 1.6)
    await a_client(stage, "mine", speaks=True)
    await asyncio.sleep(0.7)  # a reading of the roster and more
    assert wire.check_room("mine") in stage.worker.rooms
    await stage.until(lambda: not stage.worker.rooms)


async def test_it_is_over_while_the_database_is_away_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_checks, "LASTS_SECONDS", 0.5)
    await a_client(stage, "mine", speaks=True)
    stage.database_is_away = True
    await stage.until(lambda: not stage.worker.rooms)


async def test_hanging_up_makes_room_for_another(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_checks, "MOST_AT_ONCE", 1)
    client = await a_client(stage, "mine", speaks=True)
    offer = client.connection.localDescription.sdp
    assert await stage.check("another", offer, speaks=True) == wire.OfferRefused("2", "worker_full")
    for connection in wire.CHECK_CONNECTIONS:
        stage.send(wire.Hangup(wire.check_room("mine"), connection))
    await stage.until(lambda: not stage.worker.rooms)
    assert isinstance(await stage.check("another", offer, speaks=True), wire.Answer)


async def test_an_offer_that_is_none_is_refused(stage: Stage) -> None:
    assert await stage.check("mine", "v=0\r\n", speaks=True) == wire.OfferRefused("1", "sdp_invalid")


def test_coming_again_makes_a_check_no_longer() -> None:
    checks = SoundChecks()
    assert checks.begin("mine", 0)
    assert checks.begin("mine", LASTS_SECONDS - 1)
    assert checks.over(LASTS_SECONDS - 0.1) == []
    assert checks.over(LASTS_SECONDS) == [wire.check_room("mine")]
    assert checks.over(LASTS_SECONDS) == []


def test_there_are_few_at_once() -> None:
    checks = SoundChecks()
    assert all(checks.begin(str(number), 0) for number in range(MOST_AT_ONCE))
    assert not checks.begin("one more", 0)
    assert checks.begin("0", 0)  # who is there already goes on
    checks.end(wire.check_room("0"))
    assert checks.begin("one more", 0)
