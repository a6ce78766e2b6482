"""The 20 ms loop: read the voices that may be heard, mix, encode once for everybody who does not talk, send.

Nothing here waits: no database, no signalling, no handshake. The loop shares its thread with the socket's reader, so a tick
sees every packet that arrived before it.
"""

import asyncio
import logging
import math
import random
from collections import deque
from dataclasses import dataclass, field

from rooms.audio.codec import Encoder
from rooms.audio.core.clock import TICK_SAMPLES, TickClock
from rooms.audio.core.levels import INAUDIBLE_DBOV, level_dbov
from rooms.audio.core.mixer import Sound
from rooms.audio.core.packet import RtpPacket
from rooms.audio.core.session import RoomSession
from rooms.audio.playout import Speaker
from rooms.audio.transport.fanout import FanOut, Stream
from rooms.audio.transport.peer import Peer

logger = logging.getLogger(__name__)

_LATENESS_KEPT = 3_000  # ticks: a minute
_SILENT_TICKS_BEFORE_REST = 50  # a second of silence is encoded, then it costs nothing until somebody speaks
_PRIMING_TICKS = 4  # what a new encoder must have heard for its first packet to join on without a click
_LOSS_EVERY_TICKS = 250  # how often encoders are told what the network loses
_LEAST_LOSS_PERCENT, _MOST_LOSS_PERCENT = 5, 30


@dataclass(eq=False)
class Output:
    """One mix on its way to those who get it."""

    encoder: Encoder = field(default_factory=Encoder)
    paused: bool = True  # whether the last tick gave no packet
    _silent_ticks: int = 0

    def encode(self, sound: Sound) -> bytes:
        """The packet of this tick; empty in silence, which after a second is not even encoded."""
        self._silent_ticks = 0 if level_dbov(sound) > INAUDIBLE_DBOV else self._silent_ticks + 1
        return self.encoder.encode(sound) if self._silent_ticks <= _SILENT_TICKS_BEFORE_REST else b""


@dataclass(eq=False, slots=True)
class Member:
    """One connection in a room."""

    connection: str
    person: str
    peer: Peer


@dataclass(eq=False)
class Room:
    """One room's members, voices and shared mix."""

    name: str
    session: RoomSession = field(default_factory=RoomSession)
    members: dict[str, Member] = field(default_factory=dict)
    speakers: dict[str, Speaker] = field(default_factory=dict)  # by connection; outlives its member by the fade
    shared: Output = field(default_factory=Output)
    own: dict[str, Output] = field(default_factory=dict)  # by connection: each talker's, of the mix without themselves
    heard: deque[Sound] = field(default_factory=lambda: deque(maxlen=_PRIMING_TICKS))  # by the shared encoder
    silent_ticks: int = 0


class Engine:
    """Every room of a worker."""

    def __init__(self, fan_out: FanOut) -> None:
        self.rooms: dict[str, Room] = {}
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)  # seconds, of the last ticks
        self.ticks = 0
        self._fan_out = fan_out
        self._timestamp = random.getrandbits(32)

    # --- rooms --------------------------------------------------------------------------------------------------------

    def add(self, room: str, member: Member) -> None:
        """A connection gets the room's sound from the next tick on."""
        if room not in self.rooms:
            self.rooms[room] = Room(room)
        self.rooms[room].members[member.connection] = member

    def remove(self, room: str, connection: str) -> Member | None:
        """A connection gets no sound any more; its voice fades out in the next tick."""
        found = self.rooms.get(room)
        if found is None:
            return None
        member = found.members.pop(connection, None)
        found.session.leave(connection)
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
        if found is None or connection not in found.members or connection not in found.session.may_speak:
            return
        if connection not in found.speakers:
            found.speakers[connection] = Speaker()
        found.speakers[connection].push(packet, now)

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
            self._fan_out.flush()  # one room does not wait for the others

    def _tick_room(self, room: Room, now: float) -> None:
        audible = room.session.audible()
        for connection in room.speakers.keys() - set(audible):
            del room.speakers[connection]
        sounds = {}
        for connection, speaker in room.speakers.items():
            sound = speaker.read(now)
            if sound is not None:
                sounds[connection] = sound
        room.silent_ticks = 0 if sounds else room.silent_ticks + 1
        if room.silent_ticks > _SILENT_TICKS_BEFORE_REST:
            return
        if self.ticks % _LOSS_EVERY_TICKS == 0:
            _expect_loss(room)
        mixes = room.session.mix(sounds)
        self._send_own(room, mixes.own)
        room.heard.append(mixes.shared)
        audience = [
            member.peer.stream
            for connection, member in room.members.items()
            if connection not in room.own and member.peer.stream is not None
        ]
        self._send(room.shared, mixes.shared, audience)

    def _send_own(self, room: Room, mixes: dict[str, Sound]) -> None:
        for connection in room.own.keys() - mixes.keys():
            del room.own[connection]  # from this tick on they get the shared mix: by now it is the same sound
        for connection, sound in mixes.items():
            member = room.members.get(connection)
            if member is None or member.peer.stream is None:
                continue
            if connection not in room.own:
                room.own[connection] = Output(_primed(room))
            self._send(room.own[connection], sound, [member.peer.stream])

    def _send(self, output: Output, sound: Sound, streams: list[Stream]) -> None:
        payload = output.encode(sound)
        if payload:
            self._fan_out.add(payload, self._timestamp, streams, marker=output.paused)
        output.paused = not payload


def _primed(room: Room) -> Encoder:
    """An encoder that has heard what the listener has heard until now: until this tick it was the shared mix."""
    encoder = Encoder()
    for sound in room.heard:
        encoder.encode(sound)
    return encoder


def _expect_loss(room: Room) -> None:
    """Tell the shared encoder what nine in ten of the listeners lose at most."""
    losses = sorted(member.peer.reported_loss for member in room.members.values())
    percent = math.ceil(100 * losses[int(0.9 * (len(losses) - 1))])
    room.shared.encoder.expect_loss(min(_MOST_LOSS_PERCENT, max(_LEAST_LOSS_PERCENT, percent)))
