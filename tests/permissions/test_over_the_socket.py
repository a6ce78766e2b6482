"""Every cell of the permission table through the real WebSocket application, in one's own room and in another's."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.db import database_sync_to_async

from rooms import hub, services
from rooms.domain.messages import COMMANDS
from rooms.domain.snapshot import Visibility
from rooms.guests import COOKIE
from rooms.models import Room
from rooms.signalling import limits
from tests.factories import a_live_room, a_member
from tests.permissions.cast import FIELDS, Cast, Player, State, a_cast, a_guest_cookie, written_in
from tests.permissions.effects import check, nothing_happened
from tests.permissions.statement import (
    ACTORS,
    ACTORS_ON_OTHERS,
    ON_OTHERS,
    ONE_A_COLUMN,
    WISHES,
    Standing,
    expected,
    expected_on_a_stranger,
)
from tests.signalling.conftest import AnsweringWorker
from tests.signalling.page import Page, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_JOINING = tuple(name for name in COMMANDS if name not in ("room.join", "ping"))
WHILE_THERE = [name for name in AFTER_JOINING if name not in (*ON_OTHERS, "room.leave", "room.end")]

make_cast = database_sync_to_async(a_cast)
state_of = database_sync_to_async(State.of)
bring_back = database_sync_to_async(State.bring_back)


@pytest.fixture(autouse=True)
def _pages_that_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """They speak faster than people, and hear by the bus only: what the hub finds in the database would race with it."""
    monkeypatch.setattr(limits, "COMMANDS_A_SECOND", 1e6)
    monkeypatch.setattr(hub, "WATCH_EVERY_SECONDS", 3600.0)


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
    try:
        if joins:
            await page.join(muted=False, as_staff=player.standing is Standing.STAFF)
            player.connection = page.connection
        yield page
    finally:
        await page.close()


async def ask(page: Page, command: str, target: str = "") -> dict[str, Any]:
    """Send a command with what belongs to it; the answer."""
    return await page.command(command, **fields_of(command, target, page.room))


async def word_of(page: Page, command: str, target: str = "") -> str:
    """Send a command with what belongs to it; `ok`, or the code of the refusal."""
    answer = await ask(page, command, target)
    if command == "room.end" and answer["type"] == "closed":
        assert answer["code"] == 4410  # whoever ends the room is told like everybody; that may overtake the answer
        return "ok"
    return "ok" if answer["type"] == "ok" else answer["code"]


def fields_of(command: str, target: str, room: str) -> dict[str, Any]:
    return (
        FIELDS.get(command, {})
        | written_in(room).get(command, {})
        | ({"person": target} if command in ON_OTHERS else {})
    )


@pytest.mark.parametrize("actor", ACTORS)
async def test_what_one_does_in_ones_own_room(
    actor: Standing, worker: AnsweringWorker, subtests: pytest.Subtests
) -> None:
    cast = await make_cast()
    me = cast.actors[actor]
    cookie = await cookie_for(me)
    for commands in (WHILE_THERE, ["room.leave"], ["room.end"]):
        was = await state_of(cast.room)
        async with a_page_of(me, cast.room, cookie) as page:
            before = await state_of(cast.room)
            with subtests.test("room.join"):
                check("room.join", "ok", was, before, actor=(actor, me.id))
            for command in commands:
                now = None
                with subtests.test(command):
                    now = await walk(before, page, cast, command, actor)
                before = now if now == before else await bring_back(before)
    async with a_page_of(me, cast.room, cookie) as page:
        before = await state_of(cast.room)
        for command in ON_OTHERS if actor not in WISHES else ():
            for name, standing, target in cast.targets_of(actor):
                now = None
                with subtests.test(f"{command} → {name}"):
                    now = await walk(before, page, cast, command, actor, (standing, target))
                before = now if now == before else await bring_back(before)


async def walk(
    was: State, page: Page, cast: Cast, command: str, actor: Standing, on: tuple[Standing, Player] | None = None
) -> State:
    """Try one cell, and hold it to the statement; what the room is like then."""
    me, (whom, target) = cast.actors[actor], on or (None, None)
    if await database_sync_to_async(cast.ready_for)(command, actor, whom):
        was = await state_of(cast.room)
    answer = await word_of(page, command, target.id if target else "")
    now = await state_of(cast.room)
    them = (whom, target.id) if whom and target else None
    check(command, answer, was, now, actor=(actor, me.id), target=them)
    return now


async def test_who_reads_is_shown_what_they_may_know(worker: AnsweringWorker, subtests: pytest.Subtests) -> None:
    cast = await make_cast()
    people = (await state_of(cast.room)).people
    for actor in ACTORS_ON_OTHERS:
        me = cast.actors[actor]
        runs_the_room = actor.column in ("moderator", "host")
        async with a_page_of(me, cast.room, await cookie_for(me)) as page:
            with subtests.test(actor.value):
                whole = (await ask(page, "room.sync"))["data"]
                assert whole["you"]["id"] == me.id
                assert (whole["desk"] is not None) == runs_the_room
                staff = {person for person, row in people.items() if row["role"] == "staff"}
                assert {card["id"] for card in whole["snapshot"]["staff"]} == staff
                found = await ask(page, "room.people")
                if runs_the_room or actor is Standing.STAFF:
                    assert {visitor["person"]["id"] for visitor in found["data"]["people"]} == people.keys()
                assert (await ask(page, "media.offer"))["data"]["sdp"] == worker.answers_with
                assert (worker.offers[-1].room, worker.offers[-1].person) == (cast.room, me.id)


async def test_what_one_does_in_another_room(live: None, subtests: pytest.Subtests) -> None:
    here, elsewhere = await make_cast(), await make_cast()
    was_here = await state_of(here.room)
    for actor in ACTORS_ON_OTHERS:
        me = elsewhere.actors[actor]
        cookie = await cookie_for(me)
        async with a_page_of(me, elsewhere.room, cookie) as page:
            was = await state_of(elsewhere.room)
            for command in ON_OTHERS:
                with subtests.test(f"{actor}: {command}"):
                    for standing in ONE_A_COLUMN:
                        answer = await word_of(page, command, here.others[standing].id)
                        assert answer == expected_on_a_stranger(command, actor), standing
                    assert nothing_happened(was, await state_of(elsewhere.room))
                    assert nothing_happened(was_here, await state_of(here.room))
        for commands in (WHILE_THERE, ["room.leave"], ["room.end"]):
            async with a_page_of(me, elsewhere.room, cookie) as page:
                before = await state_of(elsewhere.room)
                for command in commands:
                    await database_sync_to_async(elsewhere.ready_for)(command, actor)
                    with subtests.test(f"{actor}: {command}"):
                        answer = await word_of(page, command)
                        no_worker = command == "media.offer" and answer == "media_unavailable"
                        assert answer == expected(command, actor) or no_worker
                        assert nothing_happened(was_here, await state_of(here.room))
                    before = await bring_back(before)


# --- By a socket that is in no room -----------------------------------------------------------------------------------


async def test_before_joining_nobody_does_anything(live: None, subtests: pytest.Subtests) -> None:
    cast = await make_cast()
    was = await state_of(cast.room)
    for actor, me in cast.actors.items():
        async with a_page_of(me, cast.room, await cookie_for(me), joins=False) as page:
            with subtests.test(actor.value):
                for command in AFTER_JOINING:
                    assert await word_of(page, command, cast.others[Standing.LISTENER].id) == "not_joined", command
                assert (await page.command("ping", received=0))["type"] == "ok"
                assert nothing_happened(was, await state_of(cast.room))


async def leaves(cast: Cast, me: Player, page: Page) -> int:
    await page.command("room.leave")
    return 1000


async def is_removed(cast: Cast, me: Player, page: Page) -> int:
    await database_sync_to_async(services.remove)(cast.room, cast.others[Standing.STAFF].connection, me.id)
    return 4411


async def is_banned(cast: Cast, me: Player, page: Page) -> int:
    await database_sync_to_async(services.ban)(cast.room, cast.others[Standing.STAFF].connection, me.id)
    return 4403


async def opens_a_second_tab(cast: Cast, me: Player, page: Page) -> int:
    await database_sync_to_async(me.join)(cast.room)
    return 4409


async def enters_another_room(cast: Cast, me: Player, page: Page) -> int:
    other = await database_sync_to_async(a_room)(Visibility.PUBLIC)
    joined = await database_sync_to_async(services.join)(other, me.entrant, muted=True, leave_other=True)
    await database_sync_to_async(services.leave)(other, joined.connection)
    return 4412


async def sees_the_room_end(cast: Cast, me: Player, page: Page) -> int:
    await database_sync_to_async(services.end)(cast.room, cast.others[Standing.STAFF].connection)
    return 4410


@pytest.mark.parametrize(
    "way", [leaves, is_removed, is_banned, opens_a_second_tab, enters_another_room, sees_the_room_end]
)
async def test_who_is_there_no_more_does_nothing(
    way: Callable[[Cast, Player, Page], Awaitable[int]], live: None, subtests: pytest.Subtests
) -> None:
    cast = await make_cast()
    before = await state_of(cast.room)
    for actor in (Standing.GUEST, Standing.MODERATOR_ON_STAGE, Standing.HOST_ON_STAGE, Standing.STAFF):
        me = cast.actors[actor]
        with subtests.test(actor.value):
            async with a_page_of(me, cast.room, await cookie_for(me)) as page:
                closed_with = await way(cast, me, page)
                while (await page.next())["type"] != "closed":
                    pass
                assert page.closed_with == closed_with
                was = await state_of(cast.room)
                for command in AFTER_JOINING:  # as a page would that has not heard of it yet
                    data = fields_of(command, cast.others[Standing.LISTENER].id, cast.room)
                    await page.send(json.dumps({"type": command, "id": 1000, "data": data}))
            # The socket was lost after that: all of it was read.
            assert await page.nothing_comes()
            assert nothing_happened(was, await state_of(cast.room))
        before = await bring_back(before)


# --- Coming in ------------------------------------------------------------------------------------------------------


PRIVATE = (Visibility.FOLLOWERS, Visibility.CLOSED)


def a_room(visibility: Visibility) -> str:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(visibility=visibility)
    return room.public_id


@pytest.mark.parametrize(
    ("who", "visibility", "as_staff", "outcome"),
    [
        ("guest", Visibility.PUBLIC, False, "guest"),
        ("guest", Visibility.MEMBERS, False, "signed_out"),
        ("guest", Visibility.PUBLIC, True, "not_allowed"),
        ("member", Visibility.PUBLIC, False, "member"),
        ("member", Visibility.MEMBERS, False, "member"),
        ("member", Visibility.MEMBERS, True, "not_allowed"),
        ("staff", Visibility.MEMBERS, False, "member"),
        ("staff", Visibility.MEMBERS, True, "staff"),
        *((who, private, False, "room_private") for who in ("member", "staff") for private in PRIVATE),
        *(("guest", private, False, "signed_out") for private in PRIVATE),
        *(("staff", private, True, "staff") for private in PRIVATE),
    ],
)
async def test_who_listens_and_as_what(
    who: str, visibility: Visibility, as_staff: bool, outcome: str, live: None
) -> None:
    room = await database_sync_to_async(a_room)(visibility)
    was = await state_of(room)
    cookie = f"{COOKIE}={a_guest_cookie()}"
    if who != "guest":
        cookie = await cookie_of(await database_sync_to_async(a_member)(is_staff=who == "staff"))
    page = Page(room, cookie)
    assert await page.open()
    answer = await page.ask_to_join(as_staff=as_staff)
    if answer["type"] == "ok":
        you, staff = answer["data"]["you"], answer["data"]["snapshot"]["staff"]
        assert (you["role"], you["position"]) == (outcome, "audience")
        assert [card["id"] for card in staff] == ([you["id"]] if as_staff else [])
    else:
        assert answer["code"] == outcome
        assert nothing_happened(was, await state_of(room))
    await page.close()
