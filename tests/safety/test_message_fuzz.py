"""Every live message as every role, with hostile values: an answer with a code, never an accident; what the permission table
does not allow changes nothing; and the socket lives, or is closed with a code."""

import dataclasses
import json
import random
from typing import Any

import pytest
from channels.db import database_sync_to_async

from rooms import hub
from rooms.domain.errors import Code
from rooms.domain.messages import COMMANDS
from rooms.signalling import limits
from tests.permissions.cast import FIELDS, Cast, State, a_cast, written_in
from tests.permissions.effects import nothing_happened
from tests.permissions.statement import ACTORS, ON_OTHERS, Standing, expected
from tests.permissions.test_over_the_socket import a_page_of, cookie_for
from tests.safety import hostile
from tests.safety.fuzzing import EXAMPLES
from tests.signalling.conftest import AnsweringWorker, live, worker
from tests.signalling.page import Page

__all__ = ["live", "worker"]
pytestmark = pytest.mark.django_db(transaction=True)

OF_EACH = EXAMPLES // 200 or 1  # of each command, for each role
# Whoever is in the room may say these; what else is refused to a role is refused whatever is in it.
ALWAYS = {"room.join", "room.leave", "room.sync", "room.audience", "media.offer", "ping"}
_ONCE = {"room.join", "room.leave", "room.end"}


@pytest.fixture(autouse=True)
def _pages_that_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMMANDS_A_SECOND", 1e6)
    monkeypatch.setattr(hub, "WATCH_EVERY_SECONDS", 3600.0)


def hostile_data(chance: random.Random, command: str, cast: Cast) -> Any:
    """What belongs to a command, of which something was made to hurt."""
    if chance.random() < 0.1:
        return chance.choice([None, [], "x", 1, {"__class__": "x"}])
    fields = dataclasses.fields(COMMANDS[command])  # type: ignore[arg-type]
    right = FIELDS.get(command, {}) | written_in(cast.room).get(command, {})
    if command in ON_OTHERS:
        right["person"] = chance.choice(list(cast.others.values())).id
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
                data = hostile_data(chance, command, cast)
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


async def test_no_way_of_joining_is_an_accident(worker: AnsweringWorker) -> None:
    chance = random.Random("joining" if not EXAMPLES else None)
    cast = await database_sync_to_async(a_cast)()
    me = cast.actors[Standing.LISTENER]
    cookie = await cookie_for(me)
    for _ in range(8 * OF_EACH):
        async with a_page_of(me, cast.room, cookie, joins=False) as page:
            data = hostile_data(chance, "room.join", cast)
            answer = await _said(page, "room.join", data)
            assert answer.get("code") != Code.SERVER_ERROR, data
            assert answer["type"] in ("ok", "error") or 4400 <= answer["code"] < 4500, data


async def _said(page: Page, command: str, data: Any) -> dict[str, Any]:
    number = next(page._ids)
    await page.send(json.dumps({"type": command, "id": number, "data": data}))
    while True:
        frame = await page.next()
        if frame["type"] == "closed" or (frame["type"] in ("ok", "error") and frame["re"] in (number, None)):
            return frame
