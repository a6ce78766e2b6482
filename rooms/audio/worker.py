"""An audio worker's life: offers from the bus, the roster from the database, peers that come and go. Knows no Django."""

import asyncio
import gc
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from rooms.audio import wire
from rooms.audio.blocking import BlockingCalls
from rooms.audio.codec import Encoder
from rooms.audio.engine import Engine, Member
from rooms.audio.reconcile import MissingMedia, without_place
from rooms.audio.transport import sdp
from rooms.audio.transport.dtls import certificate
from rooms.audio.transport.fanout import FanOut
from rooms.audio.transport.ice_lite import IceLite
from rooms.audio.transport.peer import Endpoint, Peer

logger = logging.getLogger(__name__)

RECONCILE_SECONDS = 0.5
_LEAST_BETWEEN_READINGS_SECONDS = 0.1  # of the roster, however many come
HEARTBEAT_SECONDS = 2.0
SPEAKING_SECONDS = 0.2
_REPEAT_SPEAKING_TICKS = 100
CONSENT_CHECK_SECONDS = 0.5
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


class AudioWorker:
    """See the module. `read_truth`, `heartbeat` and `without_media` are synchronous and may be slow: they run in a thread of
    their own. `without_media` gets the connections that are on the roster and have had no sound for too long."""

    def __init__(
        self,
        config: Config,
        bus: Bus,
        *,
        read_truth: Callable[[], dict[str, wire.RoomTruth]],
        heartbeat: Callable[[], None],
        without_media: Callable[[frozenset[str]], object],
    ) -> None:
        self.config = config
        self._bus = bus
        self._read_truth = read_truth
        self._heartbeat = heartbeat
        self._without_media = without_media
        self._database = BlockingCalls("audio-database")
        self._tasks: set[asyncio.Task[None]] = set()
        self._missing_media = MissingMedia()
        self._said: dict[str, tuple[frozenset[str], int]] = {}  # room → who was last said to speak, and at which tick
        self._stopping = asyncio.Event()
        self._roster_wanted = asyncio.Event()
        self._failure: BaseException | None = None
        self.engine: Engine
        self._endpoint: Endpoint

    # --- life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take the port and begin.

        Raises:
            OSError: the port is in use, or the address is not this machine's.
            CodecMissing: there is no libopus.
        """
        Encoder()
        ice = IceLite()
        bound = ice.listen(self.config.bind_ip, self.config.udp_port)
        self._endpoint = Endpoint(ice, self.config.public_ip, bound.getsockname()[1], certificate())
        self.engine = Engine(FanOut(bound))
        await self._bus.subscribe(wire.worker_topic(self.config.worker_id), self._receive)
        self._spawn(self._for_ever(self.engine.run()))
        self._spawn(self._for_ever(self._read_roster()))
        self._spawn(self._for_ever(_every(HEARTBEAT_SECONDS, self._beat)))
        self._spawn(self._for_ever(_every(CONSENT_CHECK_SECONDS, self._check_consent)))
        self._spawn(self._for_ever(_every(SPEAKING_SECONDS, self._tell_who_speaks)))

    async def announce(self) -> None:
        """Say that the worker is there and knows of no peer; call it once it is registered."""
        await self._bus.publish(wire.WORKERS_TOPIC, wire.encode(wire.WorkerStarted(self.config.worker_id)))

    async def run_until_stopped(self) -> None:
        """Wait for `stop`, then end every peer and free the port.

        Raises:
            Exception: whatever ended a loop that the worker cannot do without.
        """
        await self._stopping.wait()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for room in list(self.engine.rooms.values()):
            for member in list(room.members.values()):
                await member.peer.close()
        self._endpoint.ice.close()
        self._database.close()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping.set()

    @property
    def port(self) -> int:
        """The UDP port in use."""
        return self._endpoint.port

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
            case wire.Stage():
                self.engine.set_stage(message.room, message.version, frozenset(message.may_speak))
            case wire.Hangup():
                self._drop(message.room, message.connection)
            case wire.PeersWanted():
                connections = tuple(name for room in self.engine.rooms.values() for name in room.members)
                answer = wire.Peers(self.config.worker_id, connections)
                self._spawn(self._bus.publish(message.reply_to, wire.encode(answer)))
            case _:
                logger.warning("worker.message_unexpected", extra={"kind": message.kind})

    async def _answer(self, offer: wire.Offer) -> None:
        reply: wire.Message
        try:
            reply = wire.Answer(request=offer.request, sdp=self._negotiate(offer))
        except sdp.OfferRefusedError as refusal:
            reply = wire.OfferRefused(request=offer.request, code=refusal.code.value)
        except Exception:
            logger.exception("worker.offer_failed")
            self._drop(offer.room, offer.connection)
            reply = wire.OfferRefused(request=offer.request, code=sdp.Refusal.FAILED.value)
        await self._bus.publish(offer.reply_to, wire.encode(reply))

    def _negotiate(self, offer: wire.Offer) -> str:
        found = self.engine.rooms.get(offer.room)
        members = found.members if found is not None else {}
        known = members.get(offer.connection)
        if known is not None:
            try:
                return known.peer.negotiate(offer.sdp)
            except sdp.OfferRefusedError:
                # A page that lost its peer connection comes with a new one on the same socket.
                sdp.parse(offer.sdp)
                self._drop(offer.room, offer.connection)
        elif self._peer_count() >= self.config.most_peers:
            raise sdp.OfferRefusedError(sdp.Refusal.FULL)
        sdp.parse(offer.sdp)  # before anything is replaced for its sake
        for member in [member for member in members.values() if member.person == offer.person]:
            self._drop(offer.room, member.connection)
        room, connection = offer.room, offer.connection
        peer = Peer(
            self._endpoint,
            deliver=lambda packet, now: self.engine.deliver(room, connection, packet, now),
            ended=lambda: self._lost(room, connection),
        )
        answer = peer.negotiate(offer.sdp)
        self.engine.add(room, Member(connection, offer.person, peer))
        self._roster_wanted.set()
        return answer

    def _peer_count(self) -> int:
        return sum(len(room.members) for room in self.engine.rooms.values())

    # --- peers ----------------------------------------------------------------------------------------------------------

    def _drop(self, room: str, connection: str) -> None:
        member = self.engine.remove(room, connection)
        if member is not None:
            member.peer.stop()
            self._spawn(member.peer.close())

    def _lost(self, room: str, connection: str) -> None:
        """A peer ended by itself: its page should negotiate again."""
        self._drop(room, connection)
        self._spawn(self._bus.publish(wire.room_topic(room), wire.encode(wire.MediaLost(room, connection))))

    async def _check_consent(self) -> None:
        now = asyncio.get_running_loop().time()
        for room in list(self.engine.rooms.values()):
            for member in list(room.members.values()):
                member.peer.check_consent(now)

    # --- the roster -------------------------------------------------------------------------------------------------------

    async def _read_roster(self) -> None:
        """Hold the peers against the database twice a second, and at once when somebody came. While it is away, the last
        roster stands."""
        while True:
            self._roster_wanted.clear()
            began = asyncio.get_running_loop().time()
            try:
                truth = await self._database.call(self._read_truth, within=_DATABASE_SECONDS)
                silent = self.reconcile(truth, began)
                if silent:
                    await self._database.call(partial(self._without_media, silent), within=_DATABASE_SECONDS)
            except Exception:
                logger.exception("worker.roster_unavailable")
            await asyncio.sleep(_LEAST_BETWEEN_READINGS_SECONDS)
            try:
                async with asyncio.timeout(RECONCILE_SECONDS - _LEAST_BETWEEN_READINGS_SECONDS):
                    await self._roster_wanted.wait()
            except TimeoutError:
                pass

    def reconcile(self, truth: dict[str, wire.RoomTruth], began: float) -> frozenset[str]:
        """Make the rooms what the database said in a reading that began then (seconds of the event loop's clock): who may be
        heard, and nobody who is not there.

        Returns:
            The connections on the roster that have had no sound for too long.
        """
        for name, room in list(self.engine.rooms.items()):
            known = truth.get(name)
            if known is not None:
                room.session.set_stage(known.version, known.may_speak)
            present = known.present if known is not None else frozenset()
            for connection in without_place(room.members.values(), present, began):
                self._drop(name, connection)
        return self._missing_media.of(truth.values(), self.engine.rooms, asyncio.get_running_loop().time())

    async def _beat(self) -> None:
        try:
            await self._database.call(self._heartbeat, within=_DATABASE_SECONDS)
        except Exception:
            logger.exception("worker.heartbeat_failed")

    async def _tell_who_speaks(self) -> None:
        for name, room in list(self.engine.rooms.items()):
            speaking = frozenset(
                room.members[connection].person for connection in room.session.speaking() if connection in room.members
            )
            said, at = self._said.get(name, (frozenset(), 0))
            if speaking != said or (speaking and self.engine.ticks - at >= _REPEAT_SPEAKING_TICKS):
                self._said[name] = speaking, self.engine.ticks
                message = wire.Speaking(name, tuple(sorted(speaking)))
                await self._bus.publish(wire.room_topic(name), wire.encode(message))
        self._said = {name: last for name, last in self._said.items() if name in self.engine.rooms}

    # --- tasks ------------------------------------------------------------------------------------------------------------

    async def _for_ever(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what the worker cannot do without: if it ends, so does the worker, and whoever started it starts another."""
        try:
            await work
        except Exception as failure:
            self._failure = failure
            self.stop()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

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
