"""The media process of a worker: the port, the peers and the tick, in one thread that does nothing else. Its orders come from
the control process, with which it lives and dies: `python -m rooms.audio.media PORT_DESCRIPTOR PIPE_DESCRIPTOR`.

The collector of garbage never runs while anybody is connected: with thousands of peers a pass takes longer than a tick. What
peers leave behind is freed by counting references (`manage.py bench soak` shows that nothing stays).
"""

import gc
import logging
import math
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial

from rooms.audio import control
from rooms.audio.codec import MOST_ENCODED_BYTES, Encoder
from rooms.audio.core.clock import TICK_SECONDS, TickClock
from rooms.audio.core.drops import Drops
from rooms.audio.core.figures import LATENESS_BOUNDS, Buckets, Losses
from rooms.audio.core.floor import FloorTime
from rooms.audio.core.packet import RtpPacket
from rooms.audio.core.relay import Frame
from rooms.audio.engine import Engine, Member
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.relaying import Relays, Target
from rooms.audio.tap import Tap
from rooms.audio.transport.fanout import MOST_PAYLOAD_BYTES, Audience, Outlet
from rooms.audio.transport.ice_lite import IceLite
from rooms.audio.transport.peer import Ears, Peer
from rooms.audio.transport.relay import RelayKey
from rooms.audio.transport.stun import Address
from rooms.seeing import child_log

logger = logging.getLogger(__name__)

UNHEARD_SECONDS = 1.5  # and half a second until it is looked at: two, as promised
_LATENESS_KEPT = 3_000  # ticks: a minute
_DATAGRAMS_A_TURN = 64  # before the clock is looked at again
_MOST_DATAGRAMS_A_TICK = 1_024  # that may wait when a tick is due; what is more is a flood, and waits
_SPEAKING_TICKS = 10  # five times a second
_REPEAT_SPEAKING_TICKS = 100  # for web processes that came later
_FLOOR_TICKS = 250  # every five seconds
_LOSING_TICKS = 250
_TURN_TICKS = 25  # twice a second everybody's turn comes, in a tick of their own: consent, and what came of their voice
_PULSE_TICKS = 50

assert MOST_ENCODED_BYTES <= MOST_PAYLOAD_BYTES


@dataclass(eq=False, slots=True)
class Guest:
    """One peer and where it belongs."""

    number: int
    room: str
    member: Member
    peer: Peer
    gone: bool = False  # said to be
    allowed_at: float | None = None  # since when it may be heard
    unheard: bool = False


@dataclass(eq=False, slots=True)
class Said:
    """What control was last told of who speaks in a room."""

    speaking: tuple[str, ...] = ()
    at: int = 0  # tick
    floor: FloorTime = field(default_factory=FloorTime)
    spoken: bool = False  # since the floor was last told of


class Media:
    """See the module. `turn` does what is due and never waits."""

    def __init__(self, port: socket.socket, pipe: Pipe, clock: Callable[[], float] = time.monotonic) -> None:
        self.outlet = Outlet(port)
        self.tap = Tap()
        self.engine = Engine(lambda: Audience(self.outlet), self.tap.take, self._relay)
        self.relays = Relays(self.outlet.send, self._play, self.engine.time_of, clock)
        self.ice = IceLite(port, clock, self._relayed)
        self.guests: dict[int, Guest] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # by room and connection
        self._turns: list[dict[int, Guest]] = [
            {} for _ in range(_TURN_TICKS)
        ]  # by number: who is looked at in which tick
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)  # seconds, of the last ticks
        self._pipe = pipe
        self._clock = clock
        self._due = TickClock.starting(clock())
        self.tap.offset_ms = (time.time() - clock()) * 1000
        self._late = Buckets(LATENESS_BOUNDS)
        self._accepted = 0  # packets of voices of peers that are no more
        self._losses = Losses()
        self._said: dict[str, Said] = {}  # by room
        self._lease_until = math.inf
        self._lapsed = False
        self._unfed: tuple[str, ...] = ()
        self._drops = Drops()

    # --- time ---------------------------------------------------------------------------------------------------------

    def wait(self) -> float:
        """Seconds until something is due."""
        return self._due.wait(self._clock())

    def turn(self, *, orders: bool = True, datagrams: bool = True) -> None:
        """Take what came, and tick if it is time.

        Args:
            orders, datagrams: whether there may be any.

        Raises:
            Closed: the control process is gone.
        """
        if orders:
            for message in self._pipe.receive():
                self._take(message)
        if self._clock() > self._lease_until and not self._lapsed:
            self._lapse()  # before anything that came meanwhile is let through
        if datagrams:
            self.ice.drain(_DATAGRAMS_A_TURN)
        if self._clock() < self._due.deadline:
            return
        self.ice.drain(_MOST_DATAGRAMS_A_TICK)  # a tick hears every packet that arrived before it
        now = self._clock()
        tick = self._due.advance(now)
        self.lateness.append(tick.late)
        self._late.add(tick.late)
        self.engine.tick(tick.due, skipped=tick.skipped)
        self.relays.tick()
        self._report(now)
        self._pipe.flush()

    def _report(self, now: float) -> None:
        ticks = self.engine.ticks
        if ticks % _SPEAKING_TICKS == 0:
            self._tell_who_speaks()
        if ticks % _LOSING_TICKS == 0:
            for room, percent in self.engine.losing().items():
                self._pipe.offer(control.Losing(room, percent))
        for guest in self._turns[ticks % _TURN_TICKS].values():
            self._check_on(guest, now)
            if guest.peer.stream is not None:
                self._losses.add(guest.peer.reported_loss)
            if guest.peer.sends:
                guest.peer.report(now)
        if ticks % _PULSE_TICKS == 0:
            self._tell_who_is_unfed()
            self._pipe.send(control.Pulse(self._figures()))
            self._hand_over(now)
            if not self.guests:
                gc.collect()

    def _hand_over(self, now: float) -> None:
        for room, batch in self.tap.hand_over():
            self._pipe.offer(control.Kept(room, batch))
        self.tap.offset_ms = (time.time() - now) * 1000  # a clock that was set is followed

    def _tell_who_is_unfed(self) -> None:
        unfed = tuple(self.relays.unfed())
        if unfed != self._unfed:
            self._unfed = unfed
            self._pipe.send(control.Unfed(unfed))

    def _lapse(self) -> None:
        """Somebody else may have our rooms by now."""
        self._lapsed = True
        self.engine.hush()
        self._pipe.send(control.Lapsed())

    # --- rooms that other workers share -------------------------------------------------------------------------------------

    def _relay(self, room: str, payload: bytes, timestamp: int, marker: bool) -> None:
        self.relays.relay(room, payload, timestamp, marker=marker)

    def _relayed(self, datagram: bytes, address: Address) -> None:
        if not self._lapsed:  # else our listeners may be somebody else's by now, or nobody's
            self.relays.receive(datagram, address)

    def _play(self, room: str, frame: Frame, timestamp: int, missing: int) -> None:
        self.engine.play(room, frame.payload, timestamp, marker=frame.marker, missing=missing)

    def _source(self, order: control.Source) -> None:
        if order.ip:
            self.engine.feed(order.room)
            keys = [RelayKey(name, key, order.epoch) for name, key in order.keys]
            self.relays.source(order.room, (order.ip, order.port), keys)
        else:
            self.engine.mix(order.room, self.relays.no_source(order.room))

    # --- orders -------------------------------------------------------------------------------------------------------

    def _take(self, message: control.Message) -> None:
        try:
            self._obey(message)
        except Closed:
            raise
        except Exception:
            # One peer's trouble is not the others'.
            where = {"room": message.room} if hasattr(message, "room") else {}
            logger.exception("media.order_failed", extra={"order": type(message).__name__, **where})

    def _obey(self, message: control.Message) -> None:
        match message:
            case control.Open():
                self._open(message)
            case control.Agree() if message.number in self.guests:
                self.guests[message.number].peer.agree(message.agreed)
            case control.Expect() if message.number in self.guests:
                self.guests[message.number].peer.expect(message.credentials)
            case control.Record() if message.number in self.guests:
                self.guests[message.number].peer.send_record(message.datagram)
            case control.Unlock() if message.number in self.guests:
                self.guests[message.number].peer.unlock(message.keys)
            case control.Close():
                self._close(message.number)
            case control.Lease(until):
                self._lease_until = until
                self._lapsed = self._lapsed and until < self._clock()
            case control.OnStage() if not self._lapsed:
                self.engine.set_stage(message.room, message.version, frozenset(message.connections))
            case control.Shared(room, epoch, shares):
                targets = [Target((ip, port), RelayKey(name, key, epoch)) for ip, port, name, key in shares]
                self.relays.share(room, targets)
            case control.Source():
                self._source(message)
            case control.ExpectLoss():
                self.engine.expect_loss(message.room, message.percent)
            case control.CensusWanted():
                self._pipe.send(self._census(message.request))
            # Else it is about a peer that has just ended, or comes without a lease: it is told again.

    def _open(self, order: control.Open) -> None:
        room, connection, number = order.room, order.connection, order.number
        before = self._numbers.get((room, connection))
        if before is not None:
            self._close(before)  # replaced: its own order to close comes after its goodbye

        def voice(packet: RtpPacket, now: float) -> None:
            self.engine.deliver(room, connection, packet, now)

        ears = Ears(
            voice=voice,
            records=lambda datagram: self._pipe.offer(control.Record(number, datagram)),
            reached=lambda: self._pipe.send(control.Reached(number)),
            placed=partial(self.engine.place, room, connection),
        )
        peer = Peer(
            self.ice, ears, self._clock, ssrc=order.ssrc, cname=order.cname, agreed=order.agreed, drops=self._drops
        )
        peer.expect(order.credentials)
        member = Member(connection, order.person, peer)
        guest = Guest(number, room, member, peer)
        self.guests[number] = self._turns[number % _TURN_TICKS][number] = guest
        self._numbers[room, connection] = number
        self.engine.add(room, member)

    def _close(self, number: int) -> None:
        guest = self.guests.pop(number, None)
        if guest is None:
            return
        del self._numbers[guest.room, guest.member.connection]
        del self._turns[number % _TURN_TICKS][number]
        self.engine.remove(guest.room, guest.member.connection)
        self._accepted += guest.peer.accepted
        guest.peer.stop()

    # --- what control is told -----------------------------------------------------------------------------------------

    def _check_on(self, guest: Guest, now: float) -> None:
        if not guest.gone and guest.peer.is_gone(now):
            guest.gone = True
            self._pipe.send(control.Gone(guest.number))
        room = self.engine.rooms.get(guest.room)
        if room is None or guest.member.connection not in room.session.may_speak:
            guest.allowed_at = None
        elif guest.allowed_at is None:
            guest.allowed_at = now
        unheard = guest.allowed_at is not None and now - max(guest.allowed_at, guest.peer.heard_at) > UNHEARD_SECONDS
        if unheard != guest.unheard:
            guest.unheard = unheard
            self._pipe.send(control.Unheard(guest.room, guest.member.connection, unheard))

    def _tell_who_speaks(self) -> None:
        for name, room in self.engine.rooms.items():
            speaking = tuple(
                room.members[connection].person for connection in room.session.speaking() if connection in room.members
            )
            said = self._said.setdefault(name, Said())
            self._tell_heard(name, said, speaking)
            self._tell_floor(name, said, speaking)
        for name in self._said.keys() - self.engine.rooms.keys():
            del self._said[name]

    def _tell_heard(self, room: str, said: Said, speaking: tuple[str, ...]) -> None:
        ticks = self.engine.ticks
        if speaking != said.speaking or (speaking and ticks - said.at >= _REPEAT_SPEAKING_TICKS):
            said.speaking, said.at = speaking, ticks
            self._pipe.send(control.Heard(room, speaking))

    def _tell_floor(self, name: str, said: Said, speaking: tuple[str, ...]) -> None:
        floor = said.floor
        passed = floor.hear(speaking, _SPEAKING_TICKS * TICK_SECONDS)
        said.spoken = said.spoken or bool(speaking)
        if not passed and not (said.spoken and self.engine.ticks % _FLOOR_TICKS == 0):
            return
        said.spoken = False
        floor.forget({member.person for member in self.engine.rooms[name].members.values()})
        seconds = tuple(int(spoken) for spoken in floor.seconds.values())
        self._pipe.send(control.Floor(name, tuple(floor.seconds), seconds, floor.holder, int(floor.held_seconds)))

    def _figures(self) -> dict[str, object]:
        """Of counters that are kept anyway, added up once a second."""
        voices = self.engine.voices()
        loss, lossy = self._losses.taken()
        return {
            "ticks": self.engine.ticks,
            "skipped": self._due.skipped,
            "late": self._late.counts,
            "late_seconds": self._late.total,
            "work": self.engine.work.counts,
            "work_seconds": self.engine.work.total,
            "encoded_seconds": self.engine.encoded_seconds,
            "rooms": len(self.engine.rooms),
            "peers": len(self.guests),
            "unfed": len(self._unfed),
            "received": self.ice.received,
            "accepted": self._accepted + sum(guest.peer.accepted for guest in self.guests.values()),
            "sent": self.outlet.sent,
            "octets": self.outlet.octets,
            "dropped": {
                **self.ice.dropped_by,
                **self._drops.by_reason(),
                "relay": self.relays.dropped,
                "not_kept": self.tap.left_out,
                "not_read": self._pipe.left_out,
                "not_on_stage": self.engine.unheard,
                "not_sent": self.outlet.unsent + self.ice.unsent,
                "duplicate": voices.duplicate,
                "late": voices.late,
                "overflow": voices.overflowed,
                "given_up": voices.skipped,
            },
            "lost": voices.lost,
            "loss": loss,
            "lossy": lossy,
            "complexity": self.engine.effort.complexity,
            "cpu_seconds": time.process_time(),
        }

    def _census(self, request: int) -> control.Census:
        figures = {
            "ticks": self.engine.ticks,
            "skipped": self._due.skipped,
            "lateness": list(self.lateness),
            "sent": self.outlet.sent,
            "unsent": self.outlet.unsent,
            "dropped": self.ice.dropped,
            "frames_taken": self.relays.taken,
            "frames_dropped": self.relays.dropped,
            "complexity": self.engine.effort.complexity,
        }
        self.lateness.clear()
        return control.Census(request, figures, [self._describe(guest) for guest in self.guests.values()])

    def _describe(self, guest: Guest) -> dict[str, object]:
        room = self.engine.rooms.get(guest.room)
        connection = guest.member.connection
        speaker = room.speakers.get(connection) if room is not None else None
        return {
            "room": guest.room,
            "connection": connection,
            "address": guest.peer.address,
            "sends": guest.peer.sends,
            "accepted": guest.peer.accepted,
            "reported_loss": guest.peer.reported_loss,
            "jitter_buffer": asdict(speaker.buffer.counters) if speaker is not None else None,
        }


def run(port: socket.socket, pipe: Pipe) -> None:
    """Live as long as the control process does."""
    Encoder()  # whatever is missing is missed now
    media = Media(port, pipe)
    gc.collect()
    gc.freeze()
    gc.disable()
    watched: list[socket.socket | Pipe] = [port, pipe]
    while True:
        readable, _, _ = select.select(watched, [pipe] if pipe.waits_to_send else [], [], media.wait())
        try:
            media.turn(orders=pipe in readable, datagrams=port in readable)
        except Closed:
            return


def main(port_descriptor: int, pipe_descriptor: int) -> None:
    """Run with the sockets of these descriptors."""
    # Ctrl-C reaches the whole group of processes, a supervisor's SIGTERM often too; this one ends when control has said
    # goodbye to everybody.
    child_log.begin("media")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=port_descriptor) as port, socket.socket(fileno=pipe_descriptor) as end:
        run(port, Pipe(end))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
