"""The 20 ms loop: read the voices that may be heard, mix, encode once for everybody who does not talk, send.

Nothing here waits: no database, no signalling, no handshake. The loop shares its thread with the socket's reader, so a tick
sees every packet that arrived before it.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

from rooms.audio.codec import Encoder
from rooms.audio.core.clock import TICK_SAMPLES, TickClock
from rooms.audio.core.mixer import silence
from rooms.audio.core.packet import RtpPacket
from rooms.audio.core.session import RoomSession
from rooms.audio.playout import Speaker
from rooms.audio.transport.fanout import FanOut
from rooms.audio.transport.peer import Peer

logger = logging.getLogger(__name__)

_LATENESS_KEPT = 3_000  # ticks: a minute
_SILENT_TICKS_BEFORE_REST = 50  # a second of silence is encoded, then the room costs nothing until somebody speaks


@dataclass(eq=False)
class Member:
    """One connection in a room."""

    connection: str
    person: str
    peer: Peer
    speaker: Speaker | None = None
    encoder: Encoder | None = None  # of the mix without themselves


@dataclass(eq=False)
class Room:
    """One room's members and its shared encoder."""

    name: str
    session: RoomSession = field(default_factory=RoomSession)
    members: dict[str, Member] = field(default_factory=dict)
    encoder: Encoder = field(default_factory=Encoder)
    silent_ticks: int = 0


class Engine:
    """Every room of a worker."""

    def __init__(self, fan_out: FanOut) -> None:
        self.rooms: dict[str, Room] = {}
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)  # seconds, of the last ticks
        self.ticks = 0
        self._fan_out = fan_out
        self._timestamp = 0

    # --- rooms --------------------------------------------------------------------------------------------------------

    def room(self, name: str) -> Room:
        """A room, made when it is first named."""
        if name not in self.rooms:
            self.rooms[name] = Room(name)
        return self.rooms[name]

    def add(self, room: str, member: Member) -> None:
        """A connection gets the room's sound from the next tick on."""
        self.room(room).members[member.connection] = member

    def remove(self, room: str, connection: str) -> Member | None:
        """A connection gets and gives no sound any more."""
        found = self.rooms.get(room)
        if found is None:
            return None
        member = found.members.pop(connection, None)
        found.session.forget(connection)
        if not found.members:
            del self.rooms[room]
        return member

    def set_stage(self, room: str, version: int, may_speak: frozenset[str]) -> None:
        """Who may be heard; takes effect at the next tick."""
        if room in self.rooms:
            self.rooms[room].session.set_stage(version, may_speak)

    def deliver(self, room: str, connection: str, packet: RtpPacket, now: float) -> None:
        """A packet from a connection's voice. Without leave of the roster it goes nowhere."""
        found = self.rooms.get(room)
        member = found.members.get(connection) if found else None
        if found is None or member is None or connection not in found.session.may_speak:
            return
        if member.speaker is None:
            member.speaker = Speaker()
        member.speaker.push(packet, now)

    # --- the loop -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        clock = TickClock.starting(loop.time())
        while True:
            await asyncio.sleep(clock.wait(loop.time()))
            now = loop.time()
            if now < clock.deadline:
                continue
            self.lateness.append(clock.advance(now))
            self.tick(now)

    def tick(self, now: float) -> None:
        """Make and send 20 ms of every room."""
        self.ticks += 1
        self._timestamp = (self._timestamp + TICK_SAMPLES) & 0xFFFFFFFF
        for room in list(self.rooms.values()):
            try:
                self._tick_room(room, now)
            except Exception:
                # One room's trouble is not the others'.
                logger.exception("engine.room_failed")
        self._fan_out.flush()

    def _tick_room(self, room: Room, now: float) -> None:
        sounds = {}
        audible = room.session.audible()
        for connection in audible:
            member = room.members.get(connection)
            sound = member.speaker.read(now) if member is not None and member.speaker is not None else None
            if sound is not None:
                sounds[connection] = sound
        self._rest_the_unheard(room, audible)
        room.silent_ticks = 0 if sounds else room.silent_ticks + 1
        if room.silent_ticks > _SILENT_TICKS_BEFORE_REST:
            return
        mixes = room.session.mix(sounds)
        talkers = [room.members[connection] for connection in audible if connection in room.members]
        for member in talkers:
            if member.encoder is None:
                member.encoder = Encoder()
            # A talker who pauses for breath still gets their own stream: changing it back and forth would be heard.
            payload = member.encoder.encode(mixes.own.get(member.connection, mixes.shared))
            if payload:
                self._fan_out.add(payload, self._timestamp, (member.peer,))
        payload = room.encoder.encode(mixes.shared if sounds else silence())
        if payload:
            own = {member.connection for member in talkers}
            self._fan_out.add(
                payload,
                self._timestamp,
                (member.peer for member in room.members.values() if member.connection not in own),
            )

    def _rest_the_unheard(self, room: Room, audible: list[str]) -> None:
        for member in room.members.values():
            if member.speaker is not None and member.connection not in audible:
                member.speaker = None
                member.encoder = None
