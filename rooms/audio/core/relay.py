"""Mix frames from the worker that mixes a room to those that share it: how they look, which of them are new, in which order
they go on, and at which time of the listeners' stream. How they are sealed is `transport/relay.py`.
"""

import struct
from dataclasses import dataclass, field

from rooms.audio.core.clock import TICK_SAMPLES

KIND = 8  # first byte: RFC 7983 and RFC 9443 leave 4…15 to nobody, so that the port of STUN, DTLS and RTP can carry it
KEY_ID_BYTES = 8
_HEADER = struct.Struct("!BB8sIQI")  # kind, flags, key, room epoch, sequence, timestamp
HEADER_BYTES = _HEADER.size
_MARKER = 1
_MOST_EPOCH, _MOST_SEQUENCE = (1 << 32) - 1, (1 << 64) - 1
_WINDOW = 64  # sequence numbers behind the newest that are told from replays
_MOST_HELD = 3  # frames behind a gap
_MOST_MISSING = 50  # so many lost in a row are lost to the listener too; more is a break
_HOLD_SECONDS = 0.02  # a tick: what is so late is lost


class NotAFrame(ValueError):
    """Not a header of ours."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a datagram says in plaintext, and its seal covers. The timestamp is the mixing worker's, 32 bits, in samples."""

    key_id: bytes
    epoch: int
    sequence: int
    timestamp: int
    marker: bool

    def pack(self) -> bytes:
        """As it travels."""
        flags = _MARKER if self.marker else 0
        return _HEADER.pack(KIND, flags, self.key_id, self.epoch, self.sequence, self.timestamp & 0xFFFFFFFF)


def read(datagram: bytes) -> Header:
    """The header of a datagram.

    Raises:
        NotAFrame: it has none.
    """
    if len(datagram) < HEADER_BYTES or datagram[0] != KIND or datagram[1] & ~_MARKER:
        raise NotAFrame
    _kind, flags, key_id, epoch, sequence, timestamp = _HEADER.unpack_from(datagram)
    return Header(key_id, epoch, sequence, timestamp, bool(flags & _MARKER))


def nonce(epoch: int, sequence: int) -> bytes:
    """Never twice with one key: that is of one room, epoch, share and process, and the sequence only grows."""
    assert 0 <= epoch <= _MOST_EPOCH
    assert 0 <= sequence <= _MOST_SEQUENCE
    return struct.pack("!IQ", epoch, sequence)


@dataclass(slots=True)
class ReplayWindow:
    """Which sequence numbers came already (as RFC 4303, section 3.4.3)."""

    newest: int = -1
    _came: int = 0  # bits; the lowest is the newest

    def is_new(self, sequence: int) -> bool:
        """Whether it neither came nor is too old to tell. Asked before anything is decrypted."""
        behind = self.newest - sequence
        return behind < 0 or (behind < _WINDOW and not self._came >> behind & 1)

    def note(self, sequence: int) -> None:
        """It came, and is authentic."""
        ahead = sequence - self.newest
        if ahead > 0:
            self._came = (self._came << ahead | 1) & ((1 << _WINDOW) - 1) if ahead < _WINDOW else 1
            self.newest = sequence
        else:
            self._came |= 1 << -ahead


@dataclass(frozen=True, slots=True)
class Frame:
    """One authentic frame. Without a payload it only says that the mixing worker lives."""

    sequence: int
    timestamp: int
    marker: bool
    payload: bytes


@dataclass(slots=True)
class Order:
    """Puts frames in order: what comes behind a gap waits for a tick at most, then the gap is a loss."""

    _next: int = -1  # the sequence number that is due; -1: any
    _held: dict[int, tuple[float, Frame]] = field(default_factory=dict)  # and when each came

    def push(self, frame: Frame, now: float) -> list[tuple[int, Frame]]:
        """What is due now that this one came: each frame, and how many are lost before it."""
        if self._next < 0:
            self._next = frame.sequence
        if frame.sequence < self._next:
            return []  # its time is over
        self._held[frame.sequence] = now, frame
        return self._due(now, patient=len(self._held) <= _MOST_HELD)

    def overdue(self, now: float) -> list[tuple[int, Frame]]:
        """What has waited for long enough."""
        return self._due(now, patient=True) if self._held else []

    def _due(self, now: float, *, patient: bool) -> list[tuple[int, Frame]]:
        due = []
        while self._held:
            first = min(self._held)
            came, frame = self._held[first]
            if first > self._next and patient and now - came < _HOLD_SECONDS:
                break
            missing = first - self._next
            due.append((missing if missing <= _MOST_MISSING else 0, frame))
            del self._held[first]
            self._next = first + 1
            patient = True
        return due


@dataclass(slots=True)
class Timeline:
    """The mixing worker's time as that of the listeners' streams here: by a fixed distance as long as the same one mixes."""

    last: int | None = None  # the latest that went out, 32 bits
    _offset: int | None = None

    def rebase(self) -> None:
        """Another mixes from now on, by a clock of its own."""
        self._offset = None

    def place(self, timestamp: int, here: int) -> int:
        """Where a frame of theirs belongs, if it is `here` by our own clock. Never before what went out already."""
        if self._offset is None:
            begins = here
            if self.last is not None and _is_before(here, self.last + TICK_SAMPLES):
                begins = self.last + TICK_SAMPLES
            self._offset = begins - timestamp
        placed = (timestamp + self._offset) & 0xFFFFFFFF
        if self.last is None or _is_before(self.last, placed):
            self.last = placed
        return placed


def _is_before(one: int, other: int) -> bool:
    return 0 < (other - one) & 0xFFFFFFFF < 1 << 31
