"""Every live message as every role, with hostile values: an answer with a code, never an accident; what the permission table
does not allow changes nothing; and the socket lives, or is closed with a code."""

import dataclasses
import json
import random
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.core.cache import cache

from rooms import hub
from rooms.domain.errors import Code
from rooms.domain.messages import CHECK_COMMANDS, COMMANDS, PROTOCOL
from rooms.domain.roles import Role
from rooms.signalling import limits, sound_check
from tests.permissions.cast import FIELDS, SDP, Cast, Player, State, a_cast, written_in
from tests.permissions.effects import nothing_happened
from tests.permissions.statement import ACTORS, ON_OTHERS, Standing, expected
from tests.permissions.test_over_the_socket import a_page_of, cookie_for
from tests.safety import hostile
from tests.safety.fuzzing import EXAMPLES
from tests.signalling.conftest import AnsweringWorker, live, worker
from tests.signalling.page import PATIENCE_SECONDS, Page
from tests.signalling.test_sound_check import Check

__all__ = ["live", "worker"]
pytestmark = pytest.mark.django_db(transaction=True)

OF_EACH = EXAMPLES // 200 or 1  # of each command, for each role
# Whoever is in the room may say these; what else is refused to a role is refused whatever is in it.
ALWAYS = {"room.join", "room.leave", "room.sync", "room.audience", "media.offer", "ping"}
_ONCE = {"room.join", "room.leave", "room.end"}  # each on pages of its own, below
_BESIDE: dict[str, dict[str, Any]] = {  # what a page sends with these, beside FIELDS
    "room.join": {
        "protocol": PROTOCOL, "muted": True, "leave_other": False, "as_staff": False, "resume": "", "accepts": ""
    },
    "ping": {"received": 0},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _pages_that_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMMANDS_A_SECOND", 1e6)
    monkeypatch.setattr(hub, "WATCH_EVERY_SECONDS", 3600.0)


def right_data(chance: random.Random, command: str, cast: Cast) -> dict[str, Any]:
    """What belongs to a command, as a page would send it."""
    right = FIELDS.get(command, {}) | _BESIDE.get(command, {}) | written_in(cast.room).get(command, {})
    if command in ON_OTHERS:
        right["person"] = chance.choice(list(cast.others.values())).id
    return right


def hostile_data(chance: random.Random, declared: type, right: dict[str, Any]) -> Any:
    """What belongs to a command, of which something was made to hurt."""
    if chance.random() < 0.1:
        return chance.choice([None, [], "x", 1, {"__class__": "x"}])
    fields = dataclasses.fields(declared)
    data = {field.name: right.get(field.name, "") for field in fields}
    for field in fields:
        if chance.random() < 0.6:
            data[field.name] = _hostile(chance, field)
    if chance.random() < 0.05:
        data["more"] = 1
    return data


def _hostile(chance: random.Random, field: dataclasses.Field) -> Any:
    if chance.random() < 0.15:
        return chance.choice([None, 1.5, [], {}, True, "", -(2**70)])
    if field.type is bool:
        return chance.random() < 0.5
    if field.type is int:
        return chance.choice([0, -1, 1, 2**31, 2**63, 7, 999_999])
    if "one_of" in field.metadata:
        return chance.choice([*sorted(map(str, field.metadata["one_of"])), "nothing of these"])
    most = field.metadata.get("most", 16)
    return chance.choice([line if chance.random() < 0.3 else line[:most] for line in hostile.LINES])


@pytest.mark.parametrize("actor", ACTORS)
async def test_no_message_has_an_accident_or_does_what_its_sender_may_not(
    actor: Standing, worker: AnsweringWorker
) -> None:
    chance = random.Random(f"{actor} {'' if not EXAMPLES else random.random()}")
    cast = await database_sync_to_async(a_cast)()
    me = cast.actors[actor]
    cookie = await cookie_for(me)
    async with a_page_of(me, cast.room, cookie) as page:
        if actor is Standing.HOST:
            await database_sync_to_async(cast.ready_for)("", actor)  # in the audience: the host of a cast sits on stage
        before = await database_sync_to_async(State.of)(cast.room)
        for command in COMMANDS:
            for _ in range(0 if command in _ONCE else OF_EACH):
                data = hostile_data(chance, COMMANDS[command], right_data(chance, command, cast))
                answer = await _said(page, command, data)
                told = f"{actor}: {command} {data!r} → {answer}"
                assert answer["type"] in ("ok", "error"), told
                assert answer.get("code") != Code.SERVER_ERROR, told
                may = command in ALWAYS or command in ON_OTHERS or expected(command, actor) == "ok"
                if answer["type"] == "error" or not may:
                    assert answer["type"] == "error", told
                    assert nothing_happened(before, await database_sync_to_async(State.of)(cast.room)), told
                else:
                    before = await database_sync_to_async(State.bring_back)(before)
        assert (await page.command("ping", received=0))["type"] == "ok"


@pytest.mark.parametrize("standing", Standing)
async def test_no_way_of_joining_is_an_accident_or_makes_more_of_somebody(
    standing: Standing, worker: AnsweringWorker
) -> None:
    chance = random.Random(f"{standing} joins {'' if not EXAMPLES else random.random()}")
    cast = await database_sync_to_async(a_cast)()
    me = cast.actors.get(standing) or cast.others[standing]
    if standing is Standing.HOST:
        await database_sync_to_async(cast.ready_for)("", standing)
    cookie = await cookie_for(me)
    right = right_data(chance, "room.join", cast)
    attempts = [hostile_data(chance, COMMANDS["room.join"], right) for _ in range(8 * OF_EACH)]
    entered = 0
    for data in (right, {**right, "as_staff": True}, *attempts):
        before = await database_sync_to_async(State.of)(cast.room)
        async with a_page_of(me, cast.room, cookie, joins=False) as page:
            answer = await _said(page, "room.join", data)
            told = f"{standing}: {data!r} → {answer}"
            now = await database_sync_to_async(State.of)(cast.room)
            assert answer["type"] in ("ok", "error"), told
            assert answer.get("code") != Code.SERVER_ERROR, told
            if answer["type"] == "error":
                assert nothing_happened(before, now), told
                continue
            entered += 1
            may_be = {_place(before, me), (Role.MEMBER, "audience")}
            if standing is Standing.STAFF:
                may_be.add((Role.STAFF, "audience"))
            assert _place(now, me) in may_be, told
            assert _others(now, me) == _others(before, me), told
    assert entered


# Neither has a field: whatever is sent beside it is no such command.
_WITH_SOMETHING = (
    None, [], "", "x", 1, True, {"more": 1}, {"person": "x"}, {"__class__": "x"}, {"__proto__": {"admin": True}},
    {"": ""}, {"id": 1, "type": "room.end", "data": {}}, {"x": "\ud800"},
)  # fmt: skip


@pytest.mark.parametrize("command", ["room.leave", "room.end"])
@pytest.mark.parametrize("actor", ACTORS)
async def test_nobody_leaves_or_ends_a_room_by_an_unreadable_command(
    actor: Standing, command: str, worker: AnsweringWorker
) -> None:
    cast = await database_sync_to_async(a_cast)()
    me = cast.actors[actor]
    async with a_page_of(me, cast.room, await cookie_for(me)) as page:
        before = await database_sync_to_async(State.of)(cast.room)
        for data in (*_WITH_SOMETHING, *({line: line} for line in hostile.LINES)):
            answer = await _said(page, command, data)
            assert answer.get("code") in (Code.MESSAGE_MALFORMED, Code.MESSAGE_TOO_LARGE), f"{data!r} → {answer}"
            assert nothing_happened(before, await database_sync_to_async(State.of)(cast.room)), repr(data)
        answer = await _said(page, command, {})
        now = await database_sync_to_async(State.of)(cast.room)
        if expected(command, actor) == "ok":
            assert answer["type"] == "ok" or answer["code"] in (1000, 4410), answer
            assert not nothing_happened(before, now)
        else:
            assert answer.get("code") == expected(command, actor)
            assert nothing_happened(before, now)


async def test_no_message_of_a_sound_check_is_an_accident(
    worker: AnsweringWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_check, "MOST_OFFERS", 10**6)
    cache.clear()  # nobody came before
    chance = random.Random("checking" if not EXAMPLES else None)
    check = Check()
    assert (await check.open())["type"] == "hello"
    right = {"speaks": True, "sdp": SDP}
    attempts: list[tuple[str, Any]] = [("check.offer", {**right, "sdp": line}) for line in (SDP, *hostile.LINES)]
    for command, declared in CHECK_COMMANDS.items():
        attempts += [(command, hostile_data(chance, declared, right)) for _ in range(30 * OF_EACH)]
    heard = set()
    for command, data in attempts:
        await check.socket.send_to(text_data=json.dumps({"type": command, "id": 7, "data": data}))
        answer = await check.next()
        assert answer["type"] in ("ok", "error"), f"{command} {data!r} → {answer}"
        assert answer["re"] in (7, None), answer
        assert answer.get("code") != Code.SERVER_ERROR, f"{command} {data!r} → {answer}"
        heard.add((command, answer["type"]))
    assert heard == {(command, kind) for command in CHECK_COMMANDS for kind in ("ok", "error")}
    assert (await check.command("check.echo"))["type"] == "ok"
    await check.socket.disconnect(timeout=PATIENCE_SECONDS)


def _place(state: State, player: Player) -> tuple[str, str]:
    row = state.people[player.id]
    return row["role"], row["position"]


def _others(state: State, player: Player) -> dict[str, Any]:
    return {person: row for person, row in state.people.items() if person != player.id}


async def _said(page: Page, command: str, data: Any) -> dict[str, Any]:
    number = next(page._ids)
    await page.send(json.dumps({"type": command, "id": number, "data": data}))
    while True:
        frame = await page.next()
        if frame["type"] == "closed" or (frame["type"] in ("ok", "error") and frame["re"] in (number, None)):
            return frame
