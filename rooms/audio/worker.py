"""An audio worker's life: offers from the bus, the roster from the database, calls that come and go. Knows no Django.

This is its control process; the sound is made in another, which nothing here can delay (`media.py`, docs/decisions/0009).
"""

import asyncio
import gc
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from rooms.audio import control, wire
from rooms.audio.blocking import BlockingCalls
from rooms.audio.callers import Caller, Callers
from rooms.audio.codec import Encoder
from rooms.audio.echo import EVERY_SECONDS as ECHO_SECONDS
from rooms.audio.echo import Echo
from rooms.audio.keeper import Keeper
from rooms.audio.lease_holder import LeaseHolder
from rooms.audio.media_link import MediaLink, StartMedia, start_process
from rooms.audio.reporting import Reporting
from rooms.audio.sharing import Sharing
from rooms.audio.sound_checks import SoundChecks, offer_of, truth_of
from rooms.audio.speech.watch import Watch
from rooms.audio.telling import for_room
from rooms.audio.transport import ice_lite, sdp
from rooms.audio.transport.call import Call, Endpoint
from rooms.audio.transport.dtls import certificate
from rooms.audio.transport.own_address import own_address
from rooms.audio.transport.relay import secret_of
from rooms.audio.usage import Usage
from rooms.seeing.disks import OK
from rooms.seeing.readiness import Readiness

logger = logging.getLogger(__name__)

RECONCILE_SECONDS = 0.5
_LEAST_BETWEEN_READINGS_SECONDS = 0.1  # of the roster, however many come
_REST_AFTER_READING = 9  # times as long as it took: a large roster is not read all the time
HEARTBEAT_SECONDS = 0.5
_GUARD_SECONDS = 0.5  # how often witnesses are asked for
_DRAIN_LOOK_SECONDS = 0.25
USAGE_SECONDS = 5.0
_PULSE_WITHIN_SECONDS = 3.0  # media tells every second that it lives
_DATABASE_SECONDS = 5.0
_NEEDED = frozenset({"media", "database", "stopping"})


class Bus(Protocol):
    """What the worker needs of the bus."""

    async def subscribe(self, topic: str, receive: Callable[[dict[str, Any]], None]) -> None:
        """Receive a topic's messages."""

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Send one."""


@dataclass(frozen=True, slots=True)
class Config:
    """Where the worker listens and how much it carries."""

    public_ip: str
    udp_port: int
    bind_ip: str = "0.0.0.0"  # noqa: S104 - production listens on every interface
    most_peers: int = 3_000
    worker_id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    secret: str = field(
        default_factory=lambda: secrets.token_urlsafe(32), repr=False
    )  # of all workers of an installation
    former_secrets: tuple[str, ...] = field(default=(), repr=False)  # others may still use one of them

    @property
    def tells_its_own_address(self) -> bool:
        """Whether browsers are told its own too: Firefox sends nothing to loopback from inside a network."""
        return self.bind_ip == "0.0.0.0" and ipaddress.ip_address(self.public_ip).is_loopback  # noqa: S104


class AudioWorker:
    """See the module. `read_truth`, `heartbeat`, `without_media` and `move_away` are synchronous and may be slow: they run in
    threads of their own, for none may hold up a reading or a beat. `without_media` gets the connections that are on the
    roster and have had no sound for too long, and the epoch of each one's room. `move_away` is called while the worker
    drains: it has the rooms moved, and returns how many with people in them stay. `unfed` gets the rooms that are mixed
    elsewhere and of which no sound has come for too long, again and again. Without a `keeper` nothing of what is said
    is kept, without a `watch` no machine listens to it. `use` gets what was used, every few seconds, in the thread of the
    beats; `connected` how many seconds each handshake took."""

    def __init__(
        self,
        config: Config,
        bus: Bus,
        *,
        read_truth: Callable[[], dict[str, wire.RoomTruth]],
        heartbeat: Callable[[wire.Load], None],
        without_media: Callable[[dict[str, int]], object],
        move_away: Callable[[], int] = lambda: 0,
        unfed: Callable[[list[str]], object] = lambda rooms: None,
        keeper: Keeper | None = None,
        watch: Watch | None = None,
        use: Callable[[Usage], None] | None = None,
        connected: Callable[[float], None] = lambda seconds: None,
        start_media: StartMedia = start_process,
    ) -> None:
        self.config = config
        self._bus = bus
        self._read_truth = read_truth
        self._heartbeat = heartbeat
        self._without_media = without_media
        self._move_away = move_away
        self._unfed = unfed
        self._keeper = keeper
        self._watch = watch
        self._use = use
        self._connected = connected
        self._start_media = start_media
        self._readings = BlockingCalls("audio-readings")
        self._beats = BlockingCalls("audio-beats")
        self._departures = BlockingCalls("audio-departures")
        self._departing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._checks = SoundChecks()
        self._draining = False
        self._roster_at = 0.0  # seconds of the loop's clock: when the database answered last
        self._stopping = asyncio.Event()
        self._roster_wanted = asyncio.Event()
        self._failure: BaseException | None = None
        self._media: MediaLink
        self._callers: Callers
        self._lease: LeaseHolder
        self._echo: Echo
        self._sharing: Sharing
        self._reporting: Reporting
        self._port = 0

    # --- life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take the port and begin.

        Raises:
            OSError: the port is in use, or the address is not this machine's.
            CodecMissing: there is no libopus.
        """
        Encoder()
        with ice_lite.listen(self.config.bind_ip, self.config.udp_port) as port:
            own = own_address if self.config.tells_its_own_address else lambda: ""
            self._port = port.getsockname()[1]
            endpoint = Endpoint(self.config.public_ip, self._port, certificate(), own)
            self._media = MediaLink(port, self._start_media, receive=self._hear, lost=self._fail)
        self._callers = Callers(
            self._media,
            endpoint,
            self.config.most_peers,
            came=self._roster_wanted.set,
            connected=self._connected,
            lost=self._lost,
            dropped=self._close,
        )
        clock = asyncio.get_running_loop().time
        known = (self.config.secret, *self.config.former_secrets)
        self._sharing = Sharing(tuple(map(secret_of, known)), self.config.worker_id, self._media.send)
        self._reporting = Reporting(clock)
        self._echo = Echo(clock)
        self._lease = LeaseHolder(clock, self._media.send, self._callers.tell_stages_again)
        await self._bus.subscribe(wire.worker_topic(self.config.worker_id), self._receive)
        self._spawn(self._for_ever(self._read_roster()))
        self._spawn(self._for_ever(_every(HEARTBEAT_SECONDS, self._beat)))
        self._spawn(self._for_ever(_every(_GUARD_SECONDS, self._guard_lease)))
        self._spawn(self._for_ever(_every(ECHO_SECONDS, self._call_to_itself)))
        self._spawn(self._for_ever(_every(USAGE_SECONDS, self._record_usage)))
        if self._keeper is not None:
            self._spawn(self._for_ever(self._keeper.run()))
        if self._watch is not None:
            self._spawn(self._for_ever(self._watch.run()))

    async def announce(self) -> None:
        """Say that the worker is there and knows of no peer; call it once it is registered."""
        await self._bus.publish(wire.WORKERS_TOPIC, wire.encode(wire.WorkerStarted(self.config.worker_id)))

    async def run_until_stopped(self) -> None:
        """Wait for `stop`, then end every call and free the port.

        Raises:
            Exception: whatever ended a loop, or the process, that the worker cannot do without.
        """
        await self._stopping.wait()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for caller in self._callers:
            await caller.call.close()
        await self._media.close()
        for calls in (self._readings, self._beats, self._departures):
            calls.close()
        if self._keeper is not None:
            self._keeper.close()
        if self._watch is not None:
            self._watch.close()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping.set()

    def drain(self, within: float) -> None:
        """Ask for the end once every room is elsewhere or over, or after so many seconds. Asked again, it ends at once."""
        if self._draining or within <= 0:
            self.stop()
            return
        self._draining = True
        self._spawn(self._drain(within))

    async def _drain(self, within: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + within
        while clock() < end:
            try:
                staying = await self._departures.call(self._move_away, within=_DATABASE_SECONDS)
                if not staying and not self.rooms:
                    break
            except Exception:
                logger.exception("worker.drain_failed")
            await asyncio.sleep(_DRAIN_LOOK_SECONDS)
        self.stop()

    @property
    def port(self) -> int:
        """The UDP port in use."""
        return self._port

    @property
    def rooms(self) -> dict[str, dict[str, Caller]]:
        """Who is connected, by room and connection."""
        return self._callers.rooms

    async def census(self) -> control.Census:
        """What media has and does.

        Raises:
            TimeoutError: it does not answer.
        """
        return await self._media.census()

    def listening(self) -> dict[str, float]:
        """The recogniser's process id, 0 without one, and how much speech it has listened to and left out, in seconds."""
        if self._watch is None:
            return {"pid": 0, "listened": 0.0, "left_out": 0.0}
        load = self._watch.load
        return {"pid": self._watch.pid or 0, "listened": load.listened_seconds, "left_out": load.left_out_seconds}

    @property
    def figures(self) -> dict[str, Any]:
        """What the worker does and did, for operators: empty before media has told any. May be read in any thread."""
        figures = self._reporting.figures
        return {**figures, "deaf": int(self._echo.is_deaf)} if figures else {}

    def readiness(self) -> Readiness:
        """How the worker is, part by part. May be called in any thread."""
        now = time.monotonic()
        parts = {
            "media": OK if self._reporting.silent_for(now) <= _PULSE_WITHIN_SECONDS else "silent",
            "database": OK if now - self._roster_at <= _DATABASE_SECONDS else "no answer",
            "stopping": "stopping" if self._stopping.is_set() else OK,
            "disk": self._disk,
            "bus": "no answer" if self._echo.is_deaf else OK,
            "relay": "blocked" if self._reporting.unfed else OK,
        }
        return Readiness(parts, _NEEDED)

    @property
    def _disk(self) -> str:
        """Whether what is said can be kept: "ok", or what is the matter."""
        return self._keeper.disk if self._keeper is not None else OK

    # --- the bus --------------------------------------------------------------------------------------------------------

    def _receive(self, data: dict[str, Any]) -> None:
        try:
            self._handle(wire.decode(data))
        except wire.UnknownMessage:
            logger.warning("worker.message_unknown")
        except Exception:
            # Fields of the wrong type: a message of another version, or nobody's.
            logger.exception("worker.message_malformed")

    def _handle(self, message: wire.Message) -> None:
        match message:
            case wire.Offer():
                self._spawn(self._answer(message))
            case wire.CheckOffer():
                self._spawn(self._check(message))
            case wire.Stage():
                self._callers.set_stage(message.room, message.version, message.may_speak)
            case wire.Hangup():
                self._callers.drop(message.room, message.connection)
                if message.room not in self.rooms:
                    self._checks.end(message.room)
            case wire.Witness():
                self._lease.hear(reached=message.reached)
            case wire.Look():
                self._roster_wanted.set()
            case wire.Echo():
                if self._echo.hear():
                    self._spawn(self._beat())  # rooms are placed here again
            case wire.ListenersLose():
                self._sharing.lose(message, asyncio.get_running_loop().time())
            case wire.PeersWanted():
                peers = wire.Peers(self.config.worker_id, self._callers.connections())
                self._tell(message.reply_to, peers)
            case _:
                logger.warning("worker.message_unexpected", extra={"kind": message.kind})

    def _tell(self, topic: str, message: wire.Message) -> None:
        self._spawn(self._bus.publish(topic, wire.encode(message)))

    async def _answer(self, offer: wire.Offer) -> None:
        reply: wire.Message
        try:
            reply = wire.Answer(request=offer.request, sdp=self._callers.negotiate(offer), epoch=offer.epoch)
        except sdp.OfferRefusedError as refusal:
            reply = wire.OfferRefused(request=offer.request, code=refusal.code.value)
        except Exception:
            logger.exception("worker.offer_failed", extra={"room": offer.room, "connection": offer.connection})
            self._callers.drop(offer.room, offer.connection)
            reply = wire.OfferRefused(request=offer.request, code=sdp.Refusal.FAILED.value)
        await self._bus.publish(offer.reply_to, wire.encode(reply))

    async def _check(self, check: wire.CheckOffer) -> None:
        """Take one offer of a sound check: no roster knows of it, and it is soon over."""
        offer = offer_of(check)
        if self._draining or not self._checks.begin(check.check, asyncio.get_running_loop().time()):
            full = wire.OfferRefused(request=check.request, code=sdp.Refusal.FULL.value)
            await self._bus.publish(check.reply_to, wire.encode(full))
            return
        await self._answer(offer)
        truth = truth_of(offer.room)
        self._callers.set_stage(offer.room, truth.version, truth.may_speak)

    def _end_checks(self) -> None:
        for room in self._checks.over(asyncio.get_running_loop().time()):
            self._callers.drop_room(room)

    def _lost(self, room: str, connection: str, epoch: int) -> None:
        self._tell(wire.room_topic(room), wire.MediaLost(room, connection, epoch, self.config.worker_id))

    def _close(self, call: Call) -> None:
        self._spawn(call.close())

    # --- what media tells -----------------------------------------------------------------------------------------------

    def _hear(self, message: control.Message) -> None:
        match message:
            case control.Reached(number):
                if call := self._callers.get(number):
                    call.reached()
            case control.Record(number, datagram):
                if call := self._callers.get(number):
                    call.records(datagram)
            case control.Gone():
                self._callers.lost(message.number)
            case control.Heard() | control.Floor() | control.Unheard():
                told_room = for_room(message, self._callers.epoch(message.room))
                self._tell(wire.room_topic(message.room), told_room)
            case control.Kept() if message.room not in self._checks:
                if self._keeper is not None:
                    self._keeper.keep(message.room, message.batch)
                if self._watch is not None:
                    self._watch.hear(message.room, message.batch)
            case control.Pulse(values):
                self._reporting.hear(values, rooms=len(self.rooms), peers=self._callers.connected)
                self._give_up_what_no_sound_comes_of()
            case control.Losing():
                told = self._sharing.to_home(message, self.config.worker_id)
                if told is not None:
                    self._tell(wire.worker_topic(told[0]), told[1])
            case control.Unfed(rooms):
                self._reporting.note_unfed(frozenset(rooms))
            case control.Lapsed():
                self._lease.lapse()
            # Else it is about a peer that has just ended.

    def _fail(self, reason: BaseException) -> None:
        self._failure = self._failure or reason
        self.stop()

    # --- the roster -------------------------------------------------------------------------------------------------------

    async def _read_roster(self) -> None:
        """Hold the calls against the database twice a second, and at once when somebody came. While it is away, the last
        roster stands as long as the lease does."""
        while True:
            self._roster_wanted.clear()
            self._end_checks()
            began = asyncio.get_running_loop().time()
            try:
                truth = await self._readings.call(self._read_truth, within=_DATABASE_SECONDS)
                self._roster_at = asyncio.get_running_loop().time()
                silent = self.reconcile(truth, began)
                self._lease.confirm(began)
                if silent and (self._departing is None or self._departing.done()):
                    self._departing = self._spawn(self._name_silent(silent))
            except Exception:
                logger.exception("worker.roster_unavailable")
            took = asyncio.get_running_loop().time() - began
            rest = min(RECONCILE_SECONDS, max(_LEAST_BETWEEN_READINGS_SECONDS, _REST_AFTER_READING * took))
            await asyncio.sleep(rest)
            try:
                async with asyncio.timeout(RECONCILE_SECONDS - rest):
                    await self._roster_wanted.wait()
            except TimeoutError:
                pass

    async def _name_silent(self, silent: dict[str, int]) -> None:
        try:
            await self._departures.call(partial(self._without_media, silent), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.roster_unavailable")

    def _give_up_what_no_sound_comes_of(self) -> None:
        """Asked with every pulse of media, which says only once that nothing comes."""
        hopeless = self._sharing.unfed(self._reporting.unfed, asyncio.get_running_loop().time())
        if hopeless:
            self._spawn(self._give_up(hopeless))

    async def _give_up(self, rooms: list[str]) -> None:
        try:
            await self._departures.call(partial(self._unfed, rooms), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.unfed_not_told")

    async def _guard_lease(self) -> None:
        if self._lease.wants_witnesses():
            wanted = wire.WitnessWanted(self.config.worker_id)
            await self._bus.publish(wire.WORKERS_TOPIC, wire.encode(wanted))

    async def _call_to_itself(self) -> None:
        """Does not wait for the bus, which may take its time to fail."""
        self._tell(wire.worker_topic(self.config.worker_id), wire.Echo())
        self._echo.call()

    def reconcile(self, truth: dict[str, wire.RoomTruth], began: float) -> dict[str, int]:
        """Make the rooms what the database said in a reading that began then (seconds of the event loop's clock): who may be
        heard, and nobody who is not there.

        Returns:
            The connections on the roster that have had no sound for too long, and the epoch of each one's room.
        """
        self._sharing.follow(truth)
        now = asyncio.get_running_loop().time()
        return self._callers.reconcile(truth, self._checks.truths(), began, now)

    async def _beat(self) -> None:
        if self._reporting.silent_for(asyncio.get_running_loop().time()) > _PULSE_WITHIN_SECONDS:
            logger.error("worker.media_without_pulse")  # and no heartbeat: rooms go to another worker
            return
        disk = "" if self._disk == OK else self._disk
        said = self._reporting.load(people=len(self._callers), most_people=self.config.most_peers, disk=disk)
        load = replace(said, deaf_for=self._echo.silent_for)
        try:
            await self._beats.call(partial(self._heartbeat, load), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.heartbeat_failed")

    async def _record_usage(self) -> None:
        """What was used since the last time; what could not be kept is of the next one."""
        usage, kept = self._reporting.used()
        if self._use is None or usage is None:
            return
        try:
            await self._beats.call(partial(self._use, usage), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.usage_not_kept")
        else:
            kept()

    # --- tasks ------------------------------------------------------------------------------------------------------------

    async def _for_ever(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what the worker cannot do without: if it ends, so does the worker, and whoever started it starts another."""
        try:
            await work
        except Exception as failure:
            self._failure = failure
            self.stop()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("worker.task_failed", exc_info=task.exception())


def keep_for_ever() -> None:
    """What the process has loaded by now lives as long as it does: spare the garbage collector, and the ticks, looking at it
    again and again."""
    gc.collect()
    gc.freeze()


async def _every(seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        await work()
        await asyncio.sleep(seconds)
