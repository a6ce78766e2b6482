"""The self-test's socket: open to anybody of our own origin, seldom, for a while, and never a way into a room."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.core.cache import cache

from config.asgi import websocket_application
from rooms import turn
from rooms.audio import wire
from rooms.signalling import sound_check
from tests.signalling.conftest import AnsweringWorker
from tests.signalling.page import PATIENCE_SECONDS

OFFER = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=candidate:1 1 udp 1 10.0.0.9 9 typ host\r\n"


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    cache.clear()


class Check:
    """One browser's socket."""

    def __init__(self, *, origin: str = "", address: str = "192.0.2.1") -> None:
        headers = [(b"origin", (origin or settings.MITALK_ORIGINS[0]).encode())]
        self.socket = WebsocketCommunicator(websocket_application, "/ws/check/", headers=headers)
        self.socket.scope["client"] = (address, 5000)

    async def open(self) -> dict[str, Any]:
        accepted, _ = await self.socket.connect(timeout=PATIENCE_SECONDS)
        assert accepted
        return await self.next()

    async def next(self) -> dict[str, Any]:
        output = await self.socket.receive_output(timeout=PATIENCE_SECONDS)
        return json.loads(output["text"]) if "text" in output else output

    async def command(self, kind: str, **data: Any) -> dict[str, Any]:
        await self.socket.send_to(text_data=json.dumps({"type": kind, "id": 1, "data": data}))
        return await self.next()


@pytest.fixture
async def check(worker: AnsweringWorker) -> AsyncIterator[Check]:
    made = Check()
    assert (await made.open())["type"] == "hello"
    yield made
    await made.socket.disconnect(timeout=PATIENCE_SECONDS)


async def test_it_echoes_and_names_no_relay_without_one(check: Check) -> None:
    assert await check.command("check.echo") == {"type": "ok", "re": 1, "data": {}}
    assert (await check.command("check.relay"))["data"] == {"urls": [], "username": "", "credential": ""}


async def test_the_relay_comes_with_credentials_that_expire(check: Check, settings: Any) -> None:
    settings.MITALK_TURN_URLS = ["turn:turn.example.org"]
    settings.MITALK_TURN_SECRET = "a secret"
    relay = (await check.command("check.relay"))["data"]
    assert relay["urls"] == ["turn:turn.example.org"]
    expires, _colon, visitor = relay["username"].partition(":")
    assert relay == {
        **relay,
        "credential": turn.relay_for(
            visitor, int(expires) - turn.CHECK_LASTS_SECONDS, turn.CHECK_LASTS_SECONDS
        ).credential,
    }


async def test_both_offers_reach_one_check_of_a_worker_without_candidates(
    check: Check, worker: AnsweringWorker
) -> None:
    for speaks in (False, True):
        answer = await check.command("check.offer", speaks=speaks, sdp=OFFER)
        assert answer["data"] == {"sdp": worker.answers_with}
    hears, speaks_too = worker.checks
    assert (hears.speaks, speaks_too.speaks) == (False, True)
    assert hears.check == speaks_too.check
    assert "candidate" not in hears.sdp


async def test_a_closed_page_hangs_up(worker: AnsweringWorker) -> None:
    made = Check()
    await made.open()
    await made.command("check.offer", speaks=True, sdp=OFFER)
    await made.socket.disconnect(timeout=PATIENCE_SECONDS)
    room = wire.check_room(worker.checks[0].check)
    assert [(each.room, each.connection) for each in worker.hangups] == [(room, "speaks"), (room, "hears")]


async def test_no_command_of_a_room_is_known_here(check: Check) -> None:
    assert (await check.command("room.leave"))["code"] == "message_unknown"
    assert (await check.command("check.offer", speaks=True))["code"] == "message_malformed"
    assert (await check.command("check.offer", speaks=True, sdp="nonsense"))["code"] == "sdp_invalid"


async def test_offers_have_an_end(check: Check) -> None:
    for _ in range(sound_check.MOST_OFFERS):
        assert (await check.command("check.offer", speaks=True, sdp=OFFER))["type"] == "ok"
    assert (await check.command("check.offer", speaks=True, sdp=OFFER))["code"] == "too_many_messages"


async def test_of_many_who_come_at_the_same_moment_no_more_are_taken(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_check, "MOST_AT_ONCE", 2)
    sockets = [Check(address=f"192.0.2.{number}") for number in range(8)]
    first = await asyncio.gather(*(each.open() for each in sockets))
    assert sorted(frame["type"] for frame in first) == ["error"] * 6 + ["hello"] * 2
    for each in sockets:
        await each.socket.disconnect(timeout=PATIENCE_SECONDS)
    assert sound_check.SoundCheckConsumer.at_once == set()


async def test_a_place_is_free_again_whatever_went_wrong(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def cache_is_away(_consumer: object) -> bool:
        raise ConnectionError("the cache is away")

    monkeypatch.setattr(sound_check.SoundCheckConsumer, "_comes_seldom", cache_is_away)
    made = Check()
    with pytest.raises(ConnectionError):
        await made.open()
    assert sound_check.SoundCheckConsumer.at_once == set()


async def test_a_network_that_comes_too_often_is_told_so_and_others_are_not(live: None, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"sound_check": "2/10m/ip"}
    sockets = [Check() for _ in range(2)]
    assert [(await each.open())["type"] for each in sockets] == ["hello", "hello"]
    third, elsewhere = Check(), Check(address="192.0.2.2")
    assert (await third.open())["code"] == "too_many_messages"
    assert (await third.next())["code"] == sound_check.CLOSE_TOO_MANY
    assert (await elsewhere.open())["type"] == "hello"
    for each in (*sockets, elsewhere):
        await each.socket.disconnect(timeout=PATIENCE_SECONDS)


async def test_there_are_few_at_once_and_each_is_over_in_time(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_check, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(sound_check, "LASTS_SECONDS", 0.3)
    first, second = Check(), Check(address="192.0.2.2")
    await first.open()
    assert (await second.open())["code"] == "too_many_messages"
    assert (await first.next())["type"] == "websocket.close"
    await first.socket.disconnect(timeout=PATIENCE_SECONDS)
    again = Check()
    assert (await again.open())["type"] == "hello"
    await again.socket.disconnect(timeout=PATIENCE_SECONDS)


async def test_without_a_worker_the_sound_is_unavailable_and_the_rest_works(live: None) -> None:
    made = Check()
    await made.open()
    assert (await made.command("check.offer", speaks=True, sdp=OFFER))["code"] == "media_unavailable"
    assert (await made.command("check.echo"))["type"] == "ok"
    await made.socket.disconnect(timeout=PATIENCE_SECONDS)


async def test_another_origin_is_refused(live: None) -> None:
    accepted, _ = await Check(origin="https://elsewhere.example").socket.connect(timeout=PATIENCE_SECONDS)
    assert not accepted
    await asyncio.sleep(0)
