"""The self-test's WebSocket: an echo, the TURN servers, and a sound check with an audio worker. For guests too: what it costs
is bounded by how often a network may come, how many may at once, and how long it lasts."""

import asyncio
import contextlib
import dataclasses
import logging
import secrets
import time
from typing import Any, ClassVar

from allauth.core.internal import ratelimit  # the public one wants a view's request
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.exceptions import PermissionDenied
from django.utils import translation

from accounts import clock
from rooms import selectors, turn
from rooms.domain import messages
from rooms.domain.errors import Code, Refused
from rooms.events import frame_of
from rooms.seeing import metrics
from rooms.signalling.codec import Incoming, Unreadable, decode_one_of
from rooms.signalling.limits import FrameLimit, Verdict
from rooms.signalling.negotiate import get_negotiator
from rooms.signalling.visitors import language_of, request_of
from rooms.wording import SENTENCES

logger = logging.getLogger(__name__)

LASTS_SECONDS = 45.0  # a worker ends the sound after thirty
MOST_AT_ONCE = 20  # in one web process
MOST_OFFERS = 6
CLOSE_OVER = 1000
CLOSE_TOO_MANY = 4429


class SoundCheckConsumer(AsyncWebsocketConsumer):
    """One check. It knows nobody and changes nothing."""

    at_once: ClassVar[set["SoundCheckConsumer"]] = set()

    async def connect(self) -> None:
        """Accept, so that whoever comes too often is told so."""
        self._check = secrets.token_urlsafe(9)
        self._worker = ""
        self._offers = 0
        self._limit = FrameLimit()
        self._language = language_of(self.scope)
        self._end: asyncio.Task[None] | None = None
        metrics.SOCKETS.labels("check").inc()
        await self.accept()
        is_full = len(self.at_once) >= MOST_AT_ONCE
        if not is_full:
            self.at_once.add(self)  # before anything is waited for: many come at the same moment
        try:
            may_go_on = not is_full and await database_sync_to_async(self._comes_seldom)()
        except BaseException:  # then nobody calls `disconnect`
            self.at_once.discard(self)
            metrics.SOCKETS.labels("check").dec()
            raise
        if not may_go_on:
            self.at_once.discard(self)
            await self._refuse(None, Code.TOO_MANY_MESSAGES)
            await self.close(CLOSE_TOO_MANY)
            return
        self._end = asyncio.create_task(self._close_in_time())
        await self._say(frame_of(messages.Hello(messages.PROTOCOL, messages.HEARTBEAT_SECONDS)))

    async def disconnect(self, code: int) -> None:
        """Whatever it used is free again."""
        self.at_once.discard(self)
        metrics.SOCKETS.labels("check").dec()
        if self._end is not None:
            self._end.cancel()
        if self._worker:
            await get_negotiator().end_check(worker=self._worker, check=self._check)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read one frame and answer it."""
        if self not in self.at_once:
            return
        if self._limit.take(time.monotonic()) is not Verdict.PASS:
            await self._refuse(None, Code.TOO_MANY_MESSAGES)
            await self.close(CLOSE_TOO_MANY)
            return
        try:
            incoming = decode_one_of(messages.CHECK_COMMANDS, text_data or "")
        except Unreadable as refusal:
            await self._refuse(refusal.re, refusal.code)
            return
        try:
            answer = await self._answer(incoming)
        except Refused as refusal:
            await self._refuse(incoming.id, refusal.code)
        except Exception:
            logger.exception("check.command_failed")
            await self._refuse(incoming.id, Code.SERVER_ERROR)
        else:
            await self._say(messages.Ok(re=incoming.id, data=answer))

    async def _answer(self, incoming: Incoming[messages.CheckCommand]) -> dict[str, Any]:
        match incoming.command:
            case messages.CheckOffer(speaks=speaks, sdp=sdp):
                return {"sdp": await self._negotiate(speaks, sdp)}
            case messages.CheckRelay():
                now = clock.now().timestamp()
                return dataclasses.asdict(turn.relay_for(self._check, now, turn.CHECK_LASTS_SECONDS))
            case _:
                return {}

    async def _negotiate(self, speaks: bool, sdp: str) -> str:
        self._offers += 1
        if self._offers > MOST_OFFERS:
            raise Refused(Code.TOO_MANY_MESSAGES)
        if not self._worker:
            self._worker = await database_sync_to_async(_a_worker)()
        return await get_negotiator().answer_check(worker=self._worker, check=self._check, speaks=speaks, sdp=sdp)

    def _comes_seldom(self) -> bool:
        """Whether the network has not asked for too many already; one that is not known is bounded by the others' number."""
        try:
            usage = ratelimit.consume(
                request_of(self.scope), app="allauth.account", action="sound_check", limit_get=True
            )
        except (PermissionDenied, ValueError):
            return True
        return usage is not None

    async def _close_in_time(self) -> None:
        await asyncio.sleep(LASTS_SECONDS)
        await self.close(CLOSE_OVER)

    async def _refuse(self, re: int | None, code: Code) -> None:
        metrics.ERRORS.labels(code.value).inc()
        with translation.override(self._language):
            message = str(SENTENCES[code])
        await self._say(messages.Error(re=re, code=code.value, message=message, fatal=False))

    async def _say(self, frame: messages.Ok | messages.Error | dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):
            await self.send(text_data=messages.encode(frame))


def _a_worker() -> str:
    worker = selectors.accepting_workers().first()
    if worker is None:
        raise Refused(Code.MEDIA_UNAVAILABLE)
    return worker.worker_id
