"""Somebody whose page comes back by itself, as ours do (static/js/room/wire.js and media.js), to whichever web answers.

Their ears measure the longest gap, and their hands write all the time: what was acknowledged is remembered.
"""

import asyncio
import contextlib
import itertools
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiortc import RTCCertificate
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from rooms.audio.bench.client import Poller
from rooms.bench.page import Door, PageRefused
from rooms.domain import messages
from tests.faults.visitor import Ears, Visitor

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.4, 3.0  # as wire.js
SILENT_AFTER_SECONDS = 12.0
CHECK_SECONDS = 2.5
_LOST = (ConnectionClosed, InvalidHandshake, PageRefused, OSError, TimeoutError, asyncio.CancelledError)


class Measuring(Ears):
    """Ears that note the longest time without a packet."""

    def __init__(self) -> None:
        super().__init__()
        self.gap = 0.0
        self.gap_began = 0.0
        self._since: float | None = None

    def hear(self, payload: bytes, now: float) -> None:
        """One packet of the mix."""
        super().hear(payload, now)
        if self._since is not None and now - self._since > self.gap:
            self.gap, self.gap_began = now - self._since, self._since
        self._since = now

    def begin(self) -> None:
        """Measure from now on: from the last packet that came."""
        self.gap = self.gap_began = 0.0

    @property
    def heard_at(self) -> float:
        """When the last packet came (perf_counter)."""
        return self._since if self._since is not None else -math.inf

    @property
    def heard_again_at(self) -> float:
        """When the longest gap ended, that does not go on."""
        return self.gap_began + self.gap

    def longest_gap(self) -> float:
        """Seconds, the one that goes on now included."""
        going_on = time.perf_counter() - self._since if self._since is not None else float("inf")
        return max(self.gap, going_on)


@dataclass
class Written:
    """What one person wrote while things broke."""

    acknowledged: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    hand: bool | None = None  # as the last answer said; None: the last try was not answered
    answered_at: float = 0.0
    longest_wait: float = 0.0  # between two answers
    refused: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Measure from now on."""
        self.longest_wait, self.answered_at = 0.0, time.perf_counter()

    def answered(self) -> None:
        """The server has acknowledged something."""
        now = time.perf_counter()
        self.longest_wait = max(self.longest_wait, now - self.answered_at)
        self.answered_at = now


class Regular(Visitor):
    """See the module. `webs`: host and port of the web processes; the first is tried first."""

    def __init__(self, name: str, door: Door, poller: Poller, certificate: RTCCertificate, webs: Sequence[str]) -> None:
        super().__init__(door, poller, certificate)
        self.name = name
        self.ears: Measuring = Measuring()
        self.media.on_sound = self.ears.hear
        self.written = Written()
        self.over = ""  # the code of a refusal after which nobody comes back
        self.came_back = 0
        self.new_media = 0
        self._epoch = 0  # of the place that answered last, or that we were told of
        self._talks_at = 0
        self._webs = itertools.cycle(webs)
        self._chance = random.Random(name)
        self._wait = FIRST_WAIT_SECONDS
        self._heard = time.monotonic()
        self._muted = True
        self._own: set[asyncio.Task[None]] = set()
        self._returning: asyncio.Task[None] | None = None
        self._remaking: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._stop_writing = asyncio.Event()
        self._use_next_web()

    async def enter(self) -> float:
        """Come in, and stay until `close`, whatever happens."""
        seconds = await super().enter()
        self._keep(self._keep_media())
        return seconds

    @property
    def connected(self) -> bool:
        """Whether there is a socket and this page is inside by it."""
        return self._returning is None or self._returning.done()

    @property
    def seq(self) -> int:
        """How far the room's history has come, as far as this page knows."""
        return max(self._seqs.values())

    async def unmute(self) -> None:
        """Ask to be heard; coming back is by the same wish."""
        await super().unmute()
        self._muted = False

    def keep_writing(self, every: float = 0.4) -> None:
        """Raise and lower the hand, and now and then write a line, until `close`."""
        self._stop_writing.clear()
        self._writing = self._keep(self._write_on(every))

    async def stop_writing(self) -> None:
        """Write nothing more, once the last has been answered or given up."""
        self._stop_writing.set()
        if self._writing is not None:
            await self._writing

    def close(self) -> None:
        """Be gone without a word."""
        for task in self._own:
            task.cancel()
        super().close()

    # --- coming back ------------------------------------------------------------------------------------------------------

    def _use_next_web(self) -> None:
        path = self.door.address.split("/ws/")[1]
        self.door = replace(self.door, address=f"ws://{next(self._webs)}/ws/{path}")

    def _closed(self, closed: ConnectionClosed) -> None:
        super()._closed(closed)
        if self.person and not self._leaving and not self.over and self.connected:
            self._returning = self._keep(self._come_back())

    def _note(self, frame: dict[str, Any], now: float) -> None:
        super()._note(frame, now)
        self._heard = time.monotonic()
        if frame["type"] == messages.Error.type and frame["fatal"]:
            self.over = frame["code"]
        elif frame["type"] == messages.MediaRestart.type and not 0 < frame["data"]["epoch"] <= self._epoch:
            self._epoch = max(frame["data"]["epoch"], self._epoch)
            self._remake_media(anew=True)

    async def _come_back(self) -> None:
        while not self.over:
            await asyncio.sleep(self._wait * (0.75 + self._chance.random() / 2))
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
            for task in self._tasks:
                task.cancel()
            if self._socket.transport is not None:
                self._socket.transport.abort()
            self._use_next_web()
            before = self.connection
            self._hello = asyncio.get_running_loop().create_future()
            self._received, self._refusal, self.ended_by_server = 0, "", ""
            with contextlib.suppress(*_LOST[:-1]):
                self.muted = self._muted
                await self._come_in()
                self._wait = FIRST_WAIT_SECONDS
                self.came_back += 1
                if self.connection != before:
                    self._remake_media()
                return

    async def _beat(self) -> None:
        # Only signs of life: the sound is kept by `_keep_media`, with or without a socket.
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(messages.HEARTBEAT_SECONDS * (0.5 + self._chance.random() / 2))
                if time.monotonic() - self._heard > SILENT_AFTER_SECONDS:
                    self._socket.transport.abort()
                    return
                await self._acknowledge()

    # --- sound ------------------------------------------------------------------------------------------------------------

    async def _keep_media(self) -> None:
        for turn in itertools.count():
            if self._hears and self.media.connected:
                self.media.check()
                if turn % 2 == 0:
                    self.media.report()
            await asyncio.sleep(CHECK_SECONDS)

    async def offer(self, room: str, connection: str, sdp: str) -> str:
        """See Page; remembers which place answered."""
        answer = await self.command(messages.MediaOffer.type, sdp=sdp)
        self._epoch = max(self._epoch, answer["epoch"])
        return str(answer["sdp"])

    def talk(self, frequency: int) -> None:
        """See Visitor; goes on by another connection."""
        self._talks_at = frequency
        super().talk(frequency)

    def _remake_media(self, *, anew: bool = False) -> None:
        if self._remaking is not None and not self._remaking.done():
            if not anew:
                return
            self._remaking.cancel()  # it is with a worker that has the room no more
        self._remaking = self._keep(self._connect_until_it_works())

    async def _connect_until_it_works(self) -> None:
        while not self.over:
            with contextlib.suppress(*_LOST[:-1]):
                await self.connect_again()
                self.new_media += 1
                if self._talks_at:
                    self.talk(self._talks_at)
                return
            await asyncio.sleep(FIRST_WAIT_SECONDS)

    # --- writing ----------------------------------------------------------------------------------------------------------

    async def _write_on(self, every: float) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(every * (0.75 + self._chance.random() / 2))
            if self._stop_writing.is_set():
                return
            if not self.connected:
                continue
            if number % 8 == 0:
                await self._write(f"{self.name} writes line {number}")
            else:
                await self._move_hand(up=not self.written.hand, line=f"try {number}")

    async def _write(self, line: str) -> None:
        self.written.tried.append(line)
        if await self._acknowledged(messages.ChatSay.type, text=line):
            self.written.acknowledged.append(line)

    async def _move_hand(self, *, up: bool, line: str) -> None:
        self.written.hand = None
        if up and await self._acknowledged(messages.HandRaise.type, line=line):
            self.written.hand = True
        elif not up and await self._acknowledged(messages.HandLower.type):
            self.written.hand = False

    async def _acknowledged(self, kind: str, **data: Any) -> bool:
        try:
            await self.command(kind, **data)
        except PageRefused as refusal:
            self.written.refused[str(refusal)] = self.written.refused.get(str(refusal), 0) + 1
            return False
        except (OSError, TimeoutError):
            return False
        self.written.answered()
        return True

    def _keep(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._own.add(task)
        task.add_done_callback(self._own.discard)
        return task
