"""The control process's side of its recogniser: started, fed, started again when it ends, asked how it keeps up. Nothing here
delays a tick, and nothing that goes wrong here ends a worker: rooms go on, and whoever looks after the server is told.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgpack

from rooms.audio.blocking import BlockingCalls
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.speech.messages import BY_KIND, Heard, Load, Plan, Setup, Spotted
from rooms.seeing.child_log import ChildLog
from rooms.seeing.logs import called

logger = logging.getLogger(__name__)

PLAN_SECONDS = 2.0
_TELL_SECONDS = 10.0  # how it keeps up, if nothing else changes
_DATABASE_SECONDS = 10.0
_LEAST_REST_SECONDS, _MOST_REST_SECONDS = 1.0, 60.0  # before the recogniser is started again
_RAN_WELL_SECONDS = 60.0
_REPLAYED_SECONDS = 20.0  # to one that follows one that crashed: what it was at
_MOST_REPLAYED_BYTES = 4 << 20
_MOST_UNWRITTEN = 1_000  # phrases that were spotted while the database is away
_COMPLAIN_EVERY_SECONDS = 60.0


class Process(Protocol):
    """What is known of a running recogniser."""

    pid: int

    def poll(self) -> int | None:
        """Its exit status, once it has ended."""

    def kill(self) -> None:
        """End it without asking."""

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended."""


def start_process(end: socket.socket, log: ChildLog = ChildLog()) -> Process:  # noqa: B008 - frozen
    """Start a recogniser with this end of a pipe. The caller closes the socket here afterwards."""
    command = [sys.executable, "-m", "rooms.audio.speech.recogniser", str(end.fileno())]
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    # No engine looks for a model anywhere but in its folder.
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return subprocess.Popen(  # noqa: S603 - our own program and a number
        command, pass_fds=(end.fileno(),), env=os.environ | one_thread | offline | log.environment()
    )


class State:
    """How the watch stands, in stable words."""

    STARTING, LISTENING, BEHIND, BROKEN = "starting", "listening", "behind", "broken"


class Watch:
    """See the module. `plan`, `spotted` and `tell` may be slow and ask the database; `plan` is asked about rooms in which
    somebody speaks. `tell` gets the state and the last that the recogniser said of itself."""

    def __init__(
        self,
        setup: Setup,
        *,
        plan: Callable[[set[str]], Plan],
        spotted: Callable[[Spotted], None],
        tell: Callable[[str, Load], None],
        start: Callable[[socket.socket], Process] = start_process,
    ) -> None:
        self._setup = setup
        self._ask_plan, self._write_spotted, self._tell = plan, spotted, tell
        self._start = start
        self._calls = BlockingCalls("audio-speech")
        self._plan = Plan()
        self._spoke_at: dict[str, float] = {}  # by room
        self._recent: deque[tuple[float, Heard]] = deque()
        self._recent_bytes = 0
        self._unwritten: asyncio.Queue[Spotted] = asyncio.Queue(_MOST_UNWRITTEN)
        self.load = Load(False, False, 0.0, 0.0, 0.0)
        self.state = State.STARTING
        self._told: tuple[str, tuple[str, ...]] | None = None
        self._told_at = float("-inf")
        self._complained_at: dict[str, float] = {}  # by what it was about: none hides another
        self._process: Process | None = None
        self._pipe: Pipe | None = None
        self._ended = asyncio.Event()
        self._new_room = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The recogniser's, while one runs."""
        return self._process.pid if self._process is not None else None

    def hear(self, room: str, batch: bytes) -> None:
        """Take what was just said in a room (`evidence.packets.pack`)."""
        now = time.monotonic()
        if room not in self._spoke_at:
            self._new_room.set()
        self._spoke_at[room] = now
        heard = Heard(room, batch)
        self._recent.append((now, heard))
        self._recent_bytes += len(batch)
        while self._recent and (
            now - self._recent[0][0] > _REPLAYED_SECONDS or self._recent_bytes > _MOST_REPLAYED_BYTES
        ):
            self._recent_bytes -= len(self._recent.popleft()[1].batch)
        if room in self._plan.rooms:
            self._send(heard)

    async def run(self) -> None:
        """Keep a recogniser running, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._supervise())
            tasks.create_task(self._tend())
            tasks.create_task(self._write())

    def close(self) -> None:
        """End it; call it when `run` has ended."""
        self._end_process()
        self._calls.close()

    # --- the process --------------------------------------------------------------------------------------------------

    async def _supervise(self) -> None:
        rest, replay = _LEAST_REST_SECONDS, False
        while True:
            began = time.monotonic()
            try:
                self._begin(replay=replay)
                await self._ended.wait()
            except OSError as error:
                self._complain("speech.not_started", called(error))
            finally:
                self._end_process()
            ran_well = time.monotonic() - began > _RAN_WELL_SECONDS
            # What it was at may be what ended it: a recogniser that ends at once is not given the same again.
            replay = ran_well or (not replay and self.load.ready)
            rest = _LEAST_REST_SECONDS if ran_well else min(_MOST_REST_SECONDS, 2 * rest)
            self.load = Load(False, False, 0.0, 0.0, 0.0)
            self.state = State.BROKEN
            self._complain("speech.recogniser_ended", f"started again in {rest:.0f} s")
            self._new_room.set()  # staff see it at once
            await asyncio.sleep(rest)

    def _begin(self, *, replay: bool) -> None:
        ours, theirs = socket.socketpair()
        self._ended.clear()
        with theirs:
            self._process = self._start(theirs)
        self._pipe = Pipe(ours, BY_KIND)
        asyncio.get_running_loop().add_reader(ours, self._read)
        self._send(self._setup)
        self._send(self._plan)
        if replay:
            for _at, heard in list(self._recent):
                if heard.room in self._plan.rooms:
                    self._send(heard)

    def _end_process(self) -> None:
        if self._pipe is not None:
            asyncio.get_running_loop().remove_reader(self._pipe)
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _send(self, message: Setup | Plan | Heard) -> None:
        if self._pipe is None:
            return
        try:
            if self._pipe.is_behind and isinstance(message, Heard):
                self._complain("speech.not_fed", "the recogniser does not read")
                return
            self._pipe.send(message)
        except Closed:
            self._ended.set()

    def _read(self) -> None:
        if self._pipe is None:
            return
        try:
            messages = self._pipe.receive()
            self._pipe.flush()
        except Closed:
            self._ended.set()
            return
        except (LookupError, TypeError, ValueError, msgpack.UnpackException) as error:
            # Of what follows nothing could be trusted to begin where it should: another one is started.
            self._complain("speech.answer_malformed", type(error).__name__)
            self._ended.set()
            return
        for message in messages:
            match message:
                case Spotted():
                    self._keep(message)
                case Load():
                    if message.malformed > self.load.malformed:
                        self._complain("speech.batch_malformed", f"{message.malformed} so far")
                    self.load = message
                    self.state = _state_of(message)
                    if message.behind:
                        self._complain("speech.behind", f"{message.left_out_seconds:.0f} s of speech left out so far")

    def _keep(self, spotted: Spotted) -> None:
        try:
            self._unwritten.put_nowait(spotted)
        except asyncio.QueueFull:
            self._complain("speech.flag_lost", "the database is away for too long")

    # --- the database -------------------------------------------------------------------------------------------------

    async def _tend(self) -> None:
        while True:
            self._new_room.clear()
            now = time.monotonic()
            self._spoke_at = {room: at for room, at in self._spoke_at.items() if now - at < _REPLAYED_SECONDS}
            try:
                plan = await self._calls.call(partial(self._ask_plan, set(self._spoke_at)), within=_DATABASE_SECONDS)
                self._follow(plan)
                await self._tell_state()
            except Exception as error:
                self._complain("speech.no_database", called(error))
            try:
                async with asyncio.timeout(PLAN_SECONDS):
                    await self._new_room.wait()
            except TimeoutError:
                pass

    def _follow(self, plan: Plan) -> None:
        if plan == self._plan:
            return
        before, self._plan = self._plan, plan
        self._send(plan)
        for _at, heard in list(self._recent):  # of rooms whose language was not known when it came
            if heard.room in plan.rooms and heard.room not in before.rooms:
                self._send(heard)

    async def _tell_state(self) -> None:
        told, now = (self.state, self.load.unknown), time.monotonic()
        if told == self._told and now - self._told_at < _TELL_SECONDS:
            return
        await self._calls.call(partial(self._tell, self.state, self.load), within=_DATABASE_SECONDS)
        self._told, self._told_at = told, now

    async def _write(self) -> None:
        """What was spotted, again and again until it is written: whoever keeps it knows it twice told."""
        while True:
            spotted = await self._unwritten.get()
            while True:
                try:
                    await self._calls.call(partial(self._write_spotted, spotted), within=_DATABASE_SECONDS)
                    break
                except Exception as error:
                    self._complain("speech.flag_waits", called(error))
                    await asyncio.sleep(PLAN_SECONDS)

    def _complain(self, event: str, reason: str) -> None:
        now = time.monotonic()
        if now - self._complained_at.get(event, float("-inf")) >= _COMPLAIN_EVERY_SECONDS:
            self._complained_at[event] = now
            logger.warning(event, extra={"reason": reason})


def _state_of(load: Load) -> str:
    if not load.ready:
        return State.STARTING
    return State.BEHIND if load.behind else State.LISTENING
