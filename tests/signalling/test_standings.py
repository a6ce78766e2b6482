"""How one stands is told with who did it, whatever is read before the event has come."""

from dataclasses import dataclass

import pytest
from channels.db import database_sync_to_async

from rooms import events, hub, standings
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus
from tests.signalling.page import Page, a_page

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Seating:
    """A host takes a listener onto the stage, and every event of it is on its way still."""

    room: str
    host: str
    listener: str
    page: Page
    held: RecordingBus

    def arrives(self) -> None:
        """What was on its way comes."""
        for _topic, message in self.held.published:
            hub.get_hub()._receive(self.room, message)


@pytest.fixture
async def seating(live: None, monkeypatch: pytest.MonkeyPatch) -> Seating:
    room = await database_sync_to_async(a_live_room)()
    listener = await database_sync_to_async(a_member)()
    page = await a_page(room, room.host)
    await page.join()
    listening = await a_page(room, listener)
    person = (await listening.join())["you"]["id"]
    await listening.command("hand.raise", line="")
    await listening.until("you.changed")
    held = RecordingBus()
    monkeypatch.setattr(events, "get_bus", lambda: held)
    assert (await page.command("stage.invite", person=person))["type"] == "ok"
    return Seating(room.public_id, room.host.name, person, listening, held)


async def look_into_the_database(room: str) -> None:
    """What the hub does every five seconds."""
    await hub.get_hub()._settle_room(room, hub.get_hub()._rooms[room])


async def test_what_is_read_before_its_event_comes_is_told_with_the_event(seating: Seating) -> None:
    await look_into_the_database(seating.room)
    seating.arrives()
    told = (await seating.page.until("you.changed"))["data"]
    assert (told["you"]["position"], told["by"]) == ("stage", seating.host)


async def test_a_later_event_of_the_same_person_takes_no_name_away(seating: Seating) -> None:
    seating.held.published.append(("", {"kind": events.StandingsMoved.kind, "people": {seating.listener: ""}}))
    seating.arrives()
    assert (await seating.page.until("you.changed"))["data"]["by"] == seating.host


async def test_what_was_lost_is_told_without_a_name(seating: Seating, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "SECOND_LOOK_AFTER_SECONDS", 0.01)
    await look_into_the_database(seating.room)
    told = (await seating.page.until("you.changed"))["data"]
    assert (told["you"]["position"], told["by"]) == ("stage", "")
