"""What the roster does not allow is not heard, within a second, from a client that ignores all it is told.

Each is done once with a bus that works and once with a bus that loses every message about it.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.conftest import HOST, LISTENER, SPEAKER, STAFF, Hall, LoseMessages
from tests.faults.visitor import Visitor

TALKS, ALSO = 440, 1000
WITHIN_SECONDS = 1.0

Act = Callable[[Hall, Visitor, Visitor, Visitor], Awaitable[None]]  # hall, host, staff, speaker


async def _mute(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await host.command("person.mute", person=speaker.person)


async def _move(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await host.command("person.move", person=speaker.person)


async def _remove(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await host.command("person.remove", person=speaker.person)


async def _ban(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await host.command("person.ban", person=speaker.person, reason="")


async def _reset(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await host.command("stage.reset")


async def _freeze(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    await staff.command("room.freeze", frozen=True, reason="a test")


async def _sign_out(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    hall.installation.backstage.ask("end_session", key=hall.sessions[SPEAKER])


async def _suspend(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    hall.installation.backstage.ask("suspend", email=hall.emails[SPEAKER])


async def _suspend_quietly(hall: Hall, host: Visitor, staff: Visitor, speaker: Visitor) -> None:
    hall.installation.backstage.ask("suspend_quietly", email=hall.emails[SPEAKER])


SILENCED = {"muted": _mute, "moved": _move, "reset": _reset, "frozen": _freeze}
PUT_OUT = {
    "removed": _remove,
    "banned": _ban,
    "signed out": _sign_out,
    "suspended": _suspend,
    "suspended by a query": _suspend_quietly,
}


async def a_conversation(hall: Hall) -> tuple[Visitor, Visitor, Visitor, Visitor]:
    """Host and speaker talk, a listener hears both, staff are there."""
    host, speaker, listener, staff = await hall.enter(HOST, SPEAKER, LISTENER, STAFF)
    for person, frequency in ((host, ALSO), (speaker, TALKS)):
        person.talk(frequency)
        await person.unmute()
    await listener.hears(TALKS)
    await listener.hears(ALSO)
    await speaker.hears(ALSO)
    return host, speaker, listener, staff


@pytest.mark.parametrize("how", SILENCED)
async def test_who_may_not_be_heard_is_not_heard_after_a_second(hall: Hall, bus_fails: LoseMessages, how: str) -> None:
    host, speaker, listener, staff = await a_conversation(hall)
    bus_fails()
    await SILENCED[how](hall, host, staff, speaker)
    await listener.does_not_hear(TALKS, within=WITHIN_SECONDS)
    await listener.stays_deaf_to(TALKS)  # though it is sent all the time
    if how != "frozen":
        await listener.hears(ALSO)


@pytest.mark.parametrize("how", PUT_OUT)
async def test_who_was_put_out_is_not_heard_and_receives_nothing_after_a_second_and_the_socket_closes(
    hall: Hall, bus_fails: LoseMessages, how: str
) -> None:
    host, speaker, listener, staff = await a_conversation(hall)
    bus_fails()
    await PUT_OUT[how](hall, host, staff, speaker)
    await asyncio.gather(
        listener.does_not_hear(TALKS, within=WITHIN_SECONDS), speaker.receives_nothing(within=WITHIN_SECONDS)
    )
    await speaker.is_put_out(within=5)
    assert SPEAKER not in hall.roster()
    before = speaker.ears.packets
    await listener.stays_deaf_to(TALKS)  # though it is sent all the time
    assert speaker.ears.packets == before
    await listener.hears(ALSO)


async def test_who_unmutes_against_a_freeze_is_refused(hall: Hall) -> None:
    host, speaker, listener, staff = await a_conversation(hall)
    await _freeze(hall, host, staff, speaker)
    await listener.hears_nothing(within=WITHIN_SECONDS)
    for person in (host, speaker):
        assert await person.refused("mic.unmute") == "room_frozen"
    await staff.command("room.freeze", frozen=False, reason="it is over")
    await listener.stays_deaf_to(TALKS)  # nobody is unmuted by another
    await speaker.unmute()
    await listener.hears(TALKS)
