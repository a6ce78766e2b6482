"""The media process from inside: its orders, what it tells, and that nothing stays of those who left."""

import gc
import weakref

from rooms.audio import control, wire
from tests.audio.conftest import Stage


async def test_who_leaves_is_freed_without_the_collector_of_garbage(stage: Stage) -> None:
    """It rests while anybody is connected, so nobody may leave a circle of references behind."""
    await stage.joined("stays")
    speaker = await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    assert speaker.voice is not None
    guests = [guest for guest in stage.media.guests.values() if guest.member.connection != "stays"]
    room = stage.media.engine.rooms["room"]
    left = [weakref.ref(what) for guest in guests for what in (guest.peer, guest.peer.stream.session)]
    left += [weakref.ref(what) for what in (room.speakers["speaker"], room.own["speaker"])]
    del guests, room
    gc.collect()
    gc.disable()
    try:
        for name in ("speaker", "listener"):
            stage.present.discard(name)
            stage.send(wire.Hangup("room", name))
        await stage.until(lambda: len(stage.media.guests) == 1)
        await stage.until(lambda: [what() for what in left if what() is not None] == [])
    finally:
        gc.enable()


async def test_control_keeps_nothing_of_openssls_of_those_who_left(stage: Stage) -> None:
    await stage.joined("guest")
    transport = stage.worker.rooms["room"]["guest"].call._dtls._transport
    left = [weakref.ref(transport), weakref.ref(transport._ssl)]
    del transport
    gc.collect()
    gc.disable()
    try:
        stage.present.discard("guest")
        stage.send(wire.Hangup("room", "guest"))
        await stage.until(lambda: [what() for what in left if what() is not None] == [])
    finally:
        gc.enable()


async def test_orders_about_nobody_are_passed_over(stage: Stage) -> None:
    await stage.joined("listener")
    media = stage.worker._media
    media.send(control.Close(99))
    media.send(control.Record(99, b"x"))
    media.send(control.Agree(99, 111, True, True))
    media.send(control.Unlock(99, 1, b"", b""))
    media.send(control.Expect(99, "a", "b", "c"))
    media.send(control.OnStage("nowhere", 1, ("a",)))
    assert {peer["connection"] for peer in (await stage.worker.census()).peers} == {"listener"}


async def test_an_order_that_fails_harms_nobody_else(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    number = next(number for number, guest in stage.media.guests.items() if guest.member.connection == "listener")
    stage.worker._media.send(control.Unlock(number, 99, b"no key", b"none"))
    await stage.ticks(10)
    listener.forget()
    await listener.hears(440)
    assert listener.longest_gap() <= 0.1


async def test_a_census_says_what_there_is(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    census = await stage.worker.census()
    speaker = next(peer for peer in census.peers if peer["connection"] == "speaker")
    assert speaker["sends"]
    assert speaker["accepted"] > 0
    assert speaker["jitter_buffer"]["received"] > 0
    assert census.figures["sent"] > 0
    assert census.figures["skipped"] == 0
    assert len((await stage.worker.census()).figures["lateness"]) < len(census.figures["lateness"])


async def test_the_room_is_told_who_has_spoken_how_long(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    await stage.joined("listener")
    stage.allow("speaker")
    floors = lambda: [wire.decode(data) for _topic, data in stage.published if data["kind"] == "floor"]  # noqa: E731
    await stage.until(lambda: any(any(floor.seconds) for floor in floors()), within=15)
    assert {floor.holder for floor in floors()} == {"speaker"}
    assert floors()[-1].people == ("speaker",)
    assert floors()[-1].seconds[0] <= floors()[-1].held + 1
