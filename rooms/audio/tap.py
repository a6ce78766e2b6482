"""What the gate lets through, gathered by room until it is handed to the keeper: the packets as they came, so that keeping
them costs no encoding. Bounded, whatever anybody sends. Time is an argument."""

from dataclasses import dataclass, field

from rooms.audio.core.packet import RtpPacket
from rooms.audio.evidence.packets import VoicePacket, pack

MOST_BYTES_OF_ONE = 32_000  # of one person, from one handing over to the next: Opus at most, 256 kb/s


@dataclass(slots=True)
class Tap:
    """`offset_ms` leads from the clock by which packets come, in seconds, to milliseconds since 1970."""

    offset_ms: float = 0.0
    left_out: int = 0  # packets
    _kept: dict[str, list[VoicePacket]] = field(default_factory=dict)  # by room
    _bytes: dict[tuple[str, str], int] = field(default_factory=dict)  # by room and person

    def take(self, room: str, person: str, packet: RtpPacket, now: float) -> None:
        """One packet of somebody who may be heard."""
        whose = (room, person)
        size = self._bytes.get(whose, 0) + len(packet.payload)
        if size > MOST_BYTES_OF_ONE:
            self.left_out += 1
            return
        self._bytes[whose] = size
        at_ms = int(now * 1000 + self.offset_ms)
        self._kept.setdefault(room, []).append(VoicePacket(person, at_ms, packet.timestamp, packet.payload))

    def hand_over(self) -> list[tuple[str, bytes]]:
        """What was taken since the last time: each room and its packets (`evidence.packets.pack`)."""
        kept, self._kept, self._bytes = self._kept, {}, {}
        return [(room, pack(packets)) for room, packets in kept.items()]
