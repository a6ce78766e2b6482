"""A sanction holds against a client that ignores it: within a second in the ears of the others, also when the bus loses every
message about it."""

import pytest

from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall, LoseMessages
from tests.faults.test_enforced import ALSO, TALKS, WITHIN_SECONDS, a_conversation
from tests.faults.visitor import Visitor

REFUSED = {"mute": "sanctioned_mute", "no_stage": "sanctioned_stage"}


async def _insists(speaker: Visitor, kind: str) -> None:
    """It asks again and again, and sends its voice all the time."""
    for _ in range(3):
        assert await speaker.refused("mic.unmute") == REFUSED[kind]
    if kind == "no_stage":
        assert await speaker.refused("hand.raise", line="") == "sanctioned_stage"
        assert await speaker.refused("stage.join") == "sanctioned_stage"


@pytest.mark.parametrize("kind", REFUSED)
async def test_who_is_sanctioned_is_heard_by_nobody_after_a_second_and_stays_in_the_room(
    hall: Hall, bus_fails: LoseMessages, kind: str
) -> None:
    _host, speaker, listener, _staff = await a_conversation(hall)
    bus_fails()
    hall.installation.backstage.ask("sanction", email=hall.emails[SPEAKER], kind=kind)
    await listener.does_not_hear(TALKS, within=WITHIN_SECONDS)
    await _insists(speaker, kind)
    await listener.stays_deaf_to(TALKS)
    await listener.hears(ALSO)
    await speaker.hears(ALSO)
    assert hall.roster()[SPEAKER]["position"] == ("audience" if kind == "no_stage" else "stage")


async def test_a_row_alone_silences(hall: Hall, bus_fails: LoseMessages) -> None:
    """Nobody was told, no service wrote it: the audio worker reads it."""
    _host, _speaker, listener, _staff = await a_conversation(hall)
    bus_fails()
    hall.installation.backstage.ask("sanction_quietly", email=hall.emails[SPEAKER], kind="mute")
    await listener.does_not_hear(TALKS, within=WITHIN_SECONDS)
    await listener.stays_deaf_to(TALKS)
    await listener.hears(ALSO)


async def test_who_is_banned_is_out_of_room_socket_and_sound(hall: Hall, bus_fails: LoseMessages) -> None:
    _host, speaker, listener, _staff = await a_conversation(hall)
    bus_fails()
    hall.installation.backstage.ask("sanction", email=hall.emails[SPEAKER], kind="ban")
    await listener.does_not_hear(TALKS, within=WITHIN_SECONDS)
    await speaker.receives_nothing(within=WITHIN_SECONDS)
    await speaker.is_put_out(within=5)
    assert SPEAKER not in hall.roster()
    await listener.hears(ALSO)


async def test_their_page_is_told_why_and_may_speak_again_once_it_was_a_mistake(hall: Hall) -> None:
    _host, speaker, listener, _staff = await a_conversation(hall)
    hall.installation.backstage.ask("sanction", email=hall.emails[SPEAKER], kind="mute")
    told = await speaker.is_told("error")
    assert (told["code"], told["re"], told["fatal"]) == ("sanctioned_mute", None, False)
    await listener.does_not_hear(TALKS, within=WITHIN_SECONDS)
    hall.installation.backstage.ask("lift_sanctions", email=hall.emails[SPEAKER])
    await listener.stays_deaf_to(TALKS)  # nobody is unmuted by another
    await speaker.unmute()
    await listener.hears(TALKS)
    assert {HOST, LISTENER} <= set(hall.roster())
