"""A jitter buffer for one speaker: packets in as the network brings them, one decision at a time out.

Time is an argument everywhere (seconds of a monotonic clock), so tests can drive hours in seconds. Packets are ordered by
their timestamps; sequence numbers tell what is lost from what was never sent.

When somebody begins to speak, playout waits until the first packet is `delay` old, give or take half a tick, counted from
when it would have come over the fastest path. Then it goes on as long as it is asked, also with packets that are there
early. Whether it runs ahead or behind is told by `surplus`, and put right by stretching the sound (`pace`, `stretch`).

The delay follows the jitter that was measured: at once when it grows, slowly when it falls. Where packets are lost and carry
each other it is one packet longer, so that the next is there in time to mend from.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from rooms.audio.core.arrivals import Arrivals
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.losses import Losses
from rooms.audio.core.opus import carries_previous, packet_samples
from rooms.audio.core.packet import forward

LEAST_DELAY = 0.02  # seconds
MOST_DELAY = 0.12
MOST_PACKETS = 64  # held at once; more is a sender that does not keep time
MOST_CONCEALED = 5 * TICK_SAMPLES  # of nothing at all, before it counts as a pause
# The same after a sender said that it suppresses silence: it goes on with noise, and says so again in 400 ms.
MOST_SUPPRESSED = 25 * TICK_SAMPLES
# A packet of no more bytes says so: it is but a header (RFC 6716, section 3.1; RFC 7587, section 3.1.3).
SUPPRESSION_BYTES = 2
SHORTEST_PACKET = 120  # samples, 2.5 ms: less than that is a clock that stepped aside, and no packet

_MARGIN = 0.005  # seconds on top of the measured jitter
_RELEASE_SLOTS = 150  # the delay falls by a 150th of what is too much each 20 ms of speech: half of it in two seconds
_RESTART_SECONDS = 1.0  # a timestamp further from its time than this belongs to another stream
_MOST_DROPOUT = 3000  # packets; a sequence number further ahead is another stream's (RFC 3550, appendix A.1)
_FAR_BEHIND_SECONDS = 0.12  # beyond what the delay asks: too much to be played off by stretching


class Kind(Enum):
    """What to do for one packet's worth of sound."""

    DECODE = "decode"  # this payload
    RECOVER = "recover"  # lost; this payload is the next one and carries it (in-band FEC)
    CONCEAL = "conceal"  # lost and gone, or not here yet
    PAUSE = "pause"  # nothing is being said


class _State(Enum):
    IDLE = "idle"  # nothing to play
    WAITING = "waiting"  # somebody begins to speak: the packet at the position is to be played once it is due
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class Playout:
    """One decision, for so many samples. `payload` is set for DECODE and RECOVER."""

    kind: Kind
    samples: int = 0
    payload: bytes = b""


_PAUSE = Playout(Kind.PAUSE)


@dataclass
class Counters:
    """Packets, by what became of them."""

    received: int = 0
    duplicate: int = 0
    late: int = 0  # came when their time was over
    lost: int = 0  # missing when their time came, the late ones among them
    recovered: int = 0  # of those lost: carried by the next one
    concealed: int = 0  # decisions to conceal, comfort noise included
    skipped: int = 0  # given up to catch up
    overflowed: int = 0
    restarts: int = 0

    def take_in(self, other: "Counters") -> None:
        """Add another's."""
        for name in self.__match_args__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class JitterBuffer:
    """See the module. Not safe for threads."""

    delay: float = LEAST_DELAY
    counters: Counters = field(default_factory=Counters)
    _arrivals: Arrivals = field(default_factory=Arrivals)
    _losses: Losses = field(default_factory=Losses)
    _packets: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # extended timestamp → sequence, payload
    _state: _State = _State.IDLE
    _position: int | None = None  # extended timestamp from which sound is to be played next
    _heard: int | None = None  # extended timestamp up to which sound was real, not concealed
    _decoded: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_PACKETS))  # timestamps, to know duplicates
    _newest: int | None = None  # extended timestamp
    _newest_sequence: int = 0
    _sequence: int = 0  # of the last packet that was played
    _samples: int = TICK_SAMPLES  # in the last packet
    _concealed: int = MOST_CONCEALED  # samples since sound was real
    _suppressed: bool = False  # whether what is missing is missing on purpose
    _hurried: bool = False  # whether ticks were given up since the last decision

    def __len__(self) -> int:
        return len(self._packets)

    @property
    def suppressed(self) -> bool:
        """Whether the sender said that it sends nothing on purpose, for as long as there is nothing (DTX)."""
        return self._suppressed

    @property
    def holds_next(self) -> bool:
        """Whether the packet that is to be played next is there."""
        return self._state is _State.PLAYING and self._position in self._packets

    def push(self, sequence: int, timestamp: int, payload: bytes, now: float) -> None:
        """Take one packet: 16-bit sequence number, 32-bit RTP timestamp, Opus payload, time of arrival."""
        self.counters.received += 1
        if not payload:
            return  # padding alone: nothing to play
        extended = self._extend(timestamp)
        transit = now - extended / SAMPLE_RATE
        if self._is_another_stream(sequence, extended, transit):
            self.counters.restarts += 1
            self.reset()
        self._note_newest(sequence, extended)
        if self._arrivals.note(transit, now):
            self._adapt()
        if self._is_wanted(extended, transit):
            self._packets[extended] = sequence, payload
            if self._state is _State.IDLE:
                self._begin(extended, payload)

    def pop(self, now: float) -> Playout:
        """What to play next. It counts as played."""
        if self._state is _State.WAITING:
            if not self._is_due(now):
                return self._conceal(TICK_SAMPLES, advance=False) if self._may_conceal() else _PAUSE
            self._state = _State.PLAYING
        if self._state is _State.IDLE:
            return _PAUSE
        if self._skip(now):
            return self._conceal(TICK_SAMPLES, advance=False)
        return self._decode(now) if self._position in self._packets else self._missing(now)

    def surplus(self, now: float, ready: int) -> float:
        """Seconds by which packets wait longer than they must for the tick that takes them: up to 20 ms in the nature of
        ticks; negative when they might come too late for it.

        Args:
            now: time of the tick whose sound was just taken.
            ready: samples that are decoded beyond it.
        """
        if self._position is None or self._arrivals.earliest is None:
            return 0.0
        ticks = ready // TICK_SAMPLES
        missing = TICK_SAMPLES - ready % TICK_SAMPLES
        last = self._position + (missing - 1) // self._samples * self._samples  # of those that the tick needs
        needed = now + (ticks + 1) * TICK_SECONDS
        return needed - self._arrivals.earliest - last / SAMPLE_RATE - (self.delay - TICK_SECONDS / 2)

    def hurry(self) -> None:
        """Ticks were given up: with the next, what should have been played in them is given up at once."""
        self._hurried = self._state is _State.PLAYING

    def reset(self) -> None:
        """Forget the stream: another begins."""
        self._packets.clear()
        self._decoded.clear()
        self._arrivals.forget()
        self._state = _State.IDLE
        self._position = self._heard = self._newest = None
        self._concealed = MOST_CONCEALED
        self._suppressed = self._hurried = False

    # --- packets that come --------------------------------------------------------------------------------------------

    def _extend(self, timestamp: int) -> int:
        if self._newest is None:
            return timestamp
        return self._newest + forward(timestamp, self._newest & 0xFFFFFFFF, 32)

    def _is_another_stream(self, sequence: int, extended: int, transit: float) -> bool:
        if self._newest is None or self._arrivals.earliest is None:
            return False
        if abs(transit - self._arrivals.earliest) > _RESTART_SECONDS:
            return True
        is_newer = 0 < forward(sequence, self._newest_sequence, 16) < _MOST_DROPOUT
        return is_newer and extended <= self._newest - SHORTEST_PACKET  # sent later, yet of an earlier time

    def _note_newest(self, sequence: int, extended: int) -> None:
        if self._newest is None or forward(sequence, self._newest_sequence, 16) > 0:
            self._newest_sequence = sequence
        self._newest = extended if self._newest is None else max(self._newest, extended)

    def _adapt(self) -> None:
        wanted = self._arrivals.spread + _MARGIN + TICK_SECONDS / 2
        if self._losses.worth_waiting:
            wanted += self._samples / SAMPLE_RATE
        wanted = min(MOST_DELAY, max(LEAST_DELAY, wanted))
        self.delay = max(wanted, self.delay + (wanted - self.delay) / _RELEASE_SLOTS)

    def _is_wanted(self, extended: int, transit: float) -> bool:
        """Whether a packet is still to be played; counted if it is not."""
        has_passed = self._position is not None and extended <= self._position - SHORTEST_PACKET
        if extended in self._packets or (has_passed and extended in self._decoded):
            self.counters.duplicate += 1
        elif len(self._packets) >= MOST_PACKETS:
            self.counters.overflowed += 1
        elif has_passed and not self._take_back(extended, transit):
            self.counters.late += 1
            self._losses.came_late()
        else:
            return True
        return False

    def _take_back(self, extended: int, transit: float) -> bool:
        """Whether a packet that was given up may be played after all: nothing real has been heard since, and the delay that
        this makes is one that is asked for. What was concealed meanwhile has lengthened the sound."""
        assert self._arrivals.earliest is not None
        if self._heard is not None and extended <= self._heard - SHORTEST_PACKET:
            return False
        if transit - self._arrivals.earliest > self.delay + TICK_SECONDS / 2:
            return False
        self._position = extended
        if self._suppressed and self._state is _State.PLAYING:
            self._state = _State.WAITING  # noise may go on until it is due
        return True

    def _begin(self, extended: int, payload: bytes) -> None:
        self._position = extended
        self._samples = packet_samples(payload) or self._samples
        self._state = _State.WAITING

    # --- packets that are played --------------------------------------------------------------------------------------

    def _is_due(self, now: float) -> bool:
        return self.surplus(now - TICK_SECONDS, 0) >= 0

    def _decode(self, now: float) -> Playout:
        assert self._position is not None
        sequence, payload = self._packets[self._position]
        corrects = carries_previous(payload)
        lost = forward(sequence, self._sequence, 16) - 1 if self._decoded else 0
        lost = lost if 0 < lost < _MOST_DROPOUT else 0
        self.counters.lost += lost
        self._note_loss(lost, corrects=corrects)
        if lost and corrects and self._has_room(now):
            self._sequence = (sequence - 1) & 0xFFFF
            return self._recover(self._samples, payload, advance=False)
        del self._packets[self._position]
        self._sequence = sequence
        self._decoded.append(self._position)
        self._samples = packet_samples(payload) or self._samples
        self._position += self._samples
        self._heard = self._position
        self._concealed = 0
        self._suppressed = len(payload) <= SUPPRESSION_BYTES
        return Playout(Kind.DECODE, self._samples, payload)

    def _missing(self, now: float) -> Playout:
        """The packet that is to be played next is not there."""
        assert self._position is not None
        self._discard_before(self._position)
        if not self._packets:
            if self._may_conceal():
                return self._conceal(min(TICK_SAMPLES, self._samples))
            self._state = _State.IDLE
            return _PAUSE
        following = min(self._packets)
        gap = following - self._position
        if gap < SHORTEST_PACKET:
            self._position = following
            return self._decode(now)
        sequence, payload = self._packets[following]
        if not self._is_loss(gap, sequence):
            self._position = following
            self._state = _State.WAITING
            return self.pop(now)
        return self._mend(gap, payload)

    def _is_loss(self, gap: int, sequence: int) -> bool:
        """Whether packets were sent for a gap of so many samples before a packet, and it is worth filling."""
        if forward(sequence, self._sequence, 16) <= 1:
            return False  # nothing was: the sender made a pause
        return gap <= (self._samples if self._suppressed else MOST_CONCEALED)

    def _mend(self, gap: int, following: bytes) -> Playout:
        assert self._position is not None
        gap -= gap % SHORTEST_PACKET
        each = packet_samples(following) or self._samples
        if gap > each:
            return self._conceal(min(gap - each, TICK_SAMPLES))
        if not carries_previous(following):
            return self._conceal(gap)
        return self._recover(gap, following)

    def _recover(self, samples: int, following: bytes, *, advance: bool = True) -> Playout:
        assert self._position is not None
        self.counters.recovered += 1
        if advance:
            self._position += samples
        self._heard = self._position
        return Playout(Kind.RECOVER, samples, following)

    def _has_room(self, now: float) -> bool:
        """Whether the lost packet was concealed, and yet is to be played from what the next one carries: it comes later by
        that, which is what the delay asks for."""
        assert self._position is not None
        is_concealed = self._heard is not None and self._position - self._heard >= self._samples
        return is_concealed and self.surplus(now - TICK_SECONDS, 0) < 0

    def _note_loss(self, lost: int, *, corrects: bool) -> None:
        was_worth = self._losses.worth_waiting
        self._losses.note(lost, corrects=corrects)
        if self._losses.worth_waiting and not was_worth:
            self._adapt()

    def _may_conceal(self) -> bool:
        return self._concealed < (MOST_SUPPRESSED if self._suppressed else MOST_CONCEALED)

    def _conceal(self, samples: int, *, advance: bool = True) -> Playout:
        assert self._position is not None
        samples = max(SHORTEST_PACKET, samples - samples % SHORTEST_PACKET)
        self.counters.concealed += 1
        self._concealed += samples
        if advance:
            self._position += samples
        return Playout(Kind.CONCEAL, samples)

    def _skip(self, now: float) -> bool:
        """Give up packets, where playout is so far behind that stretching would take seconds, or must not take the time that
        it takes. Whether any were."""
        behind = self.surplus(now - TICK_SECONDS, 0)
        allowed = 0.0 if self._hurried else _FAR_BEHIND_SECONDS
        self._hurried = False
        if behind < TICK_SECONDS + allowed or len(self._packets) < 2:
            return False
        assert self._position is not None
        target = self._position + round(behind * SAMPLE_RATE)
        kept = min((extended for extended in self._packets if extended >= target), default=max(self._packets))
        if kept == self._position:
            return False
        self._discard_before(kept)
        self._position = kept
        return True

    def _discard_before(self, position: int) -> None:
        passed = [extended for extended in self._packets if extended <= position - SHORTEST_PACKET]
        for extended in passed:
            del self._packets[extended]
        self.counters.skipped += len(passed)
