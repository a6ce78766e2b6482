"""Every room of a worker, 20 ms at a time: read the voices that may be heard, mix, encode once for all who do not talk, send.

Nothing here waits, and nothing here keeps time: whoever calls `tick` does (`media.py`).
"""

import logging
import math
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from rooms.audio.codec import Encoder
from rooms.audio.core.clock import TICK_SAMPLES
from rooms.audio.core.effort import Effort, Governor
from rooms.audio.core.figures import WORK_BOUNDS, Buckets
from rooms.audio.core.jitter import Counters
from rooms.audio.core.levels import INAUDIBLE_DBOV, level_dbov
from rooms.audio.core.mixer import Sound
from rooms.audio.core.packet import RtpPacket
from rooms.audio.core.session import RoomSession
from rooms.audio.native.voice_filter import new_voice_filter
from rooms.audio.playout import Speaker
from rooms.audio.transport.fanout import Stream

logger = logging.getLogger(__name__)

_SILENT_TICKS_BEFORE_REST = 25  # silence is encoded for so long, then it costs nothing until somebody speaks
_LOSS_EVERY_TICKS = 250  # how often encoders are told what the network loses
_LEAST_LOSS_PERCENT, _MOST_LOSS_PERCENT = 1, 30
_LISTENERS_THAT_COUNT = 0.9  # the share of listeners whose losses are to be survived; the rest is beyond help


class Listeners(Protocol):
    """Those who get the same packets: `transport.fanout.Audience`."""

    def add(self, stream: Stream) -> None:
        """One more."""

    def remove(self, stream: Stream) -> None:
        """One less."""

    def send(self, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        """One packet to each."""

    def skip(self, packets: int) -> None:
        """So many packets to each are lost."""

    def __len__(self) -> int:
        """How many."""


class Connected(Protocol):
    """What a member is sent by: `transport.peer.Peer`."""

    @property
    def stream(self) -> Stream | None:
        """None while it is sent nothing."""

    @property
    def reported_loss(self) -> float:
        """0 to 1."""


Send = Callable[[bytes, int, bool], None]  # payload, timestamp, marker


@dataclass(eq=False)
class Output:
    """One mix on its way to those who get it."""

    encoder: Encoder
    listeners: Listeners
    paused: bool = True  # whether the last tick gave no packet
    _silent_ticks: int = 0

    def give(self, sound: Sound, timestamp: int, also: Send | None = None) -> float:
        """Encode and send one tick, to its listeners and whoever else is to have it. In silence nothing is sent, and after
        half a second nothing is encoded.

        Returns:
            The seconds that encoding took.
        """
        self._silent_ticks = 0 if level_dbov(sound) > INAUDIBLE_DBOV else self._silent_ticks + 1
        began = time.perf_counter()
        payload = self.encoder.encode(sound) if self._silent_ticks <= _SILENT_TICKS_BEFORE_REST else b""
        encoding = time.perf_counter() - began
        if payload:
            self.listeners.send(payload, timestamp, marker=self.paused)
            if also is not None:
                also(payload, timestamp, self.paused)
        self.paused = not payload
        return encoding


@dataclass(eq=False, slots=True)
class Member:
    """One connection in a room."""

    connection: str
    person: str
    peer: Connected
    stream: Stream | None = None  # the one that is in `listeners`
    listeners: Listeners | None = None


@dataclass(eq=False)
class Room:
    """One room's members, voices and shared mix."""

    name: str
    shared: Output
    session: RoomSession = field(default_factory=lambda: RoomSession(new_filter=new_voice_filter))
    members: dict[str, Member] = field(default_factory=dict)
    speakers: dict[str, Speaker] = field(default_factory=dict)  # by connection; outlives its member by the fade
    own: dict[str, Output] = field(default_factory=dict)  # by connection: each talker's, of the mix without themselves
    silent_ticks: int = 0
    ahead: int = 0  # samples, of the engine's time
    fed: bool = False  # mixed by another worker, see `relaying.py`
    lost_elsewhere: int = 0  # percent, by listeners on workers that share it

    def outputs(self) -> Iterable[Output]:
        """Whatever is encoded in this room."""
        yield self.shared
        yield from self.own.values()


class Engine:
    """See the module. `new_listeners` makes an empty group of those who get the same packets; `heard` is told of every packet
    that the gate lets through: room, person, packet, and when it came; `relay` gets each packet of a room's shared mix: room,
    payload, timestamp, marker."""

    def __init__(
        self,
        new_listeners: Callable[[], Listeners],
        heard: Callable[[str, str, RtpPacket, float], None] = lambda *packet: None,
        relay: Callable[[str, bytes, int, bool], None] = lambda *packet: None,
    ) -> None:
        self.rooms: dict[str, Room] = {}
        self.ticks = 0
        self._new_listeners = new_listeners
        self._heard = heard
        self._relay = relay
        self._fed: set[str] = set()
        self._governor = Governor()
        self._timestamp = random.getrandbits(32)
        self._encoding = 0.0  # seconds of this tick
        self.work = Buckets(WORK_BOUNDS)  # seconds a tick
        self.encoded_seconds = 0.0
        self.unheard = 0  # packets of voices that may not be heard
        self._gone = Counters()  # of speakers that are no more

    @property
    def effort(self) -> Effort:
        """How hard encoders try: less when ticks take long."""
        return self._governor.effort

    def voices(self) -> Counters:
        """What became of the packets of all voices so far."""
        total = Counters()
        total.take_in(self._gone)
        for room in self.rooms.values():
            for speaker in room.speakers.values():
                total.take_in(speaker.buffer.counters)
        return total

    # --- rooms --------------------------------------------------------------------------------------------------------

    def add(self, room: str, member: Member) -> None:
        """A connection gets the room's sound as soon as its peer has a stream."""
        if room not in self.rooms:
            output = Output(Encoder(effort=self.effort), self._new_listeners())
            self.rooms[room] = Room(room, output, fed=room in self._fed)
        self.rooms[room].members[member.connection] = member
        self.place(room, member.connection)

    def remove(self, room: str, connection: str) -> Member | None:
        """A connection gets no sound any more; its voice fades out in the next tick."""
        found = self.rooms.get(room)
        if found is None:
            return None
        member = found.members.pop(connection, None)
        if member is not None:
            _move(member, None)
        found.session.leave(connection)
        if not found.members:
            for speaker in found.speakers.values():
                self._gone.take_in(speaker.buffer.counters)
            del self.rooms[room]
        return member

    def place(self, room: str, connection: str) -> None:
        """A member's peer has another stream than before, or the same with another address."""
        found = self.rooms.get(room)
        member = found.members.get(connection) if found is not None else None
        if found is None or member is None:
            return
        _move(member, None)
        own = found.own.get(connection)
        _move(member, own.listeners if own is not None else found.shared.listeners)

    def set_stage(self, room: str, version: int, may_speak: frozenset[str]) -> None:
        """Who may be heard; takes effect at the next tick."""
        if room in self.rooms:
            self.rooms[room].session.set_stage(version, may_speak)

    def hush(self) -> None:
        """Nobody may be heard anywhere, whatever versions of stages are known; takes effect at once."""
        for room in self.rooms.values():
            room.session.set_stage(room.session.version, frozenset())

    def deliver(self, room: str, connection: str, packet: RtpPacket, now: float) -> None:
        """A packet from a connection's voice. Without leave of the roster it goes nowhere."""
        found = self.rooms.get(room)
        if found is None or connection not in found.members or connection not in found.session.may_speak:
            self.unheard += 1
            return
        if connection not in found.speakers:
            found.speakers[connection] = Speaker()
        found.speakers[connection].push(packet, now)
        self._heard(room, found.members[connection].person, packet, now)

    # --- rooms that other workers share -----------------------------------------------------------------------------------

    def time_of(self, room: str) -> int:
        """The timestamp of a room's last tick."""
        found = self.rooms.get(room)
        return (self._timestamp + (found.ahead if found is not None else 0)) & 0xFFFFFFFF

    def feed(self, room: str) -> None:
        """Another worker mixes this room from now on."""
        self._fed.add(room)
        found = self.rooms.get(room)
        if found is not None and not found.fed:
            found.fed = True
            for connection in list(found.own):
                del found.own[connection]
                self.place(room, connection)

    def mix(self, room: str, after: int | None) -> None:
        """This room is mixed here again. Its listeners got packets up to that timestamp: it goes on behind it."""
        self._fed.discard(room)
        found = self.rooms.get(room)
        if found is not None and found.fed:
            found.fed = False
            ahead = ((after or 0) - self.time_of(room)) & 0xFFFFFFFF
            if after is not None and ahead < 1 << 31:
                found.ahead += ahead

    def play(self, room: str, payload: bytes, timestamp: int, *, marker: bool, missing: int) -> None:
        """A packet of a room that is mixed elsewhere, and how many are lost before it."""
        found = self.rooms.get(room)
        if found is None or not found.fed:
            return
        if missing:
            found.shared.listeners.skip(missing)
        found.shared.listeners.send(payload, timestamp, marker=marker)

    def losing(self) -> dict[str, int]:
        """What nine in ten listeners of each room that is mixed elsewhere lose at most, in percent."""
        rooms = {name: room for name, room in self.rooms.items() if room.fed}
        return {name: _percent(_lost(room)) for name, room in rooms.items()}

    def expect_loss(self, room: str, percent: int) -> None:
        """What listeners of a room lose on other workers."""
        if room in self.rooms:
            self.rooms[room].lost_elsewhere = percent

    # --- the tick -----------------------------------------------------------------------------------------------------

    def tick(self, now: float, *, skipped: int = 0) -> None:
        """Make and send 20 ms of every room.

        Args:
            now: when it was due (seconds of the clock by which packets came).
            skipped: ticks before it that were given up.
        """
        began = time.perf_counter()
        self.ticks += 1
        self._encoding = 0.0
        self._timestamp = (self._timestamp + TICK_SAMPLES) & 0xFFFFFFFF
        for room in list(self.rooms.values()):
            try:
                if skipped:
                    _hurry(room)
                self._tick_room(room, now)
            except Exception:
                # One room's trouble is not the others'.
                logger.exception("engine.room_failed", extra={"room": room.name})
        work = time.perf_counter() - began
        self.work.add(work)
        self.encoded_seconds += self._encoding
        if self._governor.account(work, self._encoding):
            for room in self.rooms.values():
                for output in room.outputs():
                    output.encoder.set_effort(self.effort)

    def _tick_room(self, room: Room, now: float) -> None:
        if room.fed:
            return
        audible = room.session.audible()
        for connection in room.speakers.keys() - set(audible):
            self._gone.take_in(room.speakers.pop(connection).buffer.counters)
        sounds = {}
        for connection, speaker in room.speakers.items():
            sound = speaker.read(now)
            if sound is not None and sound.any():
                sounds[connection] = sound
        room.silent_ticks = 0 if sounds else room.silent_ticks + 1
        if room.silent_ticks > _SILENT_TICKS_BEFORE_REST:
            return
        if self.ticks % _LOSS_EVERY_TICKS == 0:
            _expect_loss(room)
        mixes = room.session.mix(sounds)
        self._give_own(room, mixes.own)
        timestamp = self.time_of(room.name)
        self._encoding += room.shared.give(mixes.shared, timestamp, partial(self._relay, room.name))

    def _give_own(self, room: Room, mixes: dict[str, Sound]) -> None:
        for connection in room.own.keys() - mixes.keys():
            del room.own[connection]
            # From this tick on they get the shared mix: by now it is the same sound.
            self.place(room.name, connection)
        for connection, sound in mixes.items():
            if connection not in room.members:
                continue
            if connection not in room.own:
                # Until this tick it was the shared mix: the copy has heard what the listener has heard.
                room.own[connection] = Output(room.shared.encoder.copy(), self._new_listeners())
                self.place(room.name, connection)
            self._encoding += room.own[connection].give(sound, self.time_of(room.name))


def _move(member: Member, listeners: Listeners | None) -> None:
    if member.listeners is not None and member.stream is not None:
        member.listeners.remove(member.stream)
    member.listeners, member.stream = listeners, member.peer.stream
    if listeners is not None and member.stream is not None:
        listeners.add(member.stream)


def _hurry(room: Room) -> None:
    for speaker in room.speakers.values():
        speaker.buffer.hurry()


def _expect_loss(room: Room) -> None:
    """Tell each encoder what its listeners lose; the shared one, what nine in ten of them lose at most."""
    room.shared.encoder.expect_loss(max(_percent(_lost(room)), room.lost_elsewhere))
    for connection, output in room.own.items():
        if connection in room.members:
            output.encoder.expect_loss(_percent(room.members[connection].peer.reported_loss))


def _lost(room: Room) -> float:
    losses = sorted(
        member.peer.reported_loss for name, member in room.members.items() if member.stream and name not in room.own
    )
    return losses[math.ceil(_LISTENERS_THAT_COUNT * (len(losses) - 1))] if losses else 0.0


def _percent(loss: float) -> int:
    return min(_MOST_LOSS_PERCENT, max(_LEAST_LOSS_PERCENT, math.ceil(100 * loss)))
