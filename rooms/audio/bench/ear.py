"""What one client receives: counted and reported as receivers of RTP do (RFC 3550, section 6.4, appendix A)."""

import struct
from dataclasses import dataclass

from rooms.audio.core.clock import SAMPLE_RATE

_BLOCK = struct.Struct("!IB3sIIII")
_MOST_CUMULATIVE = 0x7FFFFF


@dataclass(slots=True)
class Ear:
    """What was received since `reset`, each packet authentic and of the stream that was announced. Lost is what is missing of
    the sequence, whatever the order in which the rest came."""

    packets: int = 0
    refused: int = 0  # not authentic, or of another stream
    longest_gap: float = 0.0  # seconds between two packets
    first_at: float | None = None  # when the first packet ever came
    jitter: float = 0.0  # samples; see `note_jitter`
    _first: int | None = None  # sequence number, of the stream
    _highest: int = 0  # extended sequence number (RFC 3550, appendix A.1)
    _expected_from: int = 0  # the highest at the last reset
    _at: float | None = None
    _transit: float | None = None  # samples
    _received: int = 0  # of the whole stream
    _reported: tuple[int, int] = (0, 0)  # expected and received by the last report

    def reset(self) -> None:
        """Count from now on."""
        self.packets = self.refused = 0
        self.longest_gap = 0.0
        self._expected_from = self._highest
        self._at = None

    @property
    def lost(self) -> int:
        """Packets of the sequence that did not come; those after the last one that came are not known of."""
        return max(0, self._highest - self._expected_from - self.packets)

    def hear(self, sequence: int, now: float) -> None:
        """One packet, with its 16-bit sequence number, at `now` (seconds)."""
        if self._first is None:
            self._first, self._highest, self._expected_from, self.first_at = sequence, sequence, sequence - 1, now
        else:
            ahead = (sequence - self._highest) & 0xFFFF
            if ahead < 0x8000:
                self._highest += ahead
        at = self._at
        if at is not None and now - at > self.longest_gap:
            self.longest_gap = now - at
        self._at = now
        self.packets += 1
        self._received += 1

    def note_jitter(self, timestamp: int, arrival: float) -> None:
        """Follow the interarrival jitter (appendix A.8): RTP timestamp in samples, arrival in seconds."""
        transit = arrival * SAMPLE_RATE - timestamp
        if self._transit is not None:
            self.jitter += (abs(transit - self._transit) - self.jitter) / 16
        self._transit = transit

    def report_block(self, ssrc: int) -> bytes:
        """The reception report of this stream; the fraction lost is of what was expected since the last (appendix A.3)."""
        expected = self._highest - self._first + 1 if self._first is not None else 0
        expected_before, received_before = self._reported
        self._reported = expected, self._received
        lost = max(0, (expected - expected_before) - (self._received - received_before))
        fraction = min(255, 256 * lost // (expected - expected_before)) if expected > expected_before else 0
        cumulative = min(_MOST_CUMULATIVE, max(0, expected - self._received)).to_bytes(3, "big")
        return _BLOCK.pack(ssrc, fraction, cumulative, self._highest & 0xFFFFFFFF, int(self.jitter), 0, 0)
