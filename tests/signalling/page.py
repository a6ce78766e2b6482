"""A page's side of the live protocol, without a browser: every frame it receives is held to the declarations."""

import asyncio
import dataclasses
import itertools
import json
import typing
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import User
from config.asgi import websocket_application
from rooms.domain import messages
from rooms.domain.errors import Code
from rooms.models import Room

PATIENCE_SECONDS = 30.0  # of a machine that has much else to do


class Page:
    """One WebSocket of one person in one room."""

    def __init__(self, room: Room | str, cookie: str, *, origin: str | None = "", language: str = "en") -> None:
        public_id = self.room = room if isinstance(room, str) else room.public_id
        origin = settings.MITALK_ORIGINS[0] if origin == "" else origin
        headers = [(b"cookie", cookie.encode()), (b"accept-language", language.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self._socket = WebsocketCommunicator(websocket_application, f"/ws/rooms/{public_id}/", headers=headers)
        self._ids = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self.closed_with: int | None = None
        self.connection = ""
        self.received = 0
        self.user: User | None = None

    async def open(self) -> bool:
        """Whether the socket was accepted."""
        accepted, _protocol = await self._socket.connect(timeout=PATIENCE_SECONDS)
        return accepted

    async def next(self) -> dict[str, Any]:
        """The next frame; a close is `{"type": "closed"}`."""
        output = await self._socket.receive_output(timeout=PATIENCE_SECONDS)
        if output["type"] == "websocket.close":
            self.closed_with = output.get("code")
            return {"type": "closed", "code": self.closed_with}
        self.received += 1
        frame = json.loads(output["text"])
        check_frame(frame)
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a type; events on the way are kept in `events`."""
        while True:
            frame = await self.next()
            if frame["type"] == kind:
                return frame
            if frame["type"] == "closed":
                raise AssertionError(f"closed with {frame['code']} while waiting for {kind}")
            self.events.append(frame)

    async def command(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send a command and return its answer; events on the way are kept."""
        number = next(self._ids)
        await self.send(json.dumps({"type": kind, "id": number, "data": data}))
        while True:
            frame = await self.next()
            if frame.get("re") == number:
                return frame
            if frame["type"] == "closed":
                return frame
            self.events.append(frame)

    async def send(self, text: str | bytes) -> None:
        """Send whatever it is."""
        if isinstance(text, bytes):
            await self._socket.send_to(bytes_data=text)
        else:
            await self._socket.send_to(text_data=text)

    async def ask_to_join(self, **options: Any) -> dict[str, Any]:
        """Ask to enter the room; the answer."""
        entry = {"protocol": messages.PROTOCOL, "muted": True, "resume": "", "leave_other": False, "as_staff": False}
        entry["accepts"] = ""
        return await self.command("room.join", **(entry | options))

    async def join(self, **options: Any) -> dict[str, Any]:
        """Enter the room; the answer's data."""
        answer = await self.ask_to_join(**options)
        assert answer["type"] == "ok", answer
        check_entry(answer["data"])
        self.connection = answer["data"]["connection"]
        return answer["data"]

    async def nothing_comes(self) -> bool:
        """Whether nothing waits to be read."""
        return await self._socket.receive_nothing(timeout=0.05)

    async def close(self) -> None:
        """Lose the socket."""
        await self._socket.disconnect(timeout=PATIENCE_SECONDS)


def check_entry(data: dict[str, Any]) -> None:
    """Hold the answer to room.join to its declaration."""
    assert data.keys() == {"you", "connection", "snapshot", "desk", "talk"}
    check_fields(messages.You, data["you"])
    check_fields(messages.RoomSnapshot, data["snapshot"])
    check_fields(messages.Talk, data["talk"])
    if data["desk"] is not None:
        check_fields(messages.Desk, data["desk"])


def check_frame(frame: dict[str, Any]) -> None:
    """Hold a frame from the server to rooms.domain.messages."""
    kind = frame["type"]
    if kind == "ok":
        assert frame.keys() == {"type", "re", "data"}
    elif kind == "error":
        assert frame.keys() == {"type", "re", "code", "message", "fatal", "details"}
        assert frame["code"] in set(Code)
        assert frame["message"]
    else:
        declared = messages.EVENTS[kind]
        assert frame.keys() == {"type", "data"} | ({"seq"} if getattr(declared, "ordered", None) else set())
        check_fields(declared, frame["data"])


def check_fields(declared: Any, data: dict[str, Any]) -> None:
    """Hold an object to the dataclass that declares it, all the way down."""
    hints = typing.get_type_hints(declared)
    fields = {field.name: hints[field.name] for field in dataclasses.fields(declared)}
    assert data.keys() == fields.keys()
    for name, kind in fields.items():
        check_value(kind, data[name])


def check_value(kind: Any, value: Any) -> None:
    """Hold one value to its declared type."""
    if typing.get_origin(kind) is list:
        for item in value:
            check_value(typing.get_args(kind)[0], item)
    elif dataclasses.is_dataclass(kind):
        check_fields(kind, value)
    else:
        assert type(value) is kind


@sync_to_async
def cookie_of(user: User) -> str:
    """The session cookie of a signed-in person."""
    client = Client()
    client.force_login(user, backend="accounts.backends.MemberBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


async def a_page(room: Room | str, user: User, **options: Any) -> Page:
    """An open page that has said hello."""
    page = Page(room, await cookie_of(user), **options)
    page.user = user
    assert await page.open()
    assert (await page.until("hello"))["data"]["protocol"] == messages.PROTOCOL
    return page


async def eventually(condition: Any) -> None:
    """Wait for a condition; fail after a while."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await sync_to_async(condition)():
            await asyncio.sleep(0.01)
