"""One speaker's packets become 20 ms of sound a tick: jitter buffer, decoder, and what is left over between the two."""

import numpy as np

from rooms.audio.codec import BadPacket, Decoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.jitter import JitterBuffer, Kind
from rooms.audio.core.mixer import Sound
from rooms.audio.core.packet import RtpPacket

_MOST_STEPS = 16  # packets of 2.5 ms need eight a tick
_BEHIND_SECONDS = 0.002  # after a tick's sound was taken; less than this is the tick's own phase
_FAR_BEHIND_SECONDS = 0.06
_PATIENT_TICKS = 25  # so long it must have been behind: the measure itself wavers
_RAMP_SAMPLES = 240  # 5 ms
_RAMP = np.linspace(0.0, 1.0, _RAMP_SAMPLES, dtype=np.float32)
_CROSSFADE = np.linspace(0.0, 1.0, TICK_SAMPLES, dtype=np.float32)
_NOTHING: Sound = np.zeros(0, dtype=np.float32)


class Speaker:
    """The sound of one connection on stage."""

    def __init__(self) -> None:
        self.buffer = JitterBuffer()
        self._decoder = Decoder()
        self._source: int | None = None
        self._ready = _NOTHING  # decoded, not yet read
        self._playing = False
        self._behind_ticks = 0

    def push(self, packet: RtpPacket, now: float) -> None:
        """Take a packet from the network at `now` (monotonic seconds). Another SSRC is another stream."""
        if packet.ssrc != self._source:
            self._source = packet.ssrc
            self.buffer.reset()
            self._decoder = Decoder()
        self.buffer.push(packet.timestamp, packet.payload, now)

    def read(self, now: float) -> Sound | None:
        """The 960 samples of this tick, or None in a pause."""
        sound = self._take(now)
        if sound is not None and self._is_behind(now):
            # The sender's clock is faster than ours, or the network has calmed down: play two ticks in the time of one.
            more = self._take(now)
            if more is not None:
                sound = sound * (1 - _CROSSFADE) + more * _CROSSFADE
        return sound

    def _is_behind(self, now: float) -> bool:
        behind = self.buffer.lag(now) + len(self._ready) / SAMPLE_RATE
        self._behind_ticks = self._behind_ticks + 1 if behind > _BEHIND_SECONDS else 0
        if len(self.buffer) == 0 or (self._behind_ticks < _PATIENT_TICKS and behind < _FAR_BEHIND_SECONDS):
            return False
        self._behind_ticks = 0
        return True

    def _take(self, now: float) -> Sound | None:
        parts, have = [self._ready], len(self._ready)
        for _ in range(_MOST_STEPS):
            if have >= TICK_SAMPLES:
                break
            sound = self._step(now)
            if sound is None:
                break
            parts.append(sound)
            have += len(sound)
        if have == 0:
            return None
        joined = np.concatenate(parts)
        if have < TICK_SAMPLES:
            joined = np.pad(joined, (0, TICK_SAMPLES - have))
        self._ready = joined[TICK_SAMPLES:]
        return joined[:TICK_SAMPLES]

    def _step(self, now: float) -> Sound | None:
        decision = self.buffer.pop(now)
        if decision is None:
            # Not due yet. In the middle of speech the delay has just grown: bridge the tick.
            return self._decoder.conceal() if self._playing else None
        if decision.kind is Kind.PAUSE:
            return self._fall_silent()
        sound = self._sound(decision.kind, decision.payload)
        self.buffer.played(len(sound))
        if not self._playing:
            self._playing = True
            ramp = _RAMP[: len(sound)]
            sound[: len(ramp)] *= ramp
        return sound

    def _fall_silent(self) -> Sound | None:
        if not self._playing:
            return None
        self._playing = False
        ending = self._decoder.conceal()
        ending[:_RAMP_SAMPLES] *= _RAMP[::-1]
        ending[_RAMP_SAMPLES:] = 0.0
        return ending

    def _sound(self, kind: Kind, payload: bytes) -> Sound:
        try:
            if kind is Kind.DECODE:
                return self._decoder.decode(payload)
            if kind is Kind.RECOVER:
                return self._decoder.recover(payload)
        except BadPacket:
            pass  # what cannot be decoded is as good as lost
        return self._decoder.conceal()
