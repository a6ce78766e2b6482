"""Tells the pages of one room, in one web process, what is written and how people react: in batches, at most once a second,
however many write. Buses lose messages, so what is missing is read from the database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.db import database_sync_to_async

from rooms import events, selectors
from rooms.audio import wire
from rooms.bus import Bus
from rooms.domain.messages import RoomFrozen, You
from rooms.domain.roles import Act, Position, Role
from rooms.domain.snapshot import Person, Phase
from rooms.domain.talk import demand_may
from rooms.local_talk import LocalTalk

TELL_EVERY_SECONDS = 1.0
REACTIONS_GATHER_SECONDS = 0.3  # before they go onto the bus

Work = asyncio.Task[None]


class Talker:
    """The talk of one room. `push` sends a frame to everybody here, `spawn` does something in the background."""

    def __init__(
        self,
        room: str,
        bus: Bus,
        push: Callable[[dict[str, Any]], Awaitable[None]],
        spawn: Callable[[Coroutine[Any, Any, None]], Work],
    ) -> None:
        self.talk = LocalTalk()
        self._room = room
        self._bus = bus
        self._push = push
        self._spawn = spawn
        self._told_at = self._read_at = 0.0
        self._telling: Work | None = None
        self._reading: Work | None = None
        self._gathering: Work | None = None
        self._loading = asyncio.Lock()  # who comes second waits for the first

    async def load(self) -> None:
        """Read what was written until now, unless that is known."""
        async with self._loading:
            if not self.talk.loaded:
                self.talk.read(await database_sync_to_async(selectors.talk)(self._room))

    def stop(self) -> None:
        """Nobody is here any more."""
        for work in (self._telling, self._reading, self._gathering):
            if work is not None:
                work.cancel()

    def receive(self, data: dict[str, Any]) -> bool:
        """Take what came over the bus.

        Returns:
            Whether it was something of the talk's.
        """
        match data.get("kind"):
            case events.Said.kind:
                self.talk.said(data["message"], data["version"])
            case events.Unsaid.kind:
                self.talk.unsaid(data["message"], data["by"], data["version"])
            case events.QuestionsMoved.kind:
                self.talk.came(data["version"])
                self.talk.asked(data["asked"])
                self.read_soon()
                return True
            case events.Reacted.kind:
                self.talk.reacted(data["counts"])
            case _:
                return False
        self._tell_soon()
        return True

    def heard(self, frame: dict[str, Any]) -> None:
        """A frame of the stage's went to everybody: a frozen room does not react."""
        if frame["type"] == RoomFrozen.type:
            self.talk.frozen = frame["data"]["frozen"]

    def react(self, you: You, reaction: str) -> None:
        """Count a tap. However often people tap, nobody asks the database: how they stand is known here.

        Raises:
            Refused: `not_allowed`, `room_frozen`.
        """
        me = Person(you.id, Role(you.role), Position(you.position))
        demand_may(me, Act.REACT, Phase.LIVE, frozen=self.talk.frozen)
        self.talk.reacted_here(reaction)
        if _is_free(self._gathering):
            self._gathering = self._spawn(self._gather_reactions())

    def read_soon(self) -> None:
        """Something is otherwise in the database: read it, at most once a second, and tell what changed."""
        if _is_free(self._reading):
            self._reading = self._spawn(self._read())

    def _tell_soon(self) -> None:
        if self.talk.is_behind:
            self.read_soon()
        if _is_free(self._telling):
            self._telling = self._spawn(self._tell())

    async def _gather_reactions(self) -> None:
        await asyncio.sleep(REACTIONS_GATHER_SECONDS)
        self._gathering = None
        reacted = events.Reacted(self.talk.take_reactions_here())
        await self._bus.publish(wire.room_topic(self._room), {"kind": reacted.kind, "counts": reacted.counts})

    async def _tell(self) -> None:
        # The first is told at once; what follows within the second is one frame.
        await _until(self._told_at + TELL_EVERY_SECONDS)
        self._told_at, self._telling = time.monotonic(), None
        for frame in self.talk.take():
            await self._push(events.frame_of(frame))

    async def _read(self) -> None:
        await _until(self._read_at + TELL_EVERY_SECONDS)
        self._read_at, self._reading = time.monotonic(), None
        for frame in self.talk.read(await database_sync_to_async(selectors.talk)(self._room)):
            await self._push(events.frame_of(frame))
        self._tell_soon()


def _is_free(work: Work | None) -> bool:
    return work is None or work.done()


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
