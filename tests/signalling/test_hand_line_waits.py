"""The line of a hand that waits for staff, over the real WebSocket application: whose hand it is is told, and nobody else."""

import pytest
from channels.db import database_sync_to_async

from moderation.models import HeldText
from moderation.services import decide_held
from rooms.models import Room
from tests.factories import a_member
from tests.moderation.words import HELD
from tests.signalling.page import Page
from tests.signalling.test_words import decide, held_texts, make_room, pages

pytestmark = pytest.mark.django_db(transaction=True)
LINE = f"On {HELD}"


async def raised(room: Room) -> tuple[Page, Page, HeldText]:
    """The host's page, that of a member whose line waits, and what waits."""
    host, member = await pages(room)
    assert (await member.command("hand.raise", line=LINE))["type"] == "ok"
    (held,) = await held_texts()
    return host, member, held


async def you(page: Page) -> dict:
    return (await page.command("room.sync"))["data"]["you"]


async def test_only_whose_hand_it_is_is_told_that_it_waits(live: None) -> None:
    host, member, _held = await raised(await make_room())
    told = (await member.until("you.changed"))["data"]["you"]
    assert (told["place"], told["line"], told["line_waiting"]) == (1, "", LINE)
    assert (await you(member))["line_waiting"] == LINE, "to a page that comes back too"
    hand = (await host.until("hand.raised"))["data"]["hand"]
    assert hand["line"] == ""
    assert HELD not in str((await host.command("room.sync"))["data"])


@pytest.mark.parametrize("approved", [True, False])
async def test_what_staff_decide_is_told(live: None, approved: bool) -> None:
    host, member, held = await raised(await make_room())
    assert (await member.until("you.changed"))["data"]["you"]["line_waiting"] == LINE
    assert await decide(held, approved)
    told = (await member.until("you.changed"))["data"]["you"]
    assert (told["place"], told["line"], told["line_waiting"]) == (1, LINE if approved else "", "")
    (hand,) = (await host.command("room.sync"))["data"]["desk"]["hands"]
    assert hand["line"] == told["line"]


async def test_a_hand_that_is_down_has_no_line_that_waits(live: None) -> None:
    _host, member, held = await raised(await make_room())
    await member.command("hand.lower")
    assert (await you(member))["line_waiting"] == ""
    staff = await database_sync_to_async(a_member)(is_staff=True)
    await database_sync_to_async(decide_held)(held, by=staff, approved=True, reason="Looked at")
    assert (await you(member))["line"] == ""
