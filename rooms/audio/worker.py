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
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from rooms.audio import control, wire
from rooms.audio.blocking import BlockingCalls
from rooms.audio.codec import Encoder
from rooms.audio.keeper import Keeper
from rooms.audio.lease import Lease
from rooms.audio.media_link import MediaLink, PeerLink, StartMedia, start_process
from rooms.audio.reconcile import MissingMedia, without_place
from rooms.audio.sharing import Sharing
from rooms.audio.sound_checks import SoundChecks, offer_of, truth_of
from rooms.audio.speech.watch import Watch
from rooms.audio.transport import ice_lite, sdp
from rooms.audio.transport.call import Call, Endpoint
from rooms.audio.transport.dtls import certificate
from rooms.audio.transport.own_address import own_address
from rooms.audio.transport.relay import secret_of
from rooms.audio.usage import Reading, Usage, between

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

    @property
    def tells_its_own_address(self) -> bool:
        """Whether browsers are told its own too: Firefox sends nothing to loopback from inside a network."""
        return self.bind_ip == "0.0.0.0" and ipaddress.ip_address(self.public_ip).is_loopback  # noqa: S104


@dataclass(eq=False, slots=True)
class Caller:
    """One connection of the roster that has sound, or is about to."""

    link: PeerLink
    call: Call

    @property
    def began(self) -> float:
        """Seconds of the event loop's clock."""
        return self.call.began

    @property
    def connected(self) -> bool:
        """Whether its handshake is done."""
        return self.call.connected


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
        self.rooms: dict[str, dict[str, Caller]] = {}  # by room and connection
        self._bus = bus
        self._read_truth = read_truth
        self._heartbeat = heartbeat
        self._without_media = without_media
        self._move_away = move_away
        self._unfed = unfed
        self._keeper = keeper
        self._watch = watch
        self._use = use
        self._used: Reading | None = None
        self._connected = connected
        self._told: dict[str, Any] = {}  # what media did so far, as it said last
        self._start_media = start_media
        self._readings = BlockingCalls("audio-readings")
        self._beats = BlockingCalls("audio-beats")
        self._departures = BlockingCalls("audio-departures")
        self._departing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._missing_media = MissingMedia()
        self._checks = SoundChecks()
        self._by_number: dict[int, Caller] = {}
        self._stages: dict[str, control.OnStage] = {}  # the last that media was told, of each room with callers
        self._epochs: dict[str, int] = {}  # the latest known of each room
        self._pulse = control.Pulse(0, 0, 0)
        self._pulse_at = 0.0  # seconds of the loop's clock
        self._cpu = time.process_time()
        self._cpu_at = 0.0
        self._lapsed = False  # media has silenced every room
        self._draining = False
        self._roster_at = 0.0  # seconds of the loop's clock: when the database answered last
        self._stopping = asyncio.Event()
        self._roster_wanted = asyncio.Event()
        self._failure: BaseException | None = None
        self._media: MediaLink
        self._endpoint: Endpoint
        self._lease: Lease
        self._sharing: Sharing

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
            self._endpoint = Endpoint(self.config.public_ip, port.getsockname()[1], certificate(), own)
            self._media = MediaLink(port, self._start_media, receive=self._hear, lost=self._fail)
        self._sharing = Sharing(secret_of(self.config.secret), self._media.send)
        self._pulse_at = self._cpu_at = asyncio.get_running_loop().time()
        self._lease = Lease(self._pulse_at)
        self._tell_lease()
        await self._bus.subscribe(wire.worker_topic(self.config.worker_id), self._receive)
        self._spawn(self._for_ever(self._read_roster()))
        self._spawn(self._for_ever(_every(HEARTBEAT_SECONDS, self._beat)))
        self._spawn(self._for_ever(_every(_GUARD_SECONDS, self._guard_lease)))
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
        for caller in list(self._by_number.values()):
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
        return self._endpoint.port

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
        if not self._told:
            return {}
        connected = sum(caller.connected for caller in list(self._by_number.values()))
        cpu_seconds = self._told["cpu_seconds"] + time.process_time()
        return {**self._told, "rooms": len(self.rooms), "peers": connected, "cpu_seconds": cpu_seconds}

    def parts(self) -> dict[str, str]:
        """What the worker needs, and how each is: "ok", or what is the matter. May be called in any thread."""
        now = time.monotonic()
        return {
            "media": "ok" if now - self._pulse_at <= _PULSE_WITHIN_SECONDS else "silent",
            "database": "ok" if now - self._roster_at <= _DATABASE_SECONDS else "no answer",
            "stopping": "stopping" if self._stopping.is_set() else "ok",
        }

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
                self._set_stage(message.room, message.version, frozenset(message.may_speak))
            case wire.Hangup():
                self._drop(message.room, message.connection)
                if message.room not in self.rooms:
                    self._checks.end(message.room)
            case wire.Witness():
                self._lease.hear(reached=message.reached)
                self._tell_lease()
            case wire.Look():
                self._roster_wanted.set()
            case wire.ListenersLose():
                self._sharing.lose(message, asyncio.get_running_loop().time())
            case wire.PeersWanted():
                connections = tuple(name for callers in self.rooms.values() for name in callers)
                self._tell(message.reply_to, wire.Peers(self.config.worker_id, connections))
            case _:
                logger.warning("worker.message_unexpected", extra={"kind": message.kind})

    def _tell(self, topic: str, message: wire.Message) -> None:
        self._spawn(self._bus.publish(topic, wire.encode(message)))

    async def _answer(self, offer: wire.Offer) -> None:
        reply: wire.Message
        try:
            reply = wire.Answer(request=offer.request, sdp=self._negotiate(offer), epoch=offer.epoch)
        except sdp.OfferRefusedError as refusal:
            reply = wire.OfferRefused(request=offer.request, code=refusal.code.value)
        except Exception:
            logger.exception("worker.offer_failed")
            self._drop(offer.room, offer.connection)
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
        self._set_stage(offer.room, truth.version, truth.may_speak)

    def _end_checks(self) -> None:
        for room in self._checks.over(asyncio.get_running_loop().time()):
            for connection in list(self.rooms.get(room, {})):
                self._drop(room, connection)

    def _negotiate(self, offer: wire.Offer) -> str:
        if offer.epoch < self._epochs.get(offer.room, 0):
            raise sdp.OfferRefusedError(sdp.Refusal.FAILED)  # the room was placed anew since: its page asks again
        self._epochs[offer.room] = offer.epoch
        known = self.rooms.get(offer.room, {}).get(offer.connection)
        if known is not None:
            try:
                return known.call.negotiate(offer.sdp)
            except sdp.OfferRefusedError:
                # A page that lost its peer connection comes with a new one on the same socket.
                sdp.parse(offer.sdp)
                self._drop(offer.room, offer.connection)
        elif len(self._by_number) >= self.config.most_peers:
            raise sdp.OfferRefusedError(sdp.Refusal.FULL)
        sdp.parse(offer.sdp)  # before anything is replaced for its sake
        for name, caller in list(self.rooms.get(offer.room, {}).items()):
            if caller.link.person == offer.person:
                self._drop(offer.room, name)
        link = self._media.peer(offer.room, offer.connection, offer.person)
        call = Call(self._endpoint, link, ended=lambda: self._lost(link.number), connected=self._connected)
        answer = call.negotiate(offer.sdp)
        self.rooms.setdefault(offer.room, {})[offer.connection] = self._by_number[link.number] = Caller(link, call)
        if offer.room in self._stages:
            self._media.send(self._stages[offer.room])  # a peer that is replaced loses its leave to speak
        self._roster_wanted.set()
        return answer

    # --- calls ----------------------------------------------------------------------------------------------------------

    def _drop(self, room: str, connection: str) -> None:
        caller = self.rooms.get(room, {}).pop(connection, None)
        if caller is None:
            return
        if not self.rooms[room]:
            del self.rooms[room]
            self._stages.pop(room, None)
            self._epochs.pop(room, None)
        del self._by_number[caller.link.number]
        caller.call.stop()
        self._spawn(caller.call.close())

    def _lost(self, number: int) -> None:
        """A call ended by itself: its page should negotiate again."""
        caller = self._by_number.get(number)
        if caller is not None:
            room, connection = caller.link.room, caller.link.connection
            epoch = self._epochs.get(room, 0)
            self._drop(room, connection)
            self._tell(wire.room_topic(room), wire.MediaLost(room, connection, epoch, self.config.worker_id))

    def _set_stage(self, room: str, version: int, may_speak: frozenset[str]) -> None:
        told = self._stages.get(room)
        stage = control.OnStage(room, version, tuple(sorted(may_speak)))
        if room in self.rooms and stage != told and (told is None or version >= told.version):
            self._stages[room] = stage
            self._media.send(stage)

    # --- what media tells -----------------------------------------------------------------------------------------------

    def _hear(self, message: control.Message) -> None:
        match message:
            case control.Reached() if message.number in self._by_number:
                self._by_number[message.number].call.reached()
            case control.Record() if message.number in self._by_number:
                self._by_number[message.number].call.records(message.datagram)
            case control.Gone():
                self._lost(message.number)
            case control.Heard():
                epoch = self._epochs.get(message.room, 0)
                self._tell(wire.room_topic(message.room), wire.Speaking(message.room, message.people, epoch))
            case control.Floor(room, people, seconds, holder, held):
                floor = wire.Floor(room, people, seconds, holder, held, self._epochs.get(room, 0))
                self._tell(wire.room_topic(room), floor)
            case control.Unheard():
                epoch = self._epochs.get(message.room, 0)
                unheard = wire.Unheard(message.room, message.connection, message.unheard, epoch)
                self._tell(wire.room_topic(message.room), unheard)
            case control.Kept() if message.room not in self._checks:
                if self._keeper is not None:
                    self._keeper.keep(message.room, message.batch)
                if self._watch is not None:
                    self._watch.hear(message.room, message.batch)
            case control.Pulse():
                self._pulse, self._pulse_at = message, asyncio.get_running_loop().time()
            case control.Losing():
                told = self._sharing.to_home(message, self.config.worker_id)
                if told is not None:
                    self._tell(wire.worker_topic(told[0]), told[1])
            case control.Unfed(rooms):
                logger.error("worker.unfed", extra={"rooms": len(rooms)})  # no frames of them come: a firewall, mostly
                hopeless = self._sharing.unfed(rooms, asyncio.get_running_loop().time())
                if hopeless:
                    self._spawn(self._give_up(hopeless))
            case control.Lapsed():
                logger.error("worker.lease_lapsed")  # the database, or this machine, was away for too long
                self._lapsed = True
            case control.Figures():
                self._told = message.values
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
                self._tell_lease()
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

    async def _give_up(self, rooms: list[str]) -> None:
        try:
            await self._departures.call(partial(self._unfed, rooms), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.unfed_not_told")

    async def _guard_lease(self) -> None:
        if self._lease.ask(asyncio.get_running_loop().time()):
            wanted = wire.WitnessWanted(self.config.worker_id)
            await self._bus.publish(wire.WORKERS_TOPIC, wire.encode(wanted))

    def _tell_lease(self) -> None:
        until = self._lease.until
        self._media.send(control.Lease(until))
        if self._lapsed and until > asyncio.get_running_loop().time():
            self._lapsed = False
            for stage in self._stages.values():
                self._media.send(stage)

    def reconcile(self, truth: dict[str, wire.RoomTruth], began: float) -> dict[str, int]:
        """Make the rooms what the database said in a reading that began then (seconds of the event loop's clock): who may be
        heard, and nobody who is not there.

        Returns:
            The connections on the roster that have had no sound for too long, and the epoch of each one's room.
        """
        read = {name: known.epoch for name, known in truth.items()}
        self._epochs = {
            name: max(read.get(name, 0), self._epochs.get(name, 0)) for name in read.keys() | self.rooms.keys()
        }
        self._sharing.follow(truth)
        for name, callers in list(self.rooms.items()):
            known = truth_of(name) if name in self._checks else truth.get(name)
            if known is not None:
                self._set_stage(name, known.version, known.may_speak)
            present = known.present if known is not None else frozenset()
            for connection in without_place(callers, present, began):
                self._drop(name, connection)
        return self._missing_media.of(truth.values(), self.rooms, asyncio.get_running_loop().time())

    async def _beat(self) -> None:
        if asyncio.get_running_loop().time() - self._pulse_at > _PULSE_WITHIN_SECONDS:
            logger.error("worker.media_without_pulse")  # and no heartbeat: rooms go to another worker
            return
        try:
            await self._beats.call(partial(self._heartbeat, self._load()), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.heartbeat_failed")

    def _load(self) -> wire.Load:
        now, used = asyncio.get_running_loop().time(), time.process_time()
        since, before = max(now - self._cpu_at, 0.001), self._cpu
        self._cpu, self._cpu_at = used, now
        own = round(100 * (used - before) / since)
        people = len(self._by_number)
        return wire.Load(people, self.config.most_peers, self._pulse.late_ms, self._pulse.cpu_percent + own)

    async def _record_usage(self) -> None:
        """What was used since the last time; what could not be kept is of the next one."""
        figures = self.figures
        if self._use is None or not figures:
            return
        reading = Reading.of(figures, asyncio.get_running_loop().time())
        before = self._used
        if before is None:
            self._used = reading
            return
        try:
            await self._beats.call(partial(self._use, between(before, reading)), within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.usage_not_kept")
        else:
            self._used = reading

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
