"""One speaker's packets become 20 ms of sound a tick: jitter buffer, decoder, and what is left over between the two."""

import numpy as np

from rooms.audio.codec import BadPacket, Decoder
from rooms.audio.core.clock import TICK_SAMPLES
from rooms.audio.core.jitter import JitterBuffer, Kind
from rooms.audio.core.mixer import Sound
from rooms.audio.core.packet import RtpPacket

_MOST_STEPS = 16  # packets of 2.5 ms would need eight a tick


class Speaker:
    """The sound of one connection on stage."""

    def __init__(self) -> None:
        self.buffer = JitterBuffer()
        self._decoder = Decoder()
        self._left: Sound = np.zeros(0, dtype=np.float32)
        self._playing = False

    def push(self, packet: RtpPacket, now: float) -> None:
        """Take a packet from the network at `now` (monotonic seconds)."""
        self.buffer.push(packet.timestamp, packet.payload, now)

    def read(self, now: float) -> Sound | None:
        """The 960 samples of this tick, or None in a pause."""
        parts = [self._left]
        have = len(self._left)
        for _ in range(_MOST_STEPS):
            if have >= TICK_SAMPLES:
                break
            sound = self._step(now)
            if sound is None:
                break
            parts.append(sound)
            have += len(sound)
        joined = np.concatenate(parts)
        if have < TICK_SAMPLES:
            if have == 0:
                return None
            joined = np.concatenate([joined, np.zeros(TICK_SAMPLES - have, dtype=np.float32)])
        self._left = joined[TICK_SAMPLES:]
        return joined[:TICK_SAMPLES]

    def _step(self, now: float) -> Sound | None:
        decision = self.buffer.pop(now)
        if decision is None:
            # Not due yet. In the middle of speech the delay has just grown: bridge the tick.
            return self._decoder.conceal() if self._playing and not len(self._left) else None
        if decision.kind is Kind.PAUSE:
            self._playing = False
            return None
        self._playing = True
        sound = self._sound(decision.kind, decision.payload)
        self.buffer.played(len(sound))
        return sound

    def _sound(self, kind: Kind, payload: bytes) -> Sound:
        try:
            if kind is Kind.DECODE:
                return self._decoder.decode(payload)
            if kind is Kind.RECOVER:
                return self._decoder.recover(payload)
        except BadPacket:
            pass  # what cannot be decoded is as good as lost
        return self._decoder.conceal()
