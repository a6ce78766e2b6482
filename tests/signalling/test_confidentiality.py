"""Terms and the Chatham House rule on the wire: who must agree, and whom no frame to a listener names."""

import json

import pytest
from channels.db import database_sync_to_async

from rooms import hub, services
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.signalling.page import Page, a_page

pytestmark = pytest.mark.django_db(transaction=True)
make_member = database_sync_to_async(a_member)


@database_sync_to_async
def make_room(mode: str) -> Room:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(confidentiality=mode)
    return Room.objects.select_related("host").get(pk=room.pk)


async def test_terms_are_asked_for_and_asking_does_not_end_the_socket(live: None) -> None:
    room = await make_room("off_record")
    page = await a_page(room, await make_member())
    refused = await page.ask_to_join()
    assert (refused["code"], refused["fatal"]) == ("terms_not_accepted", False)
    assert refused["details"] == {"confidentiality": "off_record"}
    entered = await page.join(accepts="off_record")
    assert entered["snapshot"]["confidentiality"] == "off_record"


async def test_no_frame_to_a_listener_names_anybody_in_the_audience(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "AUDIENCE_EVERY_SECONDS", 0.01)
    room = await make_room("chatham")
    host = await a_page(room, room.host)
    listener = await a_page(room, await make_member("Lin Wei"))
    other = await a_page(room, await make_member("Petra Roth"))
    await host.join()
    heard = [(await listener.join(accepts="chatham"))["snapshot"]]
    person = (await other.join(accepts="chatham"))["you"]["id"]
    while heard[-1].get("data", {}).get("count") != 2:
        heard.append(await listener.next())
    assert {frame["type"] for frame in heard[1:]} <= {"audience.changed", "audience.counted"}
    await other.command("hand.raise", line="A question")
    hand = await host.until("hand.raised")
    assert hand["data"]["hand"]["person"]["name"] == "Petra Roth"  # whoever runs the room sees whom they act on
    await other.command("hand.lower")
    await host.command("moderator.name", person=person)
    heard.append(await listener.until("person.role"))
    await other.command("stage.lock", locked=True)
    heard.append(await listener.until("stage.locked"))
    heard.append((await listener.command("room.sync"))["data"])
    assert "Petra Roth" not in json.dumps([*heard, *listener.events])
    assert (await listener.command("room.people", query=""))["code"] == "not_allowed"


async def test_a_stricter_mode_reaches_everybody_inside(live: None) -> None:
    room = await make_room("on_record")
    listener: Page = await a_page(room, await make_member("Lin Wei"))
    before = (await listener.join())["snapshot"]
    assert [face["name"] for face in before["faces"]] == ["Lin Wei"]
    await database_sync_to_async(services.change_confidentiality)(room.public_id, room.host, "chatham")
    told = await listener.until("stage.version")  # the page sees that it is behind, and asks
    assert told["data"]["seq"] > before["seq"]
    after = (await listener.command("room.sync"))["data"]["snapshot"]
    assert (after["confidentiality"], after["faces"]) == ("chatham", [])
