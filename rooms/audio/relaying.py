"""Rooms that are too large for one worker, as media sees them: the shared mix of a room on its way to the workers that share
it, and the frames of rooms that are mixed elsewhere, on their way to the listeners here.

A frame is passed on the moment it comes; only one that comes before its turn waits, for a tick at most.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.audio.core import relay
from rooms.audio.core.relay import Frame, Order, Timeline
from rooms.audio.transport.relay import Address, Opener, RelayKey, Sealer

_ALIVE_EVERY_SECONDS = 0.5  # in silence
_UNFED_SECONDS = 2.0  # without any frame: the network between the two is broken, or the other worker is


@dataclass(frozen=True, slots=True)
class Target:
    """One worker that shares a room."""

    address: Address
    key: RelayKey


@dataclass(eq=False, slots=True)
class Outgoing:
    """One room's way to those that share it."""

    shares: dict[Target, Sealer]
    sent_at: float = float("-inf")


@dataclass(eq=False, slots=True)
class Incoming:
    """One room that is mixed elsewhere."""

    room: str
    openers: dict[bytes, Opener]  # by the name of its key
    timeline: Timeline
    heard_at: float  # when a frame came last, or it began
    order: Order = field(default_factory=Order)

    def is_from(self, home: Address, keys: list[RelayKey]) -> bool:
        """Whether it comes from there, sealed with one of these."""
        known = [(opener.home, opener.key) for opener in self.openers.values()]
        return known == [(home, key) for key in keys]


Play = Callable[[str, Frame, int, int], None]  # room, frame, timestamp here, how many are lost before it


class Relays:
    """See the module. `send` takes a datagram and an address; `play` gets what listeners of a room are to hear; `here` is the
    room's own time, 32 bits in samples. Times are seconds of the clock that is passed in."""

    def __init__(
        self,
        send: Callable[[bytes, Address], None],
        play: Play,
        here: Callable[[str], int],
        clock: Callable[[], float],
    ) -> None:
        self.dropped = 0  # datagrams: of a stranger, forged, or replayed
        self.taken = 0
        self._send = send
        self._play = play
        self._here = here
        self._clock = clock
        self._outgoing: dict[str, Outgoing] = {}
        self._by_room: dict[str, Incoming] = {}
        self._by_key: dict[bytes, Incoming] = {}

    # --- of a room that is mixed here -----------------------------------------------------------------------------------

    def share(self, room: str, targets: list[Target]) -> None:
        """From now on these share a room that is mixed here."""
        known = self._outgoing.pop(room, None)
        before = known.shares if known is not None else {}
        if targets:
            shares = {target: before.get(target) or Sealer(target.key, self._clock) for target in targets}
            self._outgoing[room] = Outgoing(shares)

    def relay(self, room: str, payload: bytes, timestamp: int, *, marker: bool) -> None:
        """A packet of a room's shared mix goes to those that share it."""
        outgoing = self._outgoing.get(room)
        if outgoing is not None:
            self._relay(outgoing, payload, timestamp, marker=marker)

    def _relay(self, outgoing: Outgoing, payload: bytes, timestamp: int, *, marker: bool) -> None:
        outgoing.sent_at = self._clock()
        for target, sealer in outgoing.shares.items():
            self._send(sealer.seal(payload, timestamp, marker=marker), target.address)

    # --- of a room that is mixed elsewhere ------------------------------------------------------------------------------

    def source(self, room: str, home: Address, keys: list[RelayKey]) -> None:
        """From now on a room is mixed there, and sealed with one of these: nobody else's frames of it are taken. Told again,
        what came is still known."""
        known = self._by_room.get(room)
        if known is not None and known.is_from(home, keys):
            return
        known = self._forget(room)
        timeline = known.timeline if known is not None else Timeline()
        timeline.rebase()
        openers = {key.key_id: Opener(key, home) for key in keys}
        self._by_room[room] = incoming = Incoming(room, openers, timeline, heard_at=self._clock())
        self._by_key.update(dict.fromkeys(openers, incoming))

    def no_source(self, room: str) -> int | None:
        """A room is mixed elsewhere no more; the last timestamp that its listeners got."""
        known = self._forget(room)
        return known.timeline.last if known is not None else None

    def _forget(self, room: str) -> Incoming | None:
        known = self._by_room.pop(room, None)
        if known is not None:
            for name in known.openers:
                del self._by_key[name]
        return known

    def unfed(self) -> list[str]:
        """The rooms of which no frame comes, though one is due twice a second."""
        now = self._clock()
        return [room for room, incoming in self._by_room.items() if now - incoming.heard_at > _UNFED_SECONDS]

    def receive(self, datagram: bytes, address: Address) -> None:
        """A datagram that says it is a frame, from anybody."""
        try:
            header = relay.read(datagram)
        except relay.NotAFrame:
            self.dropped += 1
            return
        incoming = self._by_key.get(header.key_id)
        frame = None
        opener = incoming.openers[header.key_id] if incoming is not None else None
        if opener is not None and opener.home == address:  # a stranger costs us two comparisons
            frame = opener.open(header, datagram)
        if incoming is None or frame is None:
            self.dropped += 1
            return
        self.taken += 1
        incoming.heard_at = self._clock()
        self._go_on(incoming, incoming.order.push(frame, incoming.heard_at))

    def _go_on(self, incoming: Incoming, due: list[tuple[int, Frame]]) -> None:
        for missing, frame in due:
            if frame.payload:
                timestamp = incoming.timeline.place(frame.timestamp, self._here(incoming.room))
                self._play(incoming.room, frame, timestamp, missing)

    # --- time -----------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Pass on what has waited for what is lost, and say that we live where nothing is to be heard. Once a tick."""
        now = self._clock()
        for incoming in self._by_room.values():
            self._go_on(incoming, incoming.order.overdue(now))
        for outgoing in self._outgoing.values():
            if now - outgoing.sent_at >= _ALIVE_EVERY_SECONDS:
                self._relay(outgoing, b"", 0, marker=False)
