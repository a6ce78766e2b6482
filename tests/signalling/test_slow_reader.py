"""Pages say what they received; who falls too far behind is cut off, told why, and comes back to a fresh snapshot."""

import pytest
from channels.db import database_sync_to_async

from rooms.signalling import limits
from rooms.signalling.limits import Unread
from tests.factories import a_live_room, a_member
from tests.signalling.page import a_page

make_room = database_sync_to_async(a_live_room)
make_member = database_sync_to_async(a_member)


def test_what_is_acknowledged_is_not_unread() -> None:
    unread = Unread()
    for _ in range(10):
        assert unread.sent(1_000)
    unread.received(4)
    assert unread.bytes == 6_000
    unread.received(2)  # less than before
    unread.received(4)
    assert unread.bytes == 6_000
    unread.received(1_000_000)  # more than was sent
    assert unread.bytes == 6_000
    unread.received(10)
    assert unread.bytes == 0


def test_too_many_bytes_or_too_many_frames_are_too_much() -> None:
    assert not Unread().sent(limits.MOST_UNREAD_BYTES + 1)
    many = Unread()
    kept_up = [many.sent(1) for _ in range(limits.MOST_UNREAD_FRAMES + 1)]
    assert kept_up.index(False) == limits.MOST_UNREAD_FRAMES


async def test_who_does_not_read_is_told_why_and_the_others_go_on(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_UNREAD_FRAMES", 12)
    room = await make_room()
    host, slow = await a_page(room, room.host), await a_page(room, await make_member())
    await slow.join()
    await host.join()
    for turn in range(12):
        await host.command("ping", received=host.received)
        assert (await host.command("mic.mute" if turn % 2 else "mic.unmute"))["type"] == "ok"
    refusal = await slow.until("error")
    assert (refusal["code"], refusal["fatal"]) == ("reader_too_slow", False)
    assert (await slow.next())["code"] == 4413
    back = await a_page(room, slow.user)
    entered = await back.join(resume=slow.connection)
    assert entered["connection"] == slow.connection
    assert (await host.command("mic.unmute"))["type"] == "ok"
