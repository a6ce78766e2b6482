"""Whoever is signed out from elsewhere, or whose password changes, is out of the room within two seconds: socket and sound.
Whoever changes it themselves stays.

Each is done once with a bus that works and once with a bus that loses every message about it.
"""

import asyncio
import re
from collections.abc import Callable

import pytest

from tests.environment.pages import Pages
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall, LoseMessages
from tests.faults.visitor import Visitor

TALKS, ALSO = 440, 1000
WITHIN_SECONDS = 2.0
PASSWORD, OTHER = "correct horse battery", "another horse battery"

Elsewhere = Callable[[Hall, Pages, Pages], None]  # hall, the browser that is in the room, another of the same person


def _signs_out(hall: Hall, here: Pages, there: Pages) -> None:
    here.post("/accounts/logout/")


def _is_signed_out_by_the_list(hall: Hall, here: Pages, there: Pages) -> None:
    (handle,) = re.findall(r'name="session" value="([0-9a-f]+)"', there.get("/accounts/sessions/"))
    there.post("/accounts/sessions/", session=handle)


def _is_signed_out_with_all_others(hall: Hall, here: Pages, there: Pages) -> None:
    there.post("/accounts/sessions/", others="1")


def _changes_the_password_elsewhere(hall: Hall, here: Pages, there: Pages) -> None:
    there.post("/accounts/password/change/", oldpassword=PASSWORD, password1=OTHER, password2=OTHER)


def _sets_a_forgotten_password_anew(hall: Hall, here: Pages, there: Pages) -> None:
    stranger = Pages(here.url)
    before = len(hall.installation.output())
    stranger.post("/accounts/password/reset/", email=hall.emails[SPEAKER])
    found: list[str] = []

    def mailed() -> bool:
        found[:] = re.findall(r"([B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4})", hall.installation.output()[before:])
        return bool(found)

    hall.installation.until(mailed, "the code in the terminal")
    stranger.post("/accounts/password/reset/confirm/", code=found[0])
    stranger.post("/accounts/password/reset/complete/", password1=OTHER, password2=OTHER)


WAYS_OUT = {
    "signs out": _signs_out,
    "is signed out by the list": _is_signed_out_by_the_list,
    "is signed out with all others": _is_signed_out_with_all_others,
    "changes the password elsewhere": _changes_the_password_elsewhere,
    "sets a forgotten password anew": _sets_a_forgotten_password_anew,
}


async def a_conversation(hall: Hall) -> tuple[Visitor, Visitor]:
    """The speaker talks, a listener hears them and the host; both hear the host."""
    host, speaker, listener = await hall.enter(HOST, SPEAKER, LISTENER)
    for person, frequency in ((host, ALSO), (speaker, TALKS)):
        person.talk(frequency)
        await person.unmute()
    await listener.hears(TALKS)
    await speaker.hears(ALSO)
    return speaker, listener


def browsers_of_the_speaker(hall: Hall) -> tuple[Pages, Pages]:
    """The one that is in the room, and another; both have opened a page."""
    ask, email = hall.installation.backstage.ask, hall.emails[SPEAKER]
    ask("prove_address", email=email, password=PASSWORD)
    hall.sessions[SPEAKER], more = (ask("another_session", email=email) for _ in range(2))
    browsers = tuple(Pages(hall.installation.url, session) for session in (hall.sessions[SPEAKER], more))
    for browser in browsers:
        browser.get("/hallway/")
    return browsers  # type: ignore[return-value]


@pytest.mark.parametrize("how", WAYS_OUT)
async def test_socket_and_sound_end_within_two_seconds(hall: Hall, bus_fails: LoseMessages, how: str) -> None:
    here, there = browsers_of_the_speaker(hall)
    speaker, listener = await a_conversation(hall)
    bus_fails()
    await asyncio.to_thread(WAYS_OUT[how], hall, here, there)
    await asyncio.gather(
        listener.does_not_hear(TALKS, within=WITHIN_SECONDS),
        speaker.receives_nothing(within=WITHIN_SECONDS),
        speaker.is_put_out(within=WITHIN_SECONDS),
    )
    assert SPEAKER not in hall.roster()
    await listener.hears(ALSO)


async def test_whoever_changes_their_password_stays_in_the_room_and_is_heard(
    hall: Hall, bus_fails: LoseMessages
) -> None:
    here, _there = browsers_of_the_speaker(hall)
    speaker, listener = await a_conversation(hall)
    bus_fails()
    for old, new in ((PASSWORD, OTHER), (OTHER, PASSWORD)):
        before, fields = here.session, {"oldpassword": old, "password1": new, "password2": new}
        await asyncio.to_thread(here.post, "/accounts/password/change/", **fields)
        assert here.session != before
    packets = speaker.ears.packets
    await asyncio.sleep(WITHIN_SECONDS)  # whatever would put them out had the time to
    assert SPEAKER in hall.roster()
    assert speaker.ears.packets > packets
    assert not speaker.ended_by_server
    await listener.hears(TALKS)
    await asyncio.to_thread(here.post, "/accounts/logout/")
    await speaker.is_put_out(within=WITHIN_SECONDS)
