"""One page's WebSocket: its life, and which service each command goes to."""

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation
from structlog.contextvars import bind_contextvars

from rooms import hooks, selectors, services
from rooms.domain import messages
from rooms.domain.errors import Code, Refused
from rooms.domain.pace import REACTING
from rooms.domain.roles import RUNS_THE_ROOM, Role
from rooms.events import frame_of
from rooms.hub import get_hub
from rooms.seeing import metrics
from rooms.selectors.talk import moment
from rooms.signalling.codec import Incoming, Unreadable, decode
from rooms.signalling.commands import CHANGES
from rooms.signalling.limits import FrameLimit, Unread, Verdict
from rooms.signalling.negotiate import get_negotiator
from rooms.signalling.visitors import entrant_of, language_of, refusal_of
from rooms.wording import SENTENCES

logger = logging.getLogger(__name__)

# Refusals after which coming back with the same would be refused again: the page stops trying.
FATAL = {
    Code.PROTOCOL_UNSUPPORTED,
    Code.SIGNED_OUT,
    Code.PROFILE_MISSING,
    Code.SUPERSEDED,
    Code.MOVED_TO_ANOTHER_ROOM,
    Code.REMOVED,
    Code.BANNED,
    Code.NOT_ADMITTED,
    Code.ROOM_PRIVATE,
    Code.ROOM_NOT_FOUND,
    Code.ROOM_NOT_OPEN,
    Code.ROOM_ENDED,
}
CLOSE_CODES = {
    Code.SIGNED_OUT: 4401,
    Code.PROFILE_MISSING: 4403,
    Code.BANNED: 4403,
    Code.NOT_ADMITTED: 4403,
    Code.ROOM_PRIVATE: 4403,
    Code.ROOM_NOT_FOUND: 4404,
    Code.NOT_JOINED: 4408,
    Code.MEDIA_MISSING: 4408,
    Code.SUPERSEDED: 4409,
    Code.ROOM_ENDED: 4410,
    Code.REMOVED: 4411,
    Code.MOVED_TO_ANOTHER_ROOM: 4412,
    Code.READER_TOO_SLOW: 4413,
    Code.TOO_MANY_MESSAGES: 4429,
}
CLOSE_REFUSED = 4400
CLOSE_COME_BACK = 4503  # without an error: pages come back by themselves
CLOSE_GO_ELSEWHERE = 4504  # likewise, and at once: this process ends, others go on
ENTRANCE_WITHIN_SECONDS = 6.0  # pages wait for eight: nobody is let in who has gone meanwhile


@dataclass(frozen=True, slots=True)
class Closing:
    """The last entry of an outbox."""

    code: int


class RoomConsumer(AsyncWebsocketConsumer):
    """Who is here, in which room, by which connection. Everything else is the services'."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does it, but straight away: a visit to the database's one thread before every frame would let pings and
        hands wait behind whoever enters. Each of our calls looks after old connections itself."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Accept everybody of our own origin, so that whoever may not enter is told why."""
        self.room: str = self.scope["url_route"]["kwargs"]["public_id"]
        self.connection = ""  # set by joining
        self.number = 0
        self._limit = FrameLimit()
        self._unread = Unread()
        self._reacted = 0.0  # when all reactions are paid off
        self._language = language_of(self.scope)
        self._tasks: set[asyncio.Task[None]] = set()
        self._negotiation: asyncio.Task[None] | None = None
        self._held: list[str] | None = None  # frames kept back while a snapshot is under way
        self._outbox: asyncio.Queue[str | Closing] = asyncio.Queue()
        self._closing = False
        self._answering = False
        self._dismissal: tuple[Code, dict[str, str]] | None = None
        bind_contextvars(room=self.room)
        metrics.SOCKETS.labels("room").inc()
        await self.accept()
        self._track(self._write())
        if get_hub().ending:
            self.send_elsewhere()
            return
        refusal = await database_sync_to_async(refusal_of)(self.scope)
        if refusal is not None:
            self._refuse(None, refusal, close=True)
        else:
            self._say(frame_of(messages.Hello(messages.PROTOCOL, messages.HEARTBEAT_SECONDS)))

    async def disconnect(self, code: int) -> None:
        """The socket is gone: the person keeps their place for a while."""
        self._closing = True
        metrics.SOCKETS.labels("room").dec()
        for task in self._tasks:
            task.cancel()
        if self.connection:
            await get_hub().exit(self.room, self.connection, self)
            await database_sync_to_async(services.drop)(self.room, self.connection, self.number)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read one frame and answer it."""
        if self._closing:
            return
        match self._limit.take(time.monotonic()):
            case Verdict.CUT:
                self._refuse(None, Code.TOO_MANY_MESSAGES, close=True)
                return
            case Verdict.REFUSE:
                self._refuse(None, Code.TOO_MANY_MESSAGES)
                return
        try:
            if text_data is None:
                raise Unreadable(Code.MESSAGE_MALFORMED)
            incoming = decode(text_data)
        except Unreadable as refusal:
            self._refuse(refusal.re, refusal.code)
            return
        await self._handle(incoming)

    # --- Commands ---------------------------------------------------------------------------------------------------

    async def _handle(self, incoming: Incoming[messages.Command]) -> None:
        began, outcome = time.monotonic(), "ok"
        try:
            if not self.connection and not isinstance(incoming.command, messages.Join | messages.Ping):
                raise Refused(Code.NOT_JOINED)
            answer = await self._answer(incoming)
        except Refused as refusal:
            outcome = "refused"
            self._refuse(incoming.id, refusal.code, refusal.details)
        except Exception:
            outcome = "failed"
            logger.exception("live.command_failed", extra={"command": incoming.command.type})
            self._refuse(incoming.id, Code.SERVER_ERROR)
        else:
            if answer is not None:
                self._say(messages.Ok(re=incoming.id, data=answer))
        finally:
            _measure(incoming.command, outcome, time.monotonic() - began)
            self._answering = False
            if self._dismissal is not None:
                code, details = self._dismissal
                self.dismiss(code, **details)

    async def _answer(self, incoming: Incoming[messages.Command]) -> dict[str, Any] | None:
        change = CHANGES.get(type(incoming.command))
        if change is not None:
            self._answering = True
            return await database_sync_to_async(change)(self.room, self.connection, incoming.command) or {}
        return await self._HANDLERS[type(incoming.command)](self, incoming)

    async def _on_join(self, incoming: Incoming[messages.Command]) -> dict[str, Any] | None:
        command = incoming.command
        assert isinstance(command, messages.Join)
        if command.protocol != messages.PROTOCOL:
            raise Refused(Code.PROTOCOL_UNSUPPORTED)
        if self.connection:
            raise Refused(Code.NOT_ALLOWED)
        entrance = get_hub().entrance
        try:
            async with asyncio.timeout(ENTRANCE_WITHIN_SECONDS):
                await entrance.acquire()
        except TimeoutError:
            self._close(CLOSE_COME_BACK)
            return None
        try:
            await self._enter(incoming.id, command)
        finally:
            entrance.release()
        return None

    async def _enter(self, re: int, command: messages.Join) -> None:
        joined, quiet, place = await database_sync_to_async(self._join)(command)
        self.connection, self.number = joined.connection, joined.number
        bind_contextvars(connection=joined.connection)
        self._held = []
        try:
            await get_hub().enter(self.room, self, quiet)
            if place is not None:
                get_hub().resumed(self.room, self.connection, *place)
            await self._tell_whole(re, connection=joined.connection)
        except BaseException:
            # They are in by another socket already, or out again: this one is of no use.
            self._held = None
            await get_hub().exit(self.room, self.connection, self)
            self._refuse(re, Code.NOT_JOINED, close=True)
            raise
        await self._tell_conflicts()

    async def _tell_conflicts(self) -> None:
        """To a host who comes: who met before. Who comes later is told of by the bus."""
        if get_hub().is_host(self.room, self.connection):
            for conflict in await database_sync_to_async(selectors.conflicts_in)(self.room):
                self.push(messages.encode(frame_of(conflict)))

    async def _tell_whole(self, re: int, **more: str) -> None:
        """Answer with everything. Frames that come while it is read follow it: the page has something to apply them to."""
        self._held = self._held or []
        try:
            whole = await self._whole()
            self._say(messages.Ok(re=re, data={**more, **whole}))
        finally:
            held, self._held = self._held, None
            for text in held:
                self._put(text)

    def _join(self, command: messages.Join) -> tuple[services.Joined, list[str], tuple[str, int] | None]:
        joined = services.join(
            self.room,
            entrant_of(self.scope),
            muted=command.muted,
            resume=command.resume,
            leave_other=command.leave_other,
            as_staff=command.as_staff,
            accepts=command.accepts,
        )
        place = None
        if command.resume == joined.connection:
            place = selectors.places_of(self.room, [joined.connection]).get(joined.connection)
        return joined, selectors.quiet_for(self.room, joined.person), place

    async def _whole(self) -> dict[str, Any]:
        """Everything that this page may know of the room."""
        hub, began = get_hub(), time.monotonic()
        lately = hub.lately(self.room)
        asked = hub.talk(self.room).has_questions
        you, snapshot, desk, voted, wait, waiting, quiet = await database_sync_to_async(_read)(
            self.room, self.connection, lately, asked=asked
        )
        read_at = None if snapshot is lately else began
        hub.knows(self.room, self.connection, you, snapshot, read_at=read_at, desk_seq=desk.seq if desk else None)
        return {
            "you": dataclasses.asdict(you),
            "snapshot": snapshot,
            "desk": dataclasses.asdict(desk) if desk else None,
            "talk": hub.talk(self.room).whole(voted, wait, waiting, quiet),  # with every frame until now
        }

    async def _on_leave(self, incoming: Incoming[messages.Command]) -> dict[str, Any] | None:
        connection, self.connection = self.connection, ""
        await get_hub().exit(self.room, connection, self)
        await database_sync_to_async(services.leave)(self.room, connection)
        self._say(messages.Ok(re=incoming.id, data={}))
        self._close(1000)
        return None

    async def _on_sync(self, incoming: Incoming[messages.Command]) -> None:
        await self._tell_whole(incoming.id)

    async def _on_react(self, incoming: Incoming[messages.Command]) -> dict[str, Any]:
        assert isinstance(incoming.command, messages.RoomReact)
        due = REACTING.step(self._reacted, time.monotonic())
        if due is None:
            raise Refused(Code.TOO_MANY_MESSAGES)
        get_hub().react(self.room, self.connection, incoming.command.reaction)
        self._reacted = due
        return {}

    async def _on_people(self, incoming: Incoming[messages.Command]) -> dict[str, Any]:
        assert isinstance(incoming.command, messages.RoomPeople)
        query = incoming.command.query
        found = await database_sync_to_async(services.find_people)(self.room, self.connection, query)
        return {"people": [dataclasses.asdict(visitor) for visitor in found]}

    async def _on_audience(self, incoming: Incoming[messages.Command]) -> dict[str, Any]:
        assert isinstance(incoming.command, messages.RoomAudience)
        after = incoming.command.after
        faces, more = await database_sync_to_async(services.see_audience)(self.room, self.connection, after)
        return {"faces": [dataclasses.asdict(face) for face in faces], "more": more}

    async def _on_ping(self, incoming: Incoming[messages.Command]) -> dict[str, Any]:
        assert isinstance(incoming.command, messages.Ping)
        self._unread.received(incoming.command.received)
        if self.connection:
            get_hub().seen(self.connection)
        return {"epoch": get_hub().media_epoch(self.room, self.connection)}

    async def _on_offer(self, incoming: Incoming[messages.Command]) -> None:
        # A consumer reads its next frame only after this returns, and a worker may take seconds.
        if self._negotiation is not None:
            self._negotiation.cancel()
        self._negotiation = self._track(self._negotiate(incoming))

    async def _negotiate(self, incoming: Incoming[messages.Command]) -> None:
        assert isinstance(incoming.command, messages.MediaOffer)
        began, outcome = time.monotonic(), "ok"
        try:
            person = await database_sync_to_async(selectors.person_of)(self.room, self.connection)
            if person is None:
                raise Refused(Code.NOT_JOINED)
            answer = await get_negotiator().answer(
                room=self.room, person=person, connection=self.connection, sdp=incoming.command.sdp
            )
        except Refused as refusal:
            outcome = "refused"
            self._refuse(incoming.id, refusal.code)
        except Exception:
            outcome = "failed"
            logger.exception("live.negotiation_failed")
            self._refuse(incoming.id, Code.SERVER_ERROR)
        else:
            place = answer.place
            if not place.share and place.epoch < get_hub().media_epoch(self.room):
                metrics.NEGOTIATIONS.labels("refused").inc()
                self._refuse(incoming.id, Code.MEDIA_UNAVAILABLE)  # placed anew meanwhile: what answered is not heard
                return
            told = {"sdp": answer.sdp, "epoch": place.epoch, "shared": bool(place.share)}
            self._say(messages.Ok(re=incoming.id, data=told))
            get_hub().negotiated(self.room, self.connection, place)
            metrics.NEGOTIATION_SECONDS.observe(time.monotonic() - began)
        metrics.NEGOTIATIONS.labels(outcome).inc()

    _HANDLERS: dict[type, Callable[["RoomConsumer", Incoming[messages.Command]], Awaitable[dict[str, Any] | None]]] = {
        messages.Join: _on_join,
        messages.Leave: _on_leave,
        messages.Sync: _on_sync,
        messages.RoomPeople: _on_people,
        messages.RoomAudience: _on_audience,
        messages.RoomReact: _on_react,
        messages.MediaOffer: _on_offer,
        messages.Ping: _on_ping,
    }

    # --- What the hub calls -----------------------------------------------------------------------------------------

    def push(self, text: str) -> None:
        """Send a frame, soon and in order."""
        if self._held is not None:
            self._held.append(text)
        else:
            self._put(text)

    def send_elsewhere(self) -> None:
        """This process ends: the page comes back to another, after all that it was sent."""
        self._close(CLOSE_GO_ELSEWHERE)

    def dismiss(self, code: Code, **details: str) -> None:
        """Say why, and close; a command that is being carried out is answered first."""
        if self._answering:
            self._dismissal = self._dismissal or (code, details)
        else:
            self._refuse(None, code, details, close=True)

    def warn(self, code: Code) -> None:
        """Say that something was taken from them, and why; an answer to nothing they asked."""
        self._refuse(None, code)

    # --- Saying it ----------------------------------------------------------------------------------------------------

    def _refuse(
        self, re: int | None, code: Code, details: Mapping[str, object] | None = None, *, close: bool = False
    ) -> None:
        metrics.ERRORS.labels(code.value).inc()
        with translation.override(self._language):
            told = {name: str(detail) for name, detail in (details or {}).items()}
            message = " ".join(filter(None, (str(SENTENCES[code]), told.get("reason"))))
        fatal = code in FATAL
        self._say(messages.Error(re=re, code=code.value, message=message, fatal=fatal, details=told))
        if fatal or close:
            self._close(CLOSE_CODES.get(code, CLOSE_REFUSED))

    def _say(self, answer: messages.Ok | messages.Error | dict[str, Any]) -> None:
        if isinstance(answer, messages.Ok):  # not by `asdict`, which would copy the whole room for every page
            answer = {"type": answer.type, "re": answer.re, "data": answer.data}
        self._put(messages.encode(answer))

    def _put(self, text: str) -> None:
        if self._closing:
            return
        if self._unread.sent(len(text)):
            self._outbox.put_nowait(text)
        else:
            self._unread = Unread()  # for the one frame that says why
            metrics.SLOW_READERS.inc()
            self._refuse(None, Code.READER_TOO_SLOW, close=True)

    def _close(self, code: int) -> None:
        if not self._closing:
            self._closing = True
            self._outbox.put_nowait(Closing(code))

    async def _write(self) -> None:
        """Send what is in the outbox, in order, until the end."""
        with contextlib.suppress(ConnectionError):
            while True:
                item = await self._outbox.get()
                if isinstance(item, Closing):
                    await self.close(item.code)
                    return
                await self.send(text_data=item)

    def _track(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _measure(command: messages.Command, outcome: str, seconds: float) -> None:
    metrics.COMMANDS.labels(command.type, outcome).inc()
    metrics.COMMAND_SECONDS.labels(command.type).observe(seconds)
    if isinstance(command, messages.Join):
        metrics.JOINS.labels(outcome).inc()
        if outcome == "ok":
            metrics.JOIN_SECONDS.observe(seconds)


def _read(
    room: str, connection: str, lately: dict[str, Any] | None, *, asked: bool
) -> tuple[messages.You, dict[str, Any], messages.Desk | None, list[str], int, list[dict[str, Any]], list[str]]:
    """How one stands, the room, for those who run it their desk; what one voted for, if something was `asked`, how long
    one waits before writing, what one wrote that waits for staff, and whom one muted for oneself. The desk's version is read
    before its rows. `lately` is the room as another page was told it a moment ago: it is good as long as nothing has happened
    on stage since.

    Raises:
        Refused: `not_joined`, when they were taken off the roster meanwhile.
    """
    you = selectors.standings(room, [connection]).get(connection)
    if you is None:
        raise Refused(Code.NOT_JOINED)
    if lately is None or selectors.versions([room])[room][0] != lately["seq"]:
        lately = dataclasses.asdict(selectors.room_snapshot(room))
    desk = selectors.desk(room) if Role(you.role) in RUNS_THE_ROOM else None
    voted = selectors.voted(room, you.id) if asked else []
    wait = selectors.chat_wait(you.id, you.role, lately["slow_mode"])
    waiting = [
        {"id": words.id, "kind": words.kind, "text": words.text, "at": moment(words.at)}
        for words in hooks.waiting_words(room, you.id)
    ]
    return you, lately, desk, voted, wait, waiting, selectors.quiet_for(room, you.id)
