"""What an audio worker is told of its rings, and what it answers."""

from dataclasses import dataclass, field

from rooms.audio.evidence.ring import Span
from rooms.audio.evidence.sealed import Kept


@dataclass(frozen=True, slots=True)
class SealOrder:
    """What was said in a room in a span of time is to be kept, under this name. The span is of everybody's time; this
    machine's clock, by which its ring goes, is so far ahead of that."""

    name: str
    room: str
    span: Span
    ahead_ms: int = 0


@dataclass(frozen=True, slots=True)
class Orders:
    """What is to be done now with the rings that a worker asked about."""

    seal: tuple[SealOrder, ...] = ()
    destroy: frozenset[str] = field(default_factory=frozenset)  # rooms that ended too long ago, or that nobody knows
    ended: frozenset[str] = field(default_factory=frozenset)  # their last minutes stay as they are


@dataclass(frozen=True, slots=True)
class Sealed:
    """What came of an order. `ring` marks the ring it was taken from: each machine that carried a room seals its own."""

    name: str
    kept: Kept
    ring: str = ""
