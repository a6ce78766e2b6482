"""Whom somebody has muted for themselves, over the real WebSocket application: who muted is sent no word, the others all."""

from typing import Any

import pytest
from channels.db import database_sync_to_async

from accounts import muting
from rooms import events, hub, quiet, selectors
from rooms.domain.snapshot import Confidentiality
from rooms.models import Room
from tests.fakes import RecordingBus
from tests.signalling.page import Page, a_page
from tests.signalling.test_talk import make_member, make_room, told

pytestmark = pytest.mark.django_db(transaction=True)

mute = database_sync_to_async(muting.mute)
unmute = database_sync_to_async(muting.unmute)


async def three(room: Room) -> tuple[Page, Page, Page]:
    """The host, somebody who is to be muted, and who mutes them."""
    pages = [await a_page(room, user) for user in (room.host, await make_member("Lin Wei"), await make_member("Petra"))]
    for page in pages:
        await page.join(accepts=room.confidentiality)
    host, lin, petra = pages
    return host, lin, petra


async def person_of(page: Page) -> str:
    return (await page.command("room.sync"))["data"]["you"]["id"]


async def talk_of(page: Page) -> dict[str, Any]:
    return (await page.command("room.sync"))["data"]["talk"]


def texts(page_or_talk: list[Any]) -> list[str]:
    return [one["text"] for one in page_or_talk]


async def said_after(page: Page, last: str) -> list[str]:
    """What a page was told in the chat, up to these words."""
    heard: list[str] = []
    while last not in heard:
        heard += [message["text"] for batch in await told(page, "chat.said", "messages", 1) for message in batch]
    return heard


async def test_who_muted_is_sent_no_message_and_everybody_else_is(live: None) -> None:
    host, lin, petra = await three(await make_room())
    assert (await petra.command("person.quiet", person=await person_of(lin)))["type"] == "ok"
    await lin.command("chat.say", text="Of Lin")
    await host.command("chat.say", text="Of the host")
    assert await said_after(petra, "Of the host") == ["Of the host"]
    for page in (host, lin):
        assert await said_after(page, "Of the host") == ["Of Lin", "Of the host"]
    assert not any("quiet" in str(event) for page in (host, lin) for event in page.events), "nobody is told"


async def test_questions_too(live: None) -> None:
    host, lin, petra = await three(await make_room())
    await petra.command("person.quiet", person=await person_of(lin))
    await lin.command("question.ask", text="Of Lin")
    assert texts((await host.until("questions.changed"))["data"]["questions"]) == ["Of Lin"]
    await host.command("question.ask", text="Of the host")
    assert texts((await petra.until("questions.changed"))["data"]["questions"]) == ["Of the host"]
    assert texts((await talk_of(petra))["questions"]) == ["Of the host"]


async def test_a_page_that_asks_for_everything_is_not_given_them_and_has_no_gap(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []
    whole = selectors.talk
    monkeypatch.setattr(selectors, "talk", lambda room: readings.append(room) or whole(room))
    room = await make_room()
    host, lin, petra = await three(room)
    muted = await person_of(lin)
    await petra.command("person.quiet", person=muted)
    await lin.command("chat.say", text="Of Lin")
    await host.command("chat.say", text="Of the host")
    await said_after(petra, "Of the host")
    talk = await talk_of(petra)
    assert (texts(talk["messages"]), talk["quiet"]) == (["Of the host"], [muted])
    assert texts((await talk_of(host))["messages"]) == ["Of Lin", "Of the host"]
    known = hub.get_hub().talk(room.public_id)
    for _ in range(3):
        await hub.get_hub()._watch()
    assert len(readings) == 1, "read once, when the first page came: nothing was missing"
    assert not known.is_behind


async def test_hearing_them_again_gives_what_was_left_out(live: None) -> None:
    host, lin, petra = await three(await make_room())
    muted = await person_of(lin)
    await petra.command("person.quiet", person=muted)
    await lin.command("chat.say", text="Before")
    await said_after(host, "Before")
    assert (await petra.command("person.hear", person=muted))["type"] == "ok"
    talk = await talk_of(petra)
    assert (texts(talk["messages"]), talk["quiet"]) == (["Before"], [])
    await lin.command("chat.say", text="After")
    assert await said_after(petra, "After") == ["After"]


async def test_a_mute_on_the_profile_page_holds_in_the_room_now(live: None) -> None:
    host, lin, petra = await three(await make_room())
    await lin.command("chat.say", text="First")
    await said_after(petra, "First")
    await mute(petra.user, lin.user)
    await lin.command("chat.say", text="Second")
    await host.command("chat.say", text="Third")
    assert await said_after(petra, "Third") == ["Third"]
    await unmute(petra.user, lin.user)
    await lin.command("chat.say", text="Fourth")
    assert await said_after(petra, "Fourth") == ["Fourth"]


async def test_who_comes_later_is_spared_from_the_first_word(live: None) -> None:
    room = await make_room()
    host, lin, _petra = await three(room)
    await lin.command("chat.say", text="Before")
    await said_after(host, "Before")  # nobody had muted them: that is known now
    late = await a_page(room, await make_member("Amara Okafor"))
    await mute(late.user, lin.user)
    assert texts((await late.join())["talk"]["messages"]) == []
    await lin.command("chat.say", text="Of Lin")
    await host.command("chat.say", text="Of the host")
    assert await said_after(late, "Of the host") == ["Of the host"]


async def test_of_whom_one_muted_and_who_comes_later_the_page_is_told(live: None) -> None:
    room = await make_room()
    host, petra = await a_page(room, room.host), await a_page(room, await make_member("Petra"))
    late = await a_page(room, await make_member("Amara Okafor"))
    await mute(petra.user, late.user)
    for page in (host, petra, late):
        await page.join()
    told = (await petra.until("talk.quiet"))["data"]
    assert told == {"quiet": [await person_of(late)]}
    await unmute(petra.user, late.user)
    assert (await petra.until("talk.quiet"))["data"] == {"quiet": []}
    assert not any("quiet" in str(event["type"]) for page in (host, late) for event in page.events), (
        "nobody else is told"
    )


async def test_what_the_bus_lost_is_known_soon(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    host, lin, petra = await three(await make_room())
    await lin.command("chat.say", text="First")
    await said_after(petra, "First")
    with monkeypatch.context() as lossy:
        lossy.setattr(events, "get_bus", RecordingBus)
        await mute(petra.user, lin.user)
    monkeypatch.setattr(quiet, "KNOWN_FOR_SECONDS", 0.0)
    await lin.command("chat.say", text="Second")
    await host.command("chat.say", text="Third")
    assert await said_after(petra, "Third") == ["Third"]


async def test_words_without_a_name_are_not_hidden_or_the_mute_would_tell_whose_they_are(live: None) -> None:
    room = await make_room(Confidentiality.CHATHAM_HOUSE)
    host, lin, petra = await three(room)
    await petra.command("person.quiet", person=await person_of(lin))
    await lin.command("chat.say", text="Of Lin")
    await host.command("chat.say", text="Of the host")
    assert await said_after(petra, "Of the host") == ["Of the host"], "told with a name to those who were here"
    given = (await talk_of(petra))["messages"]
    assert [(message["text"], message["author"]["id"]) for message in given] == [("Of Lin", ""), ("Of the host", "")]


async def test_what_is_read_while_somebody_mutes_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[set[str]] = [{"new"}, {"old"}]
    known = quiet.Quiet("room")

    def read(_room: str, authors: set[str]) -> dict[str, set[str]]:
        found = rows.pop()
        if rows:
            known.forget()  # while it was under way
        return dict.fromkeys(authors, found)

    monkeypatch.setattr(selectors, "connections_without", read)
    assert await known.hidden(["lin"]) == {"new": frozenset({"lin"})}
    assert await known.hidden(["lin"]) == {"new": frozenset({"lin"})}, "and is known then"
