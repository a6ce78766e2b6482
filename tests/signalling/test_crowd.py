"""Many who come at once: they wait at the door, and a large room is read once for all of them."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from rooms import events, hub, local_room, selectors
from rooms.domain import messages
from rooms.signalling import consumer
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus
from tests.signalling.page import a_page, check_fields, eventually

pytestmark = pytest.mark.django_db(transaction=True)

make_room = database_sync_to_async(a_live_room)
make_member = database_sync_to_async(a_member)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which rooms were read whole; every audience counts as large."""
    read: list[str] = []
    whole = selectors.room_snapshot

    def counted(room: str) -> messages.RoomSnapshot:
        read.append(room)
        return whole(room)

    monkeypatch.setattr(selectors, "room_snapshot", counted)
    monkeypatch.setattr(hub, "LARGE_AUDIENCE", 0)
    return read


async def test_a_large_room_is_read_once_for_all_who_come_at_once(live: None, readings: list[str]) -> None:
    room = await make_room()
    pages = [await a_page(room, await make_member(f"Listener {place}")) for place in range(4)]
    for page in pages:
        check_fields(messages.RoomSnapshot, (await page.join())["snapshot"])
    assert len(readings) == 1
    counted = (await pages[-1].until("audience.changed"))["data"]
    assert (counted["count"], len(counted["faces"])) == (4, 4)


async def test_a_count_for_many_lets_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_room, "SOCKETS_AT_ONCE", 2)
    happened: list[str] = []

    class Socket:
        def __init__(self, connection: str) -> None:
            self.connection = connection

        def push(self, text: str) -> None:
            happened.append(self.connection)

    local = local_room.LocalRoom(sockets={name: Socket(name) for name in "abc"})  # type: ignore[misc]
    pushing = asyncio.create_task(local.push_gently({"type": "audience.counted", "data": {"count": 3}}))
    asyncio.get_running_loop().call_soon(happened.append, "another")
    await pushing
    assert happened == ["a", "b", "another", "c"]


async def test_whoever_comes_after_a_change_of_the_stage_is_told_of_it(live: None, readings: list[str]) -> None:
    room = await make_room()
    first, second = await a_page(room, await make_member()), await a_page(room, await make_member("Lin Wei"))
    assert (await first.join())["snapshot"]["stage"] == []
    host = await a_page(room, room.host)
    await host.join()
    snapshot = (await second.join())["snapshot"]
    assert [person["name"] for person in snapshot["stage"]] == ["Ji-woo Han"]
    assert snapshot["seq"] == (await first.command("room.sync"))["data"]["snapshot"]["seq"]


async def test_whoever_waits_at_the_door_for_too_long_comes_back_later(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "ENTRANCE_WITHIN_SECONDS", 0.05)
    room = await make_room()
    page = await a_page(room, await make_member())
    entrance = hub.get_hub().entrance
    for _ in range(hub.ENTERING_AT_ONCE):
        await entrance.acquire()
    assert await page.ask_to_join() == {"type": "closed", "code": 4503}
    assert not await database_sync_to_async(room.participants.exists)()
    waiting = await a_page(room, await make_member("Lin Wei"))
    monkeypatch.setattr(consumer, "ENTRANCE_WITHIN_SECONDS", 5.0)
    joining = asyncio.create_task(waiting.join())
    await eventually(lambda: bool(entrance._waiters))
    assert not joining.done()
    for _ in range(hub.ENTERING_AT_ONCE):
        entrance.release()
    assert (await joining)["snapshot"]["count"] == 1


async def test_sockets_of_one_person_that_lost_the_race_are_closed_whatever_the_bus_lost(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await make_room()
    member = await make_member()
    monkeypatch.setattr(events, "get_bus", RecordingBus)  # nobody is told of being superseded
    pages = [await a_page(room, member) for _ in range(4)]
    await asyncio.gather(*(page.ask_to_join() for page in pages))
    monkeypatch.setattr(hub.get_hub(), "_gone", set())
    for name, local in list(hub.get_hub()._rooms.items()):
        await hub.get_hub()._settle_room(name, local)
    await eventually(lambda: sum(len(local.sockets) for local in hub.get_hub()._rooms.values()) == 1)


async def test_a_connection_that_is_resumed_closes_the_socket_it_had(live: None) -> None:
    room = await make_room()
    member = await make_member()
    first = await a_page(room, member)
    await first.join()
    second = await a_page(room, member)
    again = await second.join(resume=first.connection)
    assert again["connection"] == first.connection
    assert (await first.until("error"))["code"] == "superseded"
    assert (await second.command("room.sync"))["type"] == "ok"


async def test_ending_a_room_is_answered_before_the_socket_closes(live: None) -> None:
    room = await make_room()
    host = await a_page(room, room.host)
    await host.join()
    assert (await host.command("room.end"))["type"] == "ok"
    assert (await host.until("error"))["code"] == "room_ended"
    assert (await host.next())["code"] == 4410
