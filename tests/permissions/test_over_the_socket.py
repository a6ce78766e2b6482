"""Every cell of the permission table through the real WebSocket application, bus and database, in one's own room and in
another's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.db import database_sync_to_async

from rooms import services
from rooms.domain.messages import COMMANDS
from rooms.guests import COOKIE
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.permissions.cast import FIELDS, Cast, Player, State, a_cast, a_guest_cookie
from tests.permissions.effects import check, nothing_happened
from tests.permissions.statement import (
    ACTORS,
    ACTORS_ON_OTHERS,
    ON_ONESELF_OR_THE_ROOM,
    ON_OTHERS,
    WISHES,
    Standing,
    expected,
    expected_on_a_stranger,
)
from tests.signalling.conftest import AnsweringWorker
from tests.signalling.page import Page, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)

make_cast = database_sync_to_async(a_cast)
bring_back = database_sync_to_async(State.bring_back)
state_of = database_sync_to_async(State.of)
AFTER_JOINING = tuple(name for name in COMMANDS if name not in ("room.join", "ping"))


async def cookie_for(player: Player) -> str:
    if player.guest_cookie:
        return f"{COOKIE}={player.guest_cookie}"
    assert player.entrant.user is not None
    return await cookie_of(player.entrant.user)


@asynccontextmanager
async def a_page_of(player: Player, room: str, cookie: str, *, joins: bool = True) -> AsyncIterator[Page]:
    """A page by which somebody is in the room, in the place that they had."""
    page = Page(room, cookie)
    assert await page.open()
    await page.until("hello")
    try:
        if joins:
            await page.join(muted=False, as_staff=player.standing is Standing.STAFF)
            player.connection = page.connection
        yield page
    finally:
        await page.close()


async def send(page: Page, command: str, target: str = "") -> str:
    """Send a command with what belongs to it; `ok`, or the code of the refusal."""
    answer = await ask(page, command, target)
    if command == "room.end" and answer == {"type": "closed", "code": 4410}:
        return "ok"  # whoever ends the room is told so like everybody: what closes the page overtakes the answer
    return "ok" if answer["type"] == "ok" else answer["code"]


async def ask(page: Page, command: str, target: str = "") -> dict[str, Any]:
    """Send a command with what belongs to it; the answer."""
    person = {"person": target} if command in ON_OTHERS else {}
    return await page.command(command, **FIELDS.get(command, {}), **person)


@pytest.mark.parametrize("actor", ACTORS)
async def test_what_one_does_oneself_and_to_the_room(
    actor: Standing, worker: AnsweringWorker, subtests: pytest.Subtests
) -> None:
    cast = await make_cast()
    me = cast.actors[actor]
    cookie = await cookie_for(me)
    for command in AFTER_JOINING:
        if command not in ON_OTHERS:
            async with a_page_of(me, cast.room, cookie) as page:
                before = await state_of(cast.room)
                with subtests.test(command):
                    await walk(before, page, cast, command, actor)
            await bring_back(before)


@pytest.mark.parametrize("actor", ACTORS_ON_OTHERS)
async def test_what_one_does_to_others(actor: Standing, live: None, subtests: pytest.Subtests) -> None:
    cast = await make_cast()
    me = cast.actors[actor]
    cookie = await cookie_for(me)
    for command in ON_OTHERS:
        async with a_page_of(me, cast.room, cookie) as page:
            before = await state_of(cast.room)
            for name, standing, target in cast.targets_of(actor):
                now = None
                with subtests.test(f"{command} → {name}"):
                    now = await walk(before, page, cast, command, actor, (standing, target))
                if now != before:
                    before = await bring_back(before)


async def walk(
    was: State, page: Page, cast: Cast, command: str, actor: Standing, on: tuple[Standing, Player] | None = None
) -> State:
    """Try one cell, and hold it to the statement; what the room is like then."""
    me, (whom, target) = cast.actors[actor], on or (None, None)
    if await database_sync_to_async(cast.ready_for)(command, actor, whom):
        was = await state_of(cast.room)
    answer = await send(page, command, target.id if target else "")
    now = await state_of(cast.room)
    them = (whom, target.id) if whom and target else None
    check(command, answer, was, now, actor=(actor, me.id), target=them)
    return now
