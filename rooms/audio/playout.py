"""One speaker's packets become 20 ms of sound a tick: jitter buffer, decoder, and what is left over between the two."""

import numpy as np

from rooms.audio.codec import BadPacket, Decoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.jitter import JitterBuffer, Kind, Playout
from rooms.audio.core.levels import INAUDIBLE_DBOV
from rooms.audio.core.pace import Direction, Pace
from rooms.audio.core.packet import RtpPacket
from rooms.audio.core.sound import Sound, peak
from rooms.audio.core.stretch import HISTORY, JOIN, MOST_LAG, OVERLAP, join, lengthen, shorten

_MOST_STEPS = 16  # packets of 2.5 ms need eight a tick
_RAMP_SAMPLES = 240  # 5 ms
_RAMP = np.linspace(0.0, 1.0, _RAMP_SAMPLES, dtype=np.float32)
_FAINT = 10 ** (INAUDIBLE_DBOV / 20)
_NOTHING: Sound = np.zeros(0, dtype=np.float32)
_SOURCE_SILENT_SECONDS = 0.06  # then any other source may take its place at once
_PROBATION_PACKETS = 2  # in a row; otherwise (RFC 3550, appendix A.1)


class Speaker:
    """The sound of one connection on stage."""

    def __init__(self) -> None:
        self.buffer = JitterBuffer()
        self.stretched_samples = 0  # added to the sound, less those taken out
        self.stretches = 0
        self._decoder = Decoder()
        self._pace = Pace()
        self._source: int | None = None
        self._source_heard_at = 0.0
        self._candidate: int | None = None  # another source that would take its place
        self._candidate_packets = 0  # in a row
        self._ready = _NOTHING  # decoded, not yet read
        self._history = _NOTHING  # the end of what was read last
        self._mended = _NOTHING  # the end of what stands in for lost packets, until the next packet joins on
        self._playing = False
        self._real = False  # whether what was decoded last was a packet
        self._faint = False  # whether nobody can hear what was decoded last

    def push(self, packet: RtpPacket, now: float) -> None:
        """Take a packet from the network at `now` (monotonic seconds). Another SSRC is another stream."""
        if packet.ssrc != self._source and not self._takes_over(packet.ssrc, now):
            return
        self._source_heard_at = now
        self._candidate = None
        self.buffer.push(packet.sequence, packet.timestamp, packet.payload, now)

    def read(self, now: float) -> Sound | None:
        """The 960 samples of this tick, or None in a pause."""
        self._fill(now, TICK_SAMPLES)
        if self._playing and self._real:
            self._keep_pace(now)
        ready = self._ready
        if len(ready) == 0:
            return None
        if len(ready) < TICK_SAMPLES:
            ready = np.pad(ready, (0, TICK_SAMPLES - len(ready)))
        sound, self._ready = ready[:TICK_SAMPLES], ready[TICK_SAMPLES:]
        self._history = sound[-HISTORY:]
        return sound

    def _takes_over(self, source: int, now: float) -> bool:
        """Whether packets of another source are this connection's voice from now on. Two at once are no reason to jump
        between them, nor to make a decoder for each of a hundred."""
        self._candidate_packets = self._candidate_packets + 1 if source == self._candidate else 1
        self._candidate = source
        is_heard = self._source is not None and now - self._source_heard_at < _SOURCE_SILENT_SECONDS
        if is_heard and self._candidate_packets < _PROBATION_PACKETS:
            return False
        if self._source is not None:
            self._fall_silent()
            self.buffer.reset()
            self._decoder = Decoder()
        self._source = source
        return True

    def _fill(self, now: float, samples: int) -> None:
        """Decode until so many samples are ready, or a pause begins."""
        for _ in range(_MOST_STEPS):
            if len(self._ready) >= samples:
                return
            decision = self.buffer.pop(now)
            if decision.kind is Kind.PAUSE:
                self._fall_silent()
                return
            self._append(self._joined(decision.kind, self._sound(decision)))

    def _joined(self, kind: Kind, sound: Sound) -> Sound:
        """What was decoded, without a step after what was mended: libopus leaves one in its hybrid mode."""
        if kind is not Kind.DECODE:
            self._mended = np.concatenate((self._mended, sound))[-TICK_SAMPLES:]
            return sound
        mended, self._mended = self._mended, _NOTHING
        if not self._playing or len(mended) < OVERLAP + JOIN or len(sound) < JOIN:
            return sound
        return join(mended, sound)

    def _append(self, sound: Sound) -> None:
        if not self._playing:
            self._playing = True
            ramp = _RAMP[: len(sound)]
            sound[: len(ramp)] *= ramp
        self._ready = np.concatenate((self._ready, sound)) if len(self._ready) else sound

    def _fall_silent(self) -> None:
        if not self._playing:
            return
        self._playing = False
        ending = self._decoder.conceal()
        ending[:_RAMP_SAMPLES] *= _RAMP[::-1]
        ending[_RAMP_SAMPLES:] = 0.0
        self._ready = np.concatenate((self._ready, ending))

    def _sound(self, decision: Playout) -> Sound:
        self._real = decision.kind is Kind.DECODE
        if decision.kind is Kind.CONCEAL and self._faint and self.buffer.suppressed:
            # An open microphone with nobody at it: what is between two packets is as faint as they are.
            return np.zeros(decision.samples, dtype=np.float32)
        sound = self._decoded(decision)
        self._faint = peak(sound) < _FAINT
        return sound

    def _decoded(self, decision: Playout) -> Sound:
        try:
            if decision.kind is Kind.DECODE:
                return self._decoder.decode(decision.payload)
            if decision.kind is Kind.RECOVER:
                return self._decoder.recover(decision.payload, decision.samples)
        except BadPacket:
            self._real = False  # what cannot be decoded is as good as lost
        return self._decoder.conceal(decision.samples)

    def _keep_pace(self, now: float) -> None:
        """Shorten or lengthen what is ready, if playout is behind or ahead and this is a good place."""
        beyond = len(self._ready) - TICK_SAMPLES
        spare = beyond % TICK_SAMPLES
        surplus = self.buffer.surplus(now, beyond)
        correction = self._pace.judge(surplus, spare / SAMPLE_RATE)
        if correction is None:
            return
        if correction.direction is Direction.LENGTHEN:
            stretched = lengthen(self._ready, self._history, correction.least_likeness)
        else:
            if correction.beyond_spare and beyond < MOST_LAG and self.buffer.holds_next:
                self._fill(now, len(self._ready) + 1)
            most = len(self._ready) - TICK_SAMPLES if correction.beyond_spare else spare
            stretched = shorten(self._ready, most, correction.least_likeness)
        if stretched is not None:
            self._pace.corrected(surplus)
            self.stretches += 1
            self.stretched_samples += len(stretched) - len(self._ready)
            self._ready = stretched
