"""The sockets of this process, by room: one subscription a room, one encoding a frame and audience, however many listen.

Consumers join the hub instead of Channels' groups: group_send to a thousand members sweeps every queue at every receive.
Buses lose messages, so the hub looks into the database too: what histories and standings say, and who is not there any more.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from functools import cache
from typing import Any

from channels.db import database_sync_to_async

from accounts import clock
from rooms import events, selectors, services
from rooms.audio import wire
from rooms.bus import Bus, LocalBus, get_bus
from rooms.domain import messages
from rooms.domain.errors import Code, Refused
from rooms.domain.floor import FloorSoFar
from rooms.domain.messages import Face, You
from rooms.domain.snapshot import Audience
from rooms.local_room import SOCKETS_AT_ONCE, LocalRoom, Socket
from rooms.local_talk import LocalTalk
from rooms.overseer import LOOK_EVERY_SECONDS, Overseer
from rooms.quiet import Quiet
from rooms.seeing import metrics
from rooms.seeing.tasks import count_tasks
from rooms.standings import Standings
from rooms.talker import Talker

logger = logging.getLogger(__name__)

AUDIENCE_EVERY_SECONDS = 1.0
LARGE_AUDIENCE = 100
FACES_EVERY_SECONDS = 5.0  # in a large audience
SEEN_EVERY_SECONDS = 1.0
BEAT_EVERY_SECONDS = 2.0
WATCH_EVERY_SECONDS = 0.6
GONE_LATELY_SECONDS = 5.0
SETTLE_EVERY_SECONDS = 5.0
ENTERING_AT_ONCE = 4

_OF_WORKERS = {wire.Speaking.kind, wire.Floor.kind, wire.Unheard.kind, wire.MediaLost.kind}


class Hub:
    """Every room that this process has a socket of."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rooms: dict[str, LocalRoom] = {}
        self._seen: set[str] = set()
        self._gone: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self.ending = False  # this process takes no more sockets
        self._name = secrets.token_urlsafe(9)
        self._overseer = Overseer(bus)
        self._standings = Standings(self._spawn)
        # A crowd waits at the door: whoever is in does not wait behind all of it in the database's one thread.
        self.entrance = asyncio.Semaphore(ENTERING_AT_ONCE)

    async def start(self) -> None:
        """Listen to the audio workers, and begin to look into the database. Once a process."""
        if self._started:
            return
        await _logged(database_sync_to_async(clock.agree))  # before anybody is written down as here
        await self._bus.subscribe(wire.WORKERS_TOPIC, self._receive_of_workers)
        self._started = True
        self._spawn(_every(SEEN_EVERY_SECONDS, self._flush_seen))
        self._spawn(_every(BEAT_EVERY_SECONDS, self._beat))
        self._spawn(_every(WATCH_EVERY_SECONDS, self._watch))
        self._spawn(_every(SETTLE_EVERY_SECONDS, self._settle))
        self._spawn(_every(LOOK_EVERY_SECONDS, self._overseer.look))

    async def stop(self) -> None:
        """End what this hub does in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send_elsewhere(self) -> None:
        """Close every socket, some at a time: pages come back to other processes. Who comes still is sent on likewise."""
        self.ending = True
        sockets = [socket for local in self._rooms.values() for socket in list(local.sockets.values())]
        for sent, socket in enumerate(sockets):
            if sent and sent % SOCKETS_AT_ONCE == 0:
                await asyncio.sleep(0)
            socket.send_elsewhere()

    @property
    def is_live(self) -> bool:
        """Whether it listens to the bus."""
        return self._started

    @property
    def rooms(self) -> set[str]:
        """The rooms that this process has a socket of."""
        return set(self._rooms)

    async def enter(self, room: str, socket: Socket, quiet: Collection[str] = ()) -> None:
        """Add a socket; from when this returns it misses no frame, but for what people write whom it has muted (`quiet`)."""
        local = self._rooms.get(room)
        if local is None:
            local = self._rooms[room] = LocalRoom(quiet=Quiet(room))
            local.talker = Talker(room, self._bus, local.push_written, self._spawn)
            metrics.HUB_ROOMS.set(len(self._rooms))
        if local.quiet is not None:
            local.quiet.forget(quiet)
        local.quiet_told[socket.connection] = frozenset(quiet)
        older = local.sockets.get(socket.connection)
        local.sockets[socket.connection] = socket
        if self.ending:
            socket.send_elsewhere()
        if older is not None:
            older.dismiss(Code.SUPERSEDED)
        await self._subscribe(room, local)
        if local.talker is not None:
            await local.talker.load()
        if local.speaking:
            socket.push(messages.encode(_speaking_frame(local.speaking)))
        if local.floor.seconds:
            socket.push(messages.encode(_floor_frame(local.floor)))

    async def _subscribe(self, room: str, local: LocalRoom) -> None:
        async with local.subscribing:
            if not local.subscribed:
                await self._bus.subscribe(wire.room_topic(room), lambda data: self._receive(room, data))
                local.subscribed = True

    async def exit(self, room: str, connection: str, socket: Socket) -> None:
        """Remove a socket, unless another has resumed its connection; the last one ends the subscription."""
        local = self._rooms.get(room)
        if local is None or local.sockets.get(connection) is not socket:
            return
        del local.sockets[connection]
        local.shares.pop(connection, None)
        local.workers.pop(connection, None)
        local.standings.pop(connection, None)
        local.quiet_told.pop(connection, None)
        if not local.sockets:
            del self._rooms[room]
            metrics.HUB_ROOMS.set(len(self._rooms))
            if local.counting is not None:
                local.counting.cancel()
            if local.talker is not None:
                local.talker.stop()
            await self._bus.unsubscribe(wire.room_topic(room))
            again = self._rooms.get(room)
            if again is not None:  # somebody came while it was under way, and it may have undone theirs
                again.subscribed = False
                await self._subscribe(room, again)

    def knows(
        self,
        room: str,
        connection: str,
        you: You,
        snapshot: dict[str, Any],
        *,
        read_at: float | None,
        desk_seq: int | None,
    ) -> None:
        """A page has been told how it stands, and this snapshot of the room: read for it at that time (monotonic), or what
        `lately` gave."""
        local = self._rooms.get(room)
        if local is None or connection not in local.sockets:
            return
        local.standings[connection] = you
        if len(local.sockets) == 1:
            # With others here it is no proof that frames came: what this page read they may have missed.
            local.seqs[Audience.EVERYONE] = max(local.seqs[Audience.EVERYONE], snapshot["seq"])
            local.seqs[Audience.MODERATORS] = max(local.seqs[Audience.MODERATORS], desk_seq or 0)
        if read_at is None:
            local.count, local.faces = -1, None  # what is counted next is news to this page, whatever it is to others
            self._count_soon(room, local)
        elif read_at > local.lately_at:
            local.lately, local.lately_at = snapshot, read_at

    def is_host(self, room: str, connection: str) -> bool:
        """Whether this connection's person hosts the room, as their page was told last."""
        local = self._rooms.get(room)
        return local is not None and local.is_host(connection)

    def lately(self, room: str) -> dict[str, Any] | None:
        """The snapshot of a large room that was read within the last second: a crowd shares it. Its audience is no older than
        what everybody else is shown."""
        local = self._rooms.get(room)
        if local is None or local.lately is None or time.monotonic() - local.lately_at > AUDIENCE_EVERY_SECONDS:
            return None
        return local.lately if local.lately["count"] > LARGE_AUDIENCE else None

    def talk(self, room: str) -> LocalTalk:
        """What is written in a room that this process has a socket of."""
        local = self._rooms[room]
        assert local.talker is not None
        return local.talker.talk

    def react(self, room: str, connection: str, reaction: str) -> None:
        """Count somebody's tap.

        Raises:
            Refused: `not_joined`, `not_allowed`, `room_frozen`.
        """
        local = self._rooms.get(room)
        if local is None or local.talker is None or connection not in local.standings:
            raise Refused(Code.NOT_JOINED)
        local.talker.react(local.standings[connection], reaction)

    def negotiated(self, room: str, connection: str, place: services.Placement) -> None:
        """A page here has an answer by this placement of the room. If it is news, the others are told."""
        local = self._rooms.get(room)
        if local is None:
            return
        self.resumed(room, connection, place.worker, place.share)
        self._placed(local, place.epoch, services.spread_ms(len(local.sockets)))

    def resumed(self, room: str, connection: str, worker: str, share: int) -> None:
        """A page here has its sound from this worker, which mixes the room, or shares it."""
        local = self._rooms.get(room)
        if local is None or connection not in local.sockets:
            return
        local.workers[connection] = worker
        if share:
            local.shares[connection] = share
        else:
            local.shares.pop(connection, None)

    def media_epoch(self, room: str, connection: str = "") -> int:
        """The placement of the room's sound that is known of; 0: none, or the room's is not this connection's."""
        local = self._rooms.get(room)
        return local.media_epoch if local is not None and connection not in local.shares else 0

    def seen(self, connection: str) -> None:
        """This connection's page is still there."""
        self._seen.add(connection)

    # --- What comes over the bus ----------------------------------------------------------------------------------

    def _receive(self, room: str, data: dict[str, Any]) -> None:
        local = self._rooms.get(room)
        if local is None or (local.talker is not None and local.talker.receive(data)):
            return
        if data.get("kind") == wire.ShareEnded.kind:
            self._share_ended(local, {data["share"]}, data["spread_ms"])
            return
        if data.get("kind") in _OF_WORKERS and data.get("epoch", 0) < local.media_epoch:
            return  # of a worker that has the room no more, or of a version that knows no epochs
        match data.get("kind"):
            case wire.Placed.kind:
                self._placed(local, data["epoch"], data["spread_ms"])
            case events.Frame.kind:
                self._forward(local, data["frame"], Audience(data["audience"]))
            case events.StandingsMoved.kind:
                self._standings.moved(room, local, data["people"])
            case events.Superseded.kind:
                older = local.sockets.get(data["connection"])
                if older is not None and older.number < data["number"]:
                    older.dismiss(Code.SUPERSEDED)
            case events.Dismissed.kind:
                _dismiss(local, data["connection"], Code(data["code"]), by=data["by"])
            case events.Warned.kind:
                warned = local.sockets.get(data["connection"])
                if warned is not None:
                    warned.warn(Code(data["code"]))
            case events.AudienceMoved.kind:
                self._count_soon(room, local)
            case wire.Speaking.kind:
                self._speaking(local, tuple(data["people"]))
            case wire.Floor.kind:
                spoken = dict(zip(data["people"], data["seconds"], strict=True))
                local.floor.hear(spoken, data["holder"], data["held"], time.monotonic())
                local.push(_floor_frame(local.floor))
            case events.MutesMoved.kind:
                if local.quiet is not None:
                    local.quiet.forget()
                self._count_soon(room, local)  # and tell who is muted now
            case events.Met.kind:
                local.tell_host(data["conflicts"])
            case wire.MediaLost.kind:
                lost = local.sockets.get(data["connection"])
                # Whoever went from a share to where the room is mixed ended their peer there themselves.
                if lost is not None and local.workers.get(data["connection"], data["worker"]) == data["worker"]:
                    lost.push(messages.encode(events.frame_of(messages.MediaRestart(epoch=0, spread_ms=0))))
            case wire.Unheard.kind:
                silent = local.sockets.get(data["connection"])
                if silent is not None:
                    silent.push(messages.encode(events.frame_of(messages.MediaUnheard(unheard=data["unheard"]))))
            case kind:
                logger.warning("hub.message_unknown", extra={"kind": str(kind)[:40]})

    def _forward(self, local: LocalRoom, frame: dict[str, Any], audience: Audience) -> None:
        local.push(frame, audience)
        local.seqs[audience] = max(local.seqs[audience], frame.get("seq", 0))
        if local.talker is not None:
            local.talker.heard(frame)
        if frame["type"] == messages.RoomEnded.type:
            for socket in list(local.sockets.values()):
                socket.dismiss(Code.ROOM_ENDED)

    def _speaking(self, local: LocalRoom, people: tuple[str, ...]) -> None:
        # The worker repeats itself for processes that came later; pages are told of changes only.
        if people != local.speaking:
            local.speaking = people
            local.push(_speaking_frame(people))

    # --- The audience ---------------------------------------------------------------------------------------------

    def _count_soon(self, room: str, local: LocalRoom) -> None:
        if local.counting is None or local.counting.done():
            local.counting = self._spawn(self._count_audience(room, local))

    async def _count_audience(self, room: str, local: LocalRoom) -> None:
        # Wait first, then count: all who come within the second are in one frame.
        await asyncio.sleep(AUDIENCE_EVERY_SECONDS)
        local.counting = None
        (count, faces), quiet = await database_sync_to_async(_audience_and_quiet)(room)
        local.tell_quiet(quiet)
        due = local.faces_at + FACES_EVERY_SECONDS - time.monotonic()
        if faces != local.faces and (count <= LARGE_AUDIENCE or due <= 0):
            local.count, local.faces, local.faces_at = count, faces, time.monotonic()
            await local.push_gently(events.frame_of(messages.AudienceChanged(count=count, faces=faces)))
            return
        if count != local.count:
            local.count = count
            await local.push_gently(events.frame_of(messages.AudienceCounted(count=count)))
        if faces != local.faces and local.counting is None:
            local.counting = self._spawn(self._count_later(room, local, due))

    async def _count_later(self, room: str, local: LocalRoom, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds - AUDIENCE_EVERY_SECONDS))
        await self._count_audience(room, local)

    # --- Audio workers --------------------------------------------------------------------------------------------

    def _receive_of_workers(self, data: dict[str, Any]) -> None:
        match data.get("kind"):
            case wire.WorkerStarted.kind:
                self._spawn(self._restart_media(data["worker"]))
            case wire.WitnessWanted.kind:
                self._spawn(self._overseer.witness(data["worker"]))

    async def _restart_media(self, worker: str) -> None:
        carried = await database_sync_to_async(selectors.rooms_of_worker)(worker)
        here = {name: local for name, local in self._rooms.items() if name in carried}
        people = sum(len(local.sockets) for local in here.values())
        for room, local in here.items():
            self._placed(local, carried[room], services.spread_ms(people))

    def _placed(self, local: LocalRoom, epoch: int, spread_ms: int) -> None:
        """The room's sound is elsewhere, or begins anew: its pages negotiate again, once for each placement."""
        before, local.media_epoch = local.media_epoch, max(epoch, local.media_epoch)
        # Whoever came first knows of no placement, and has no sound yet.
        if 0 < before < epoch:
            text = messages.encode(events.frame_of(messages.MediaRestart(epoch=epoch, spread_ms=spread_ms)))
            for connection, socket in list(local.sockets.items()):
                if connection not in local.shares:  # those go on: what they hear of follows the room
                    socket.push(text)

    def _share_ended(self, local: LocalRoom, ended: set[int], spread_ms: int) -> None:
        """A worker that shared the room does so no more: those who were there negotiate again."""
        text = messages.encode(events.frame_of(messages.MediaRestart(epoch=0, spread_ms=spread_ms)))
        for connection, share in list(local.shares.items()):
            if share in ended and connection in local.sockets:
                del local.shares[connection]
                local.sockets[connection].push(text)

    # --- What the database says -----------------------------------------------------------------------------------

    async def _flush_seen(self) -> None:
        seen, self._seen = self._seen, set()
        if seen:
            try:
                await database_sync_to_async(services.seen)(seen)
            except Exception:
                self._seen |= seen  # the database is away: they were heard all the same
                raise

    async def _beat(self) -> None:
        await database_sync_to_async(services.beat_web)(self._name)

    async def _watch(self) -> None:
        """Compare histories with what came, and let go of those who are off the roster."""
        before = {name: dict(local.seqs) for name, local in self._rooms.items()}
        talks = {name: local.talker.talk.version for name, local in self._rooms.items() if local.talker}
        if not before:
            return
        versions, gone = await database_sync_to_async(_versions_and_gone)(list(before))
        for name, (version, desk_version, talk_version, epoch) in versions.items():
            local = self._rooms.get(name)
            if local is None:
                continue
            self._placed(local, epoch, services.spread_ms(len(local.sockets)))
            self._compare_versions(name, local, before[name], version, desk_version)
            if local.talker is not None and local.talker.talk.version == talks.get(name, -1) < talk_version:
                local.talker.read_soon()
        await self._watch_shares()
        for local in list(self._rooms.values()):
            for connection in gone & self._gone & local.sockets.keys():
                _dismiss(local, connection, Code.NOT_JOINED)
        self._gone = gone  # whoever is gone now gets until the next look to hear why, over the bus

    async def _watch_shares(self) -> None:
        """Whoever is on a share that has ended is told, if the message that said so was lost."""
        here = {name: set(local.shares.values()) for name, local in self._rooms.items() if local.shares}
        if not here:
            return
        active = await database_sync_to_async(selectors.shares_of)(list(here))
        for name, shares in here.items():
            local = self._rooms.get(name)
            if local is not None and shares - active:
                self._share_ended(local, shares - active, services.spread_ms(len(local.sockets)))

    def _compare_versions(
        self, room: str, local: LocalRoom, before: dict[Audience, int], version: int, desk_version: int
    ) -> None:
        told: tuple[tuple[Audience, int, messages.Event], ...] = (
            (Audience.EVERYONE, version, messages.StageVersion(seq=version)),
            (Audience.MODERATORS, desk_version, messages.DeskVersion(seq=desk_version)),
        )
        for audience, seq, message in told:
            # A frame that is on its way now is not lost: only a room that was behind already is told.
            if local.seqs[audience] == before[audience] < seq:
                local.seqs[audience] = seq
                metrics.CATCH_UPS.labels(audience.name.lower()).inc()
                local.push(events.frame_of(message), audience)
                self._spawn(self._settle_room(room, local))

    async def _settle(self) -> None:
        for name, local in list(self._rooms.items()):
            await self._settle_room(name, local)

    async def _settle_room(self, room: str, local: LocalRoom) -> None:
        """Tell everybody here how they stand, if they were not told, and let go of those who are not there."""
        known, sockets = dict(local.standings), dict(local.sockets)
        found, here = await database_sync_to_async(_standings_and_here)(room, list(sockets), known)
        self._standings.found(room, local, found)
        for connection in sockets.keys() - found.keys():
            if local.sockets.get(connection) is sockets[connection]:
                is_elsewhere = connection in known and known[connection].id in here
                _dismiss(local, connection, Code.SUPERSEDED if is_elsewhere else Code.NOT_JOINED)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(_logged(lambda: work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _versions_and_gone(rooms: list[str]) -> tuple[dict[str, tuple[int, int, int, int]], set[str]]:
    return selectors.versions(rooms), selectors.gone_lately(rooms, GONE_LATELY_SECONDS)


def _audience_and_quiet(room: str) -> tuple[tuple[int, list[Face]], dict[str, set[str]]]:
    return selectors.audience_of(room), selectors.quiet_in(room)


def _standings_and_here(room: str, connections: list[str], known: dict[str, You]) -> tuple[dict[str, You], set[str]]:
    found = selectors.standings(room, connections)
    missing = [you.id for connection, you in known.items() if connection not in found]
    return found, selectors.people_here(missing) if missing else set()


def _dismiss(local: LocalRoom, connection: str, code: Code, *, by: str = "") -> None:
    socket = local.sockets.get(connection)
    if socket is not None:
        socket.dismiss(code, **({"by": by} if by else {}))


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _logged(work)


async def _logged(function: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    try:
        await function(*arguments)
    except Exception:
        metrics.WORK_FAILED.inc()
        logger.exception("hub.work_failed")


def _speaking_frame(people: tuple[str, ...]) -> dict[str, Any]:
    return events.frame_of(messages.StageSpeaking(people=list(people)))


async def start_live() -> None:
    """Begin to live: serve or join the bus, and listen to the workers. Idempotent, once a process."""
    bus = get_bus()
    if isinstance(bus, LocalBus):
        await bus.serve_or_start()
    else:
        await bus.start()
    await get_hub().start()
    count_tasks(asyncio.get_running_loop())


@cache
def get_hub() -> Hub:
    """This process's hub."""
    return Hub(get_bus())


def _floor_frame(floor: FloorSoFar) -> dict[str, Any]:
    times = [messages.FloorTime(person, seconds) for person, seconds in floor.seconds.items()]
    return events.frame_of(messages.StageFloor(times=times, holder=floor.holder, held=floor.held(time.monotonic())))
