"""What a worker's listeners cost: how much CPU and how many bytes, for how many seconds of how many people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rooms.audio.core.figures import LATENESS_BOUNDS, at_most


@dataclass(frozen=True, slots=True)
class Reading:
    """Sums since the worker began, as of a moment."""

    at: float  # seconds of any monotonic clock
    rooms: int
    peers: int
    cpu_seconds: float
    octets: int
    ticks: int
    skipped: int
    late: tuple[int, ...]

    @classmethod
    def of(cls, figures: Mapping[str, Any], at: float) -> "Reading":
        """From what the worker knows (`AudioWorker.figures`)."""
        return cls(
            at,
            figures["rooms"],
            figures["peers"],
            figures["cpu_seconds"],
            figures["octets"],
            figures["ticks"],
            figures["skipped"],
            tuple(figures["late"]),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Of the time between two readings. People are taken to have been there as at its ends, half of it each."""

    rooms: int
    peers: int
    peer_seconds: float
    cpu_seconds: float
    octets: int
    ticks: int
    skipped: int
    lateness: float  # seconds that 99 of 100 ticks were not above; -1 for more than any bound


def between(before: Reading, after: Reading) -> Usage:
    """What was used."""
    late = [now - then for now, then in zip(after.late, before.late, strict=True)]
    lateness = at_most(LATENESS_BOUNDS, late, 0.99)
    return Usage(
        rooms=after.rooms,
        peers=after.peers,
        peer_seconds=(before.peers + after.peers) / 2 * (after.at - before.at),
        cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        octets=after.octets - before.octets,
        ticks=after.ticks - before.ticks,
        skipped=after.skipped - before.skipped,
        lateness=lateness if lateness != float("inf") else -1.0,
    )
