"""A jitter buffer for one speaker: packets in as the network brings them, one decision at a time out.

Playout follows time: a packet with timestamp t is due at `earliest transit + t + delay`. Time is an argument everywhere
(seconds of a monotonic clock), so tests can drive hours in milliseconds. The delay follows the jitter that was measured: at
once when it grows, slowly when it falls.
"""

from dataclasses import dataclass, field
from enum import Enum

from rooms.audio.core.arrivals import Arrivals
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.packet import forward

LEAST_DELAY = 0.02  # seconds
MOST_DELAY = 0.12
FIRST_DELAY = 0.03  # until enough packets have been measured
MOST_PACKETS = 64  # held at once; more is a sender that does not keep time
MOST_CONCEALED = 5  # ticks of nothing at all before it counts as a pause
MOST_SUPPRESSED = (
    25  # the same after a sender said that it suppresses silence: it goes on with noise, and says so again in 400 ms
)
SUPPRESSION_BYTES = (
    2  # a packet of no more says so: it is but a header (RFC 6716, section 3.1; RFC 7587, section 3.1.3)
)

_ENOUGH_PACKETS = 50
_MARGIN = 0.005  # seconds on top of the measured jitter
_SHRINK_A_PACKET = 0.001  # seconds
_RESTART_SECONDS = 1.0  # a timestamp further from its time than this belongs to another stream
_MOVED_SECONDS = 0.2  # after a pause: the sender's clock stood still, or its path is another


class Kind(Enum):
    """What to do for one packet's worth of sound."""

    DECODE = "decode"  # this payload
    RECOVER = "recover"  # lost; this payload is the next one and may carry it (in-band FEC)
    CONCEAL = "conceal"  # lost and gone
    PAUSE = "pause"  # nothing is being said


@dataclass(frozen=True, slots=True)
class Playout:
    """One decision. `payload` is set for DECODE and RECOVER."""

    kind: Kind
    payload: bytes = b""


@dataclass
class Counters:
    """Packets, by what became of them."""

    received: int = 0
    duplicate: int = 0
    late: int = 0
    lost: int = 0
    recovered: int = 0  # of those lost: followed by one that may carry them
    overflowed: int = 0
    restarts: int = 0


@dataclass
class JitterBuffer:
    """See the module. Not safe for threads."""

    delay: float = FIRST_DELAY
    counters: Counters = field(default_factory=Counters)
    _arrivals: Arrivals = field(default_factory=Arrivals)
    _packets: dict[int, bytes] = field(default_factory=dict)  # extended timestamp (samples) → payload
    _next: int | None = None  # extended timestamp that is due next; None in a pause
    _played: int | None = None  # everything before this extended timestamp has been played
    _newest: int | None = None  # extended timestamp
    _concealed: int = 0
    _suppressed: bool = False  # whether what is missing is missing on purpose

    def __len__(self) -> int:
        return len(self._packets)

    def push(self, timestamp: int, payload: bytes, now: float) -> None:
        """Take one packet: 32-bit RTP timestamp, Opus payload, time of arrival."""
        self.counters.received += 1
        extended = self._extend(timestamp)
        transit = now - extended / SAMPLE_RATE
        self._notice_another_clock(transit)
        self._newest = extended if self._newest is None else max(self._newest, extended)
        self._arrivals.note(transit)
        self._adapt()
        if self._played is not None and extended < self._played:
            self.counters.late += 1
        elif extended in self._packets:
            self.counters.duplicate += 1
        elif len(self._packets) >= MOST_PACKETS:
            self.counters.overflowed += 1
        else:
            self._packets[extended] = payload
            if self._next is None:
                self._next = extended
                self._concealed = 0

    def pop(self, now: float) -> Playout | None:
        """What to play next, or None when the next packet is not due yet. After DECODE, RECOVER or CONCEAL, call `played`
        with the number of samples that it gave."""
        if self._next is None:
            return Playout(Kind.PAUSE)
        if self.lag(now) < 0:
            return None
        payload = self._packets.pop(self._next, None)
        if payload is not None:
            self._concealed = 0
            self._suppressed = len(payload) <= SUPPRESSION_BYTES
            return Playout(Kind.DECODE, payload)
        return self._missing()

    def played(self, samples: int) -> None:
        """So many samples came of the last decision: the next packet starts after them."""
        assert self._next is not None
        self._next += samples
        self._played = self._next

    def lag(self, now: float) -> float:
        """Seconds since the next packet was due, if it is there or expected; negative before."""
        if self._next is None or self._arrivals.earliest is None:
            return 0.0
        return now - (self._arrivals.earliest + self._next / SAMPLE_RATE + self.delay)

    def reset(self) -> None:
        """Forget the stream: another begins."""
        self._packets.clear()
        self._arrivals.forget()
        self._next = self._played = self._newest = None
        self._concealed = 0
        self._suppressed = False

    def _extend(self, timestamp: int) -> int:
        if self._newest is None:
            return timestamp
        return self._newest + forward(timestamp, self._newest & 0xFFFFFFFF, 32)

    def _notice_another_clock(self, transit: float) -> None:
        if self._arrivals.earliest is None:
            return
        distance = abs(transit - self._arrivals.earliest)
        if distance > _RESTART_SECONDS or (self._next is None and distance > _MOVED_SECONDS):
            self.counters.restarts += 1
            self.reset()

    def _adapt(self) -> None:
        wanted = min(MOST_DELAY, max(LEAST_DELAY, self._arrivals.spread + _MARGIN))
        if len(self._arrivals) < _ENOUGH_PACKETS:
            wanted = max(wanted, FIRST_DELAY)
        self.delay = max(wanted, self.delay - _SHRINK_A_PACKET)

    def _missing(self) -> Playout:
        assert self._next is not None
        self._packets = {extended: payload for extended, payload in self._packets.items() if extended > self._next}
        longest = MOST_SUPPRESSED if self._suppressed else MOST_CONCEALED
        if not self._packets:
            self._concealed += 1
            if self._concealed > longest:
                self._next = None
                return Playout(Kind.PAUSE)
            return Playout(Kind.CONCEAL)
        following = min(self._packets)
        gap = following - self._next
        if gap < TICK_SAMPLES // 8:
            # Less than the shortest Opus packet is missing: a sender whose clock stepped aside. Follow it.
            self._next = following
            return Playout(Kind.DECODE, self._packets.pop(following))
        if gap > longest * TICK_SAMPLES:
            # A pause by the sender's own clock: go on where it goes on.
            self._next = following
            return Playout(Kind.PAUSE)
        if self._suppressed:
            return Playout(Kind.CONCEAL)
        self.counters.lost += 1
        if gap <= TICK_SAMPLES:
            self.counters.recovered += 1
            return Playout(Kind.RECOVER, self._packets[following])
        return Playout(Kind.CONCEAL)
