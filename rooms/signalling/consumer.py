"""One page's WebSocket: its life, and which service each command goes to."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest
from django.utils import translation

from accounts.models import Profile
from rooms import selectors, services
from rooms.domain import messages
from rooms.domain.errors import Code, Refused
from rooms.events import frame_of
from rooms.hub import get_hub
from rooms.signalling.codec import Incoming, Unreadable, decode
from rooms.signalling.limits import FrameLimit, Verdict
from rooms.signalling.negotiate import get_negotiator
from rooms.wording import SENTENCES

logger = logging.getLogger(__name__)

# Refusals after which coming back with the same would be refused again: the page stops trying.
FATAL = {
    Code.PROTOCOL_UNSUPPORTED,
    Code.SIGNED_OUT,
    Code.PROFILE_MISSING,
    Code.SUPERSEDED,
    Code.ROOM_NOT_FOUND,
    Code.ROOM_NOT_OPEN,
    Code.ROOM_ENDED,
}
CLOSE_CODES = {
    Code.SIGNED_OUT: 4401,
    Code.PROFILE_MISSING: 4403,
    Code.ROOM_NOT_FOUND: 4404,
    Code.NOT_JOINED: 4408,
    Code.SUPERSEDED: 4409,
    Code.ROOM_ENDED: 4410,
    Code.TOO_MANY_MESSAGES: 4429,
}
CLOSE_REFUSED = 4400


class RoomConsumer(AsyncWebsocketConsumer):
    """Who is here, in which room, by which connection. Everything else is the services'."""

    async def connect(self) -> None:
        """Accept everybody of our own origin, so that whoever may not enter is told why."""
        self.room: str = self.scope["url_route"]["kwargs"]["public_id"]
        self.connection = ""  # set by joining
        self._number = 0
        self._limit = FrameLimit()
        self._language = _language(self.scope)
        self._tasks: set[asyncio.Task[None]] = set()
        self._negotiation: asyncio.Task[None] | None = None
        self._held: list[str] | None = None  # frames kept back while a snapshot is under way
        self._closing = False
        await self.accept()
        refusal = await database_sync_to_async(_refusal)(self.scope["user"])
        if refusal is not None:
            await self._refuse(None, refusal, fatal=True)
            return
        await self._send(frame_of(messages.Hello(messages.PROTOCOL, messages.HEARTBEAT_SECONDS)))

    async def disconnect(self, code: int) -> None:
        """The socket is gone: the person keeps their place for a while."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        if self.connection:
            await get_hub().exit(self.room, self.connection, self)
            await database_sync_to_async(services.drop)(self.room, self.connection, self._number)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read one frame and answer it."""
        if self._closing:
            return
        match self._limit.take(time.monotonic()):
            case Verdict.CUT:
                await self._refuse(None, Code.TOO_MANY_MESSAGES, close=True)
                return
            case Verdict.REFUSE:
                await self._refuse(None, Code.TOO_MANY_MESSAGES)
                return
        try:
            if text_data is None:
                raise Unreadable(Code.MESSAGE_MALFORMED)
            incoming = decode(text_data)
        except Unreadable as refusal:
            await self._refuse(refusal.re, refusal.code)
            return
        await self._handle(incoming)

    # --- Commands ---------------------------------------------------------------------------------------------------

    async def _handle(self, incoming: Incoming) -> None:
        handler = self._HANDLERS[type(incoming.command)]
        try:
            if not self.connection and not isinstance(incoming.command, messages.Join | messages.Ping):
                raise Refused(Code.NOT_JOINED)
            answer = await handler(self, incoming)
        except Refused as refusal:
            await self._refuse(incoming.id, refusal.code)
        except Exception:
            logger.exception("live.command_failed", extra={"command": incoming.command.type})
            await self._refuse(incoming.id, Code.SERVER_ERROR)
        else:
            if answer is not None:
                await self._send(messages.Ok(re=incoming.id, data=answer))

    async def _on_join(self, incoming: Incoming) -> dict[str, Any] | None:
        command = incoming.command
        assert isinstance(command, messages.Join)
        if command.protocol != messages.PROTOCOL:
            raise Refused(Code.PROTOCOL_UNSUPPORTED)
        if self.connection:
            raise Refused(Code.NOT_ALLOWED)
        joined = await database_sync_to_async(services.join)(
            self.room, self.scope["user"], muted=command.muted, resume=command.resume
        )
        self.connection, self._number = joined.connection, joined.number
        # Frames that come while the snapshot is read follow it: the page has something to apply them to.
        self._held = []
        try:
            await get_hub().enter(self.room, self)
            snapshot = await database_sync_to_async(selectors.room_snapshot)(self.room)
            get_hub().knows(self.room, snapshot.seq)
            data = {"you": joined.person, "connection": joined.connection, "snapshot": dataclasses.asdict(snapshot)}
            await self._send(messages.Ok(re=incoming.id, data=data))
        finally:
            held, self._held = self._held, None
        for text in held:
            await self.send(text_data=text)
        return None

    async def _on_leave(self, incoming: Incoming) -> dict[str, Any] | None:
        connection, self.connection = self.connection, ""
        await get_hub().exit(self.room, connection, self)
        await database_sync_to_async(services.leave)(self.room, connection)
        await self._send(messages.Ok(re=incoming.id, data={}))
        await self._close(1000)
        return None

    async def _on_end(self, incoming: Incoming) -> dict[str, Any]:
        await database_sync_to_async(services.end)(self.room, self.connection)
        return {}

    async def _on_sync(self, incoming: Incoming) -> dict[str, Any]:
        snapshot = await database_sync_to_async(selectors.room_snapshot)(self.room)
        return {"snapshot": dataclasses.asdict(snapshot)}

    async def _on_mute(self, incoming: Incoming) -> dict[str, Any]:
        await database_sync_to_async(services.set_muted)(self.room, self.connection, muted=True)
        return {}

    async def _on_unmute(self, incoming: Incoming) -> dict[str, Any]:
        await database_sync_to_async(services.set_muted)(self.room, self.connection, muted=False)
        return {}

    async def _on_ping(self, incoming: Incoming) -> dict[str, Any]:
        if self.connection:
            get_hub().seen(self.connection)
        return {}

    async def _on_offer(self, incoming: Incoming) -> None:
        # A consumer reads its next frame only after this returns, and a worker may take seconds.
        if self._negotiation is not None:
            self._negotiation.cancel()
        self._negotiation = asyncio.create_task(self._negotiate(incoming))
        self._tasks.add(self._negotiation)
        self._negotiation.add_done_callback(self._tasks.discard)

    async def _negotiate(self, incoming: Incoming) -> None:
        assert isinstance(incoming.command, messages.MediaOffer)
        try:
            person = await database_sync_to_async(selectors.person_of)(self.room, self.connection)
            if person is None:
                raise Refused(Code.NOT_JOINED)
            answer = await get_negotiator().answer(
                room=self.room, person=person, connection=self.connection, sdp=incoming.command.sdp
            )
        except Refused as refusal:
            await self._refuse(incoming.id, refusal.code)
        except Exception:
            logger.exception("live.negotiation_failed")
            await self._refuse(incoming.id, Code.SERVER_ERROR)
        else:
            await self._send(messages.Ok(re=incoming.id, data={"sdp": answer}))

    _HANDLERS: dict[type, Callable[["RoomConsumer", Incoming], Awaitable[dict[str, Any] | None]]] = {
        messages.Join: _on_join,
        messages.Leave: _on_leave,
        messages.End: _on_end,
        messages.Sync: _on_sync,
        messages.Mute: _on_mute,
        messages.Unmute: _on_unmute,
        messages.MediaOffer: _on_offer,
        messages.Ping: _on_ping,
    }

    # --- What the hub calls -----------------------------------------------------------------------------------------

    def push(self, text: str) -> None:
        """Send a frame, soon and in order."""
        if self._held is not None:
            self._held.append(text)
        elif not self._closing:
            self._track(self.send(text_data=text))

    def dismiss(self, code: Code) -> None:
        """Say why, and close."""
        if not self._closing:
            self._track(self._refuse(None, code, close=True))

    # --- Saying it ----------------------------------------------------------------------------------------------------

    async def _refuse(self, re: int | None, code: Code, *, fatal: bool = False, close: bool = False) -> None:
        fatal = fatal or code in FATAL
        with translation.override(self._language):
            message = str(SENTENCES[code])
        await self._send(messages.Error(re=re, code=code.value, message=message, fatal=fatal))
        if fatal or close:
            await self._close(CLOSE_CODES.get(code, CLOSE_REFUSED))

    async def _send(self, answer: messages.Ok | messages.Error | dict[str, Any]) -> None:
        if not self._closing:
            await self.send(text_data=messages.encode(answer))

    async def _close(self, code: int) -> None:
        self._closing = True
        await self.close(code)

    def _track(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _refusal(user: Any) -> Code | None:
    if not user.is_authenticated or not user.is_active:
        return Code.SIGNED_OUT
    return None if Profile.objects.filter(user=user).exists() else Code.PROFILE_MISSING


def _language(scope: dict[str, Any]) -> str:
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    headers = dict(scope["headers"])
    request.META = {"HTTP_ACCEPT_LANGUAGE": headers.get(b"accept-language", b"").decode("latin-1")[:500]}
    return translation.get_language_from_request(request)
