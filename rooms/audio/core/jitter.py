"""A jitter buffer for one speaker: packets in as the network brings them, one decision a tick out.

Playout follows time: a packet whose RTP timestamp is t is due at `base + t + delay`. Time is an argument everywhere
(seconds of a monotonic clock), so tests can drive hours in milliseconds. The delay adapts to the jitter that was measured
and to packets that came too late; it shrinks at pauses, where nobody hears it.
"""

from dataclasses import dataclass, field
from enum import Enum

from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.packet import forward

LEAST_DELAY = 0.02  # seconds
MOST_DELAY = 0.12
FIRST_DELAY = 0.03
_MOST_PACKETS = 64  # held at once; more is a sender that does not keep time
_CONCEALED_TICKS = 5  # of nothing at all before it counts as a pause
_RESTART_SECONDS = 2.0  # a timestamp further away than this is another stream
_JITTER_GAIN = 1 / 16  # RFC 3550, section 6.4.1
_DELAY_PER_JITTER = 3.0


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
    recovered: int = 0
    overflowed: int = 0
    restarts: int = 0


@dataclass
class JitterBuffer:
    """See the module. Not safe for threads."""

    delay: float = FIRST_DELAY
    jitter: float = 0.0  # seconds, the RFC's running estimate
    counters: Counters = field(default_factory=Counters)
    _packets: dict[int, bytes] = field(default_factory=dict)  # extended timestamp (samples) → payload
    _next: int | None = None  # extended timestamp that is due next; None in a pause
    _base: float = 0.0  # arrival minus timestamp of the packet that playout was aligned to
    _newest: int = 0  # extended timestamp
    _transit: float | None = None
    _concealed: int = 0

    def push(self, timestamp: int, payload: bytes, now: float) -> None:
        """Take one packet: 32-bit RTP timestamp, Opus payload, time of arrival."""
        self.counters.received += 1
        extended = self._extend(timestamp, now)
        transit = now - extended / SAMPLE_RATE
        self._measure(transit)
        if self._next is None:
            self._begin(extended, transit)
        elif extended < self._next:
            self._too_late(extended, now)
            return
        if extended in self._packets:
            self.counters.duplicate += 1
            return
        if len(self._packets) >= _MOST_PACKETS:
            self.counters.overflowed += 1
            return
        self._packets[extended] = payload

    def pop(self, now: float) -> Playout | None:
        """What to play next, or None when the next packet is not due yet. After DECODE, RECOVER or CONCEAL, call `played`
        with the number of samples that it gave."""
        if self._next is None:
            return Playout(Kind.PAUSE)
        if now < self._due(self._next):
            return None
        payload = self._packets.pop(self._next, None)
        if payload is not None:
            self._concealed = 0
            return Playout(Kind.DECODE, payload)
        return self._missing()

    def played(self, samples: int) -> None:
        """So many samples came of the last decision: the next packet starts after them."""
        assert self._next is not None
        self._next += samples

    def reset(self) -> None:
        """Forget the stream: its speaker was cut off, or another begins."""
        self._packets.clear()
        self._next = None
        self._transit = None
        self._concealed = 0

    def _extend(self, timestamp: int, now: float) -> int:
        if self._transit is None:
            self._newest = timestamp
            return timestamp
        extended = self._newest + forward(timestamp, self._newest & 0xFFFFFFFF, 32)
        expected = (now - self._transit) * SAMPLE_RATE
        if abs(extended - expected) > _RESTART_SECONDS * SAMPLE_RATE:
            self.counters.restarts += 1
            self.reset()
            self._newest = timestamp
            return timestamp
        self._newest = max(self._newest, extended)
        return extended

    def _measure(self, transit: float) -> None:
        if self._transit is not None:
            self.jitter += (abs(transit - self._transit) - self.jitter) * _JITTER_GAIN
        self._transit = transit

    def _begin(self, extended: int, transit: float) -> None:
        self._adapt()
        self._next = extended
        self._base = transit
        self._concealed = 0

    def _adapt(self) -> None:
        # In a pause nobody hears the delay shrink.
        wanted = _DELAY_PER_JITTER * self.jitter + LEAST_DELAY / 2
        self.delay = min(MOST_DELAY, max(LEAST_DELAY, wanted, self.delay * 0.9))

    def _too_late(self, extended: int, now: float) -> None:
        self.counters.late += 1
        needed = now - self._base - extended / SAMPLE_RATE
        self.delay = min(MOST_DELAY, max(self.delay, needed + LEAST_DELAY / 4))

    def _due(self, extended: int) -> float:
        return self._base + extended / SAMPLE_RATE + self.delay

    def _missing(self) -> Playout:
        assert self._next is not None
        self._packets = {extended: payload for extended, payload in self._packets.items() if extended > self._next}
        if not self._packets:
            self._concealed += 1
            if self._concealed > _CONCEALED_TICKS:
                self._next = None
                return Playout(Kind.PAUSE)
            return Playout(Kind.CONCEAL)
        following = min(self._packets)
        gap = following - self._next
        if gap < TICK_SAMPLES:
            # Not a lost packet but a sender whose clock stepped aside: follow it.
            self._next = following
            return Playout(Kind.DECODE, self._packets.pop(following))
        if gap > _CONCEALED_TICKS * TICK_SAMPLES:
            # A pause by the sender's own clock (silence suppression): go on where it goes on.
            self._next = following
            self._adapt()
            return Playout(Kind.PAUSE)
        self.counters.lost += 1
        if gap == TICK_SAMPLES:
            self.counters.recovered += 1
            return Playout(Kind.RECOVER, self._packets[following])
        return Playout(Kind.CONCEAL)
