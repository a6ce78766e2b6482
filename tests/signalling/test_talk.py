"""Chat, questions and reactions over the real WebSocket application: in batches, made good when the bus loses, bounded."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from channels.db import database_sync_to_async

from rooms import bus, events, hub, services
from rooms.audio import wire
from rooms.domain import pace
from rooms.domain.snapshot import Confidentiality
from rooms.models import Room
from rooms.signalling import consumer
from tests.factories import a_live_room, a_member
from tests.signalling.page import Page, a_page

pytestmark = pytest.mark.django_db(transaction=True)

make_member = database_sync_to_async(a_member)


@database_sync_to_async
def make_room(confidentiality: Confidentiality = Confidentiality.ON_RECORD) -> Room:
    room = a_live_room()
    room.confidentiality = confidentiality
    room.save()
    return room


async def host_and_member(room: Room) -> tuple[Page, Page]:
    host, member = await a_page(room, room.host), await a_page(room, await make_member("Lin Wei"))
    await host.join()
    await member.join(accepts=room.confidentiality)
    return host, member


async def told(page: Page, kind: str, part: str, count: int) -> list[list[Any]]:
    """The batches of a kind until so many entries have come in all."""
    batches = [event["data"][part] for event in page.events if event["type"] == kind]
    page.events = [event for event in page.events if event["type"] != kind]
    while sum(map(len, batches)) < count:
        batches.append((await page.until(kind))["data"][part])
    return batches


async def test_what_is_written_is_told_to_everybody_with_who_wrote_it(live: None) -> None:
    host, member = await host_and_member(await make_room())
    answer = await member.command("chat.say", text="Good evening")
    ((message,),) = await told(host, "chat.said", "messages", 1)
    assert (message["id"], message["text"]) == (answer["data"]["message"], "Good evening")
    assert (message["author"]["name"], message["author"]["role"]) == ("Lin Wei", "member")
    await host.command("chat.remove", message=message["id"])
    ((removed,),) = await told(member, "chat.removed", "messages", 1)
    assert removed == {"id": message["id"], "by": "Ji-woo Han"}


async def test_a_flood_is_one_frame_a_second(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "CHAT", pace.Pace(every=0.0, burst=1))
    host, member = await host_and_member(await make_room())
    for place in range(12):
        assert (await member.command("chat.say", text=str(place)))["type"] == "ok"
    batches = await told(host, "chat.said", "messages", 12)
    assert [message["text"] for batch in batches for message in batch] == [str(place) for place in range(12)]
    assert len(batches) <= 3  # the first at once, the others as the seconds pass


async def test_what_was_removed_before_it_was_told_is_never_told(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await make_room()
    host, member = await host_and_member(room)
    await member.command("chat.say", text="First")
    await told(host, "chat.said", "messages", 1)
    second = (await member.command("chat.say", text="Second"))["data"]["message"]
    await host.command("chat.remove", message=second)
    await member.command("chat.say", text="Third")
    assert [[message["text"] for message in batch] for batch in await told(host, "chat.said", "messages", 1)] == [
        ["Third"]
    ]
    assert not any(event["type"] == "chat.removed" for event in host.events)


async def test_who_comes_later_or_asks_again_is_given_what_was_written(live: None) -> None:
    room = await make_room()
    host, member = await host_and_member(room)
    await member.command("chat.say", text="Good evening")
    question = (await member.command("question.ask", text="Who pays?"))["data"]["question"]
    await told(host, "questions.changed", "questions", 1)  # else the vote may come along with the question
    await host.command("question.vote", question=question, up=True)
    await told(host, "questions.voted", "votes", 1)
    late = await a_page(room, await make_member("Petra Roth"))
    talk = (await late.join(accepts=room.confidentiality))["talk"]
    assert [message["text"] for message in talk["messages"]] == ["Good evening"]
    assert [(asked["text"], asked["votes"]) for asked in talk["questions"]] == [("Who pays?", 1)]
    assert (talk["kept"], talk["voted"], talk["wait"]) == (True, [], 0)
    assert (await host.command("room.sync"))["data"]["talk"]["voted"] == [question]


async def test_who_comes_later_is_told_no_names_under_the_chatham_house_rule(live: None) -> None:
    room = await make_room(Confidentiality.CHATHAM_HOUSE)
    host, member = await host_and_member(room)
    await member.command("chat.say", text="Between us")
    await member.command("question.ask", text="Who pays?")
    assert (await told(host, "chat.said", "messages", 1))[0][0]["author"]["name"] == "Lin Wei"
    assert (await told(host, "questions.changed", "questions", 1))[0][0]["author"]["name"] == "Lin Wei"
    late = await a_page(room, await make_member("Petra Roth"))
    talk = (await late.join(accepts=room.confidentiality))["talk"]
    assert [written["author"]["name"] for written in (*talk["messages"], *talk["questions"])] == ["", ""]


async def test_who_comes_later_reads_nothing_of_what_was_said_off_the_record(live: None) -> None:
    room = await make_room(Confidentiality.OFF_RECORD)
    host, member = await host_and_member(room)
    await member.command("chat.say", text="Between us")
    assert (await told(host, "chat.said", "messages", 1))[0][0]["text"] == "Between us"
    late = await a_page(room, await make_member("Petra Roth"))
    talk = (await late.join(accepts=room.confidentiality))["talk"]
    assert (talk["kept"], talk["messages"]) == (False, [])


async def test_votes_of_many_are_one_count_a_second(live: None) -> None:
    room = await make_room()
    host, member = await host_and_member(room)
    question = (await host.command("question.ask", text="Who pays?"))["data"]["question"]
    await told(member, "questions.changed", "questions", 1)
    voters = [await a_page(room, await make_member(f"Listener {place}")) for place in range(5)]
    for voter in voters:
        await voter.join()
        assert (await voter.command("question.vote", question=question, up=True))["type"] == "ok"
    counts: list[dict[str, Any]] = []
    while not counts or counts[-1]["votes"] < 5:
        counts += (await told(member, "questions.voted", "votes", 1))[-1]
    assert len(counts) <= 4
    await host.command("question.answer", question=question, answered=True)
    ((answered,),) = await told(member, "questions.changed", "questions", 1)
    assert answered["seconds_in"] >= 0
    await host.command("question.remove", question=question)
    assert (await told(member, "questions.changed", "removed", 1))[-1] == [question]


async def test_taps_are_counted_together_and_who_taps_too_often_is_not_counted(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "REACTING", pace.Pace(every=60.0, burst=2))
    host, member = await host_and_member(await make_room())
    for page in (host, member):
        assert (await page.command("room.react", reaction="agree"))["type"] == "ok"
        assert (await page.command("room.react", reaction="idea"))["type"] == "ok"
        assert (await page.command("room.react", reaction="idea"))["code"] == "too_many_messages"
    counted: Counter[str] = Counter()
    frames = 0
    while counted != {"agree": 2, "idea": 2}:
        for batch in await told(host, "room.reacted", "counts", 1):
            frames += 1
            counted.update({one["reaction"]: one["count"] for one in batch})
    assert frames <= 2


async def test_nobody_reacts_or_writes_in_a_frozen_room(live: None) -> None:
    room = await make_room()
    _host, member = await host_and_member(room)
    staff = await a_page(room, await make_member("Sofia Takács", is_staff=True))
    await staff.join(as_staff=True)
    await staff.command("room.freeze", frozen=True, reason="")
    await member.until("room.frozen")
    for kind, data in (
        ("room.react", {"reaction": "agree"}),
        ("chat.say", {"text": "Hm"}),
        ("question.ask", {"text": "Why?"}),
    ):
        assert (await member.command(kind, **data))["code"] == "room_frozen"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("chat.say", {"text": "a" * 501}),
        ("chat.slow", {"seconds": 11}),
        ("chat.slow", {"seconds": True}),
        ("turn.limit", {"seconds": 61}),
        ("turn.limit", {"seconds": "60"}),
        ("room.react", {"reaction": "fire"}),
        ("question.ask", {"text": "a" * 281}),
        ("question.vote", {"question": "x", "up": 1}),
        ("link.pin", {"url": "https://example.org/" + "a" * 500, "title": ""}),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_is_asked(
    live: None, kind: str, data: dict[str, Any]
) -> None:
    room = await make_room()
    host = await a_page(room, room.host)
    await host.join()
    assert (await host.command(kind, **data))["code"] == "message_malformed"


async def test_what_the_bus_lost_is_read_from_the_database(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await make_room()
    host, member = await host_and_member(room)
    kept = (await member.command("chat.say", text="First"))["data"]["message"]
    await told(host, "chat.said", "messages", 1)
    lost = {events.Said.kind, events.Unsaid.kind, events.QuestionsMoved.kind}
    deliver = hub.get_hub()._receive
    await bus.get_bus().subscribe(
        wire.room_topic(room.public_id),
        lambda data: None if data["kind"] in lost else deliver(room.public_id, data),
    )
    await member.command("chat.say", text="Second")
    await host.command("chat.remove", message=kept)
    await member.command("question.ask", text="Who pays?")
    assert [message["text"] for message in (await told(host, "chat.said", "messages", 1))[0]] == ["Second"]
    assert (await told(host, "chat.removed", "messages", 1))[0][0]["id"] == kept
    assert (await told(host, "questions.changed", "questions", 1))[0][0]["text"] == "Who pays?"


async def test_many_who_write_do_not_hold_up_those_who_come(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is written, whoever enters is given a bounded part of it."""
    monkeypatch.setattr(pace, "CHAT", pace.Pace(every=0.0, burst=1))
    monkeypatch.setattr(pace, "ROOM_CHAT", pace.Pace(every=0.0, burst=1))
    room = await make_room()
    host, member = await host_and_member(room)
    for place in range(25):
        await asyncio.gather(
            database_sync_to_async(services.say)(room.public_id, host.connection, f"h{place}"),
            database_sync_to_async(services.say)(room.public_id, member.connection, f"m{place}"),
        )
    await database_sync_to_async(services.say)(room.public_id, member.connection, "last")
    late = await a_page(room, await make_member("Petra Roth"))
    texts = [message["text"] for message in (await late.join(accepts=room.confidentiality))["talk"]["messages"]]
    assert (len(texts), texts[-1]) == (50, "last")
