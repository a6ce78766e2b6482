"""A worker that cannot know whether its rooms are still its own falls silent in time, and no sooner."""

import pytest

from rooms.audio import wire
from rooms.audio.lease import ASK_AFTER_SECONDS, LEASE_SECONDS, Lease
from rooms.models import WORKER_SILENT_AFTER
from tests.audio.conftest import Stage

TONE, OTHER = 440, 1800
OVER_SECONDS = LEASE_SECONDS + 2  # and what a busy machine takes


def test_it_is_over_before_anybody_else_may_have_the_rooms() -> None:
    assert WORKER_SILENT_AFTER.total_seconds() > LEASE_SECONDS


def test_it_counts_from_when_the_reading_began() -> None:
    lease = Lease(0.0)
    lease.confirm(10.0)
    lease.confirm(9.0)  # one that came back late
    assert lease.until == 10.0 + LEASE_SECONDS
    assert not lease.ask(10.0 + ASK_AFTER_SECONDS - 0.1)


def test_a_witness_that_misses_the_database_too_prolongs_it_and_one_that_reaches_it_outweighs_all() -> None:
    lease = Lease(10.0)
    assert lease.ask(12.0)
    lease.hear(reached=False)
    assert lease.until == 12.0 + LEASE_SECONDS
    lease.hear(reached=True)
    lease.hear(reached=False)
    assert lease.until == 10.0 + LEASE_SECONDS
    assert lease.ask(13.0)
    lease.hear(reached=False)
    assert lease.until == 13.0 + LEASE_SECONDS


async def a_voice(stage: Stage) -> tuple:
    speaker = await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(TONE)
    return speaker, listener


@pytest.mark.parametrize("witness", [True, None], ids=["others reach it", "nobody answers"])
async def test_cut_off_from_the_database_it_falls_silent_and_is_heard_again_when_it_is_back(
    stage: Stage, witness: bool | None
) -> None:
    _speaker, listener = await a_voice(stage)
    stage.database_is_away, stage.witness = True, witness
    await listener.hears_nothing(within=OVER_SECONDS)
    stage.send(wire.Stage("room", stage.version + 1, ("speaker", "listener")))  # a word of the bus opens nothing
    await stage.ticks(50)
    assert listener.level() < -60
    stage.database_is_away = False
    stage.version += 1
    await listener.hears(TONE)


async def test_while_it_is_away_for_everybody_the_last_roster_stands(stage: Stage) -> None:
    _speaker, listener = await a_voice(stage)
    stage.database_is_away, stage.witness = True, False
    await stage.ticks(round(50 * OVER_SECONDS))
    await listener.hears(TONE)


async def test_an_offer_by_an_earlier_placement_is_refused(stage: Stage) -> None:
    await stage.joined("listener")
    stage.epoch = 3
    await stage.until(lambda: stage.worker._callers.epoch("room") == 3)
    stage.epoch = 2
    late = stage.client("late")
    late.connection.addTransceiver("audio", direction="recvonly")
    await late.connection.setLocalDescription(await late.connection.createOffer())
    reply = await stage.offer("late", late.connection.localDescription.sdp)
    assert isinstance(reply, wire.OfferRefused)


async def test_a_worker_that_drains_ends_when_its_rooms_are_elsewhere(stage: Stage) -> None:
    await a_voice(stage)
    staying = [1, 1, 0]
    stage.move_away = lambda: staying.pop(0) if len(staying) > 1 else _moved(stage)
    stage.worker.drain(60)
    await stage.until(stage.worker._stopping.is_set)
    assert stage.worker.rooms == {}


def _moved(stage: Stage) -> int:
    stage.present.clear()
    return 0


async def test_with_nowhere_to_go_it_ends_by_its_deadline_or_when_it_is_asked_again(stage: Stage) -> None:
    await a_voice(stage)
    stage.move_away = lambda: 1
    stage.worker.drain(60)
    await stage.ticks(10)
    assert not stage.worker._stopping.is_set()
    stage.worker.drain(60)
    assert stage.worker._stopping.is_set()
