"""What is written in rooms over the socket, with every outcome, in every confidentiality."""

from typing import Any

import pytest
from channels.db import database_sync_to_async

from moderation.models import Flag, HeldState, HeldText
from moderation.services import decide_held
from rooms.domain.snapshot import Confidentiality
from rooms.models import ChatMessage, Participant, Question, Room
from tests.factories import a_live_room, a_member
from tests.moderation.words import FLAGGED, HELD, REFUSED, WHY, on_the_lists
from tests.signalling.page import Page, a_page

pytestmark = pytest.mark.django_db(transaction=True)

WRITING = {
    "chat": ("chat.say", lambda word: {"text": f"Say {word}"}),
    "question": ("question.ask", lambda word: {"text": f"Why {word}?"}),
    "hand.line": ("hand.raise", lambda word: {"line": f"On {word}"}),
    "link.title": ("link.pin", lambda word: {"url": "https://example.org/", "title": f"See {word}"}),
}
IN_TALK = ("chat", "question")


@database_sync_to_async
def make_room(confidentiality: Confidentiality = Confidentiality.ON_RECORD) -> Room:
    on_the_lists()
    room = a_live_room()
    room.confidentiality = confidentiality
    room.save()
    return room


async def pages(room: Room) -> tuple[Page, Page]:
    host = await a_page(room, room.host)
    member = await a_page(room, await database_sync_to_async(a_member)("Lin Wei"))
    await host.join(accepts=room.confidentiality)
    await member.join(accepts=room.confidentiality)
    return host, member


async def write(host: Page, member: Page, where: str, word: str) -> dict[str, Any]:
    command, data = WRITING[where]
    return await (host if where == "link.title" else member).command(command, **data(word))


def what_stands(room: Room, where: str) -> list[str]:
    match where:
        case "chat":
            return list(ChatMessage.objects.filter(room=room).values_list("text", flat=True))
        case "question":
            return list(Question.objects.filter(room=room).values_list("text", flat=True))
        case "hand.line":
            return [line for line in Participant.objects.filter(room=room).values_list("hand_line", flat=True) if line]
    return [title] if (title := Room.objects.get(pk=room.pk).link_title) else []


stands = database_sync_to_async(what_stands)
flags = database_sync_to_async(lambda: list(Flag.objects.select_related("room", "participant", "user")))
held_texts = database_sync_to_async(lambda: list(HeldText.objects.all()))
decide = database_sync_to_async(
    lambda held, approved: decide_held(held, by=a_member(is_staff=True), approved=approved, reason="Looked at")
)


@pytest.mark.parametrize("where", WRITING)
async def test_refused_with_a_code_and_the_reason(live: None, where: str) -> None:
    room = await make_room()
    answer = await write(*await pages(room), where, REFUSED)
    assert (answer["type"], answer["code"], answer["fatal"]) == ("error", "text_refused", False)
    assert answer["details"] == {"reason": WHY}
    assert answer["message"].endswith(WHY)
    assert await stands(room, where) == []
    assert not await flags()


@pytest.mark.parametrize("where", WRITING)
async def test_flagged_it_passes(live: None, where: str) -> None:
    room = await make_room()
    assert (await write(*await pages(room), where, FLAGGED))["type"] == "ok"
    (text,) = await stands(room, where)
    (flag,) = await flags()
    assert (flag.where, flag.room, flag.because, flag.excerpt) == (where, room, FLAGGED, text)
    assert (flag.user is not None, flag.seconds_in is not None) == (True, True)


@pytest.mark.parametrize("where", WRITING)
async def test_held_it_stands_once_it_is_approved(live: None, where: str) -> None:
    room = await make_room()
    host, member = await pages(room)
    answer = await write(host, member, where, HELD)
    assert answer["type"] == "ok"
    assert answer["data"].get("waits", where not in IN_TALK)
    assert await stands(room, where) == []
    (held,) = await held_texts()
    assert await decide(held, True)
    assert await stands(room, where) == [held.text]


@pytest.mark.parametrize(
    ("where", "event", "part"), [("chat", "chat.said", "messages"), ("question", "questions.changed", "questions")]
)
async def test_only_its_writer_sees_what_waits(live: None, where: str, event: str, part: str) -> None:
    host, member = await pages(await make_room())
    written = (await write(host, member, where, HELD))["data"]
    id_ = written["message" if where == "chat" else "question"]
    mine, others = (
        (await member.command("room.sync"))["data"]["talk"],
        (await host.command("room.sync"))["data"]["talk"],
    )
    assert [(words["id"], words["kind"]) for words in mine["waiting"]] == [(id_, where)]
    assert (others["waiting"], others["messages"], others["questions"]) == ([], [], [])
    assert not [frame for frame in host.events if frame["type"] in ("chat.said", "questions.changed")]
    (held,) = await held_texts()
    await decide(held, True)
    (told,) = (await host.until(event))["data"][part]
    assert (told["id"], told["author"]["name"]) == (id_, "Lin Wei")
    assert (await member.command("room.sync"))["data"]["talk"]["waiting"] == []


async def test_rejected_it_goes_from_its_writers_page(live: None) -> None:
    host, member = await pages(await make_room())
    written = (await write(host, member, "chat", HELD))["data"]["message"]
    (held,) = await held_texts()
    await decide(held, False)
    removed = (await member.until("chat.removed"))["data"]["messages"]
    assert removed == [{"id": written, "by": ""}]
    assert (await member.command("room.sync"))["data"]["talk"]["waiting"] == []


async def test_its_writer_takes_it_back_and_nobody_else(live: None) -> None:
    host, member = await pages(await make_room())
    written = (await write(host, member, "chat", HELD))["data"]["message"]
    assert (await host.command("chat.remove", message=written))["code"] == "message_not_found"
    assert (await member.command("chat.remove", message=written))["type"] == "ok"
    (held,) = await held_texts()
    assert (held.state, held.text) == (HeldState.WITHDRAWN, "")
    assert not await decide(held, True)


async def test_under_the_chatham_house_rule_nobody_is_named(live: None) -> None:
    room = await make_room(Confidentiality.CHATHAM_HOUSE)
    host, member = await pages(room)
    await write(host, member, "chat", FLAGGED)
    (flag,) = await flags()
    assert (flag.user, flag.participant, FLAGGED in flag.excerpt) == (None, None, True)
    await write(host, member, "question", HELD)
    (held,) = await held_texts()
    assert (held.user_id, held.participant_id) == (None, None)
    assert len((await member.command("room.sync"))["data"]["talk"]["waiting"]) == 1
    assert (await host.command("room.sync"))["data"]["talk"]["waiting"] == []
    await decide(held, True)
    question = await database_sync_to_async(Question.objects.get)()
    assert question.author_id is None


async def test_under_the_chatham_house_rule_no_line_of_a_hand_waits_with_whose_it_is(live: None) -> None:
    room = await make_room(Confidentiality.CHATHAM_HOUSE)
    host, member = await pages(room)
    answer = await write(host, member, "hand.line", HELD)
    assert (answer["type"], answer["code"]) == ("error", "text_refused")
    assert not await held_texts()
    assert (await write(host, member, "hand.line", FLAGGED))["type"] == "ok"
    (flag,) = await flags()
    assert (flag.excerpt, flag.user, flag.participant) == ("", None, None)


@pytest.mark.parametrize("where", ["chat", "question", "hand.line"])
async def test_off_the_record_nothing_is_kept_for_staff(live: None, where: str) -> None:
    room = await make_room(Confidentiality.OFF_RECORD)
    host, member = await pages(room)
    answer = await write(host, member, where, HELD)
    assert (answer["type"], answer["code"]) == ("error", "text_refused")
    assert not await held_texts()
    assert (await write(host, member, where, FLAGGED))["type"] == "ok"
    (flag,) = await flags()
    assert (flag.because, flag.excerpt, flag.user, flag.participant) == (FLAGGED, "", None, None)
    assert flag.seconds_in is not None


async def test_the_reason_is_in_the_language_of_who_wrote(live: None) -> None:
    room = await make_room()
    await database_sync_to_async(_without_words)()
    page = await a_page(room, await database_sync_to_async(a_member)("Lin Wei"), language="ko")
    await page.join()
    answer = await page.command("chat.say", text=REFUSED)
    assert answer["details"]["reason"]
    assert answer["details"]["reason"] != "It holds words that MiTalk does not accept."


def _without_words() -> None:
    from moderation.models import Term
    from moderation.terms import changed

    Term.objects.update(reason="")
    changed()
