"""What we received of one talker, as they are told it: browsers send error correction as strong as the reported loss."""

from dataclasses import dataclass

from rooms.audio.core.clock import SAMPLE_RATE
from rooms.audio.core.packet import forward

_JITTER_GAIN = 1 / 16  # RFC 3550, section 6.4.1
_MOST_CUMULATIVE = 0x7FFFFF  # 24 bits, signed


@dataclass(frozen=True, slots=True)
class Reception:
    """One report block (RFC 3550, section 6.4.1)."""

    ssrc: int
    fraction_lost: float  # 0 to 1, since the last report
    cumulative_lost: int  # since the beginning; negative if duplicates came
    highest_sequence: int  # extended to 32 bits
    jitter: int  # samples


@dataclass(slots=True)
class ReceptionMeter:
    """Counts the packets of one SSRC (RFC 3550, appendices A.3 and A.8)."""

    ssrc: int
    _first: int | None = None  # extended sequence numbers
    _highest: int = 0
    _received: int = 0
    _expected_before: int = 0  # at the last report
    _received_before: int = 0
    _transit: float = 0.0  # samples
    _jitter: float = 0.0

    def note(self, sequence: int, timestamp: int, now: float) -> None:
        """Take one authentic packet that came at `now` (seconds)."""
        transit = now * SAMPLE_RATE - timestamp
        if self._first is None:
            self._first = self._highest = sequence
        else:
            self._highest = max(self._highest, self._highest + forward(sequence, self._highest & 0xFFFF, 16))
            distance = abs(transit - self._transit)
            if distance < SAMPLE_RATE:  # else the timestamp has wrapped around, or another clock has begun
                self._jitter += (distance - self._jitter) * _JITTER_GAIN
        self._transit = transit
        self._received += 1

    def report(self) -> Reception | None:
        """What to tell since the last report; None if nothing has come since."""
        if self._first is None or self._received == self._received_before:
            return None
        expected = self._highest - self._first + 1
        due, came = expected - self._expected_before, self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        lost = max(0, due - came)
        return Reception(
            ssrc=self.ssrc,
            fraction_lost=min(lost / due, 255 / 256) if due > 0 else 0.0,
            cumulative_lost=max(-_MOST_CUMULATIVE, min(_MOST_CUMULATIVE, expected - self._received)),
            highest_sequence=self._highest & 0xFFFFFFFF,
            jitter=int(self._jitter),
        )
