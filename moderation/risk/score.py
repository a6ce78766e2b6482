"""The risk of a room, from counts alone: what anybody says is not asked. A sum of parts, so that staff see why."""

from dataclasses import dataclass
from enum import StrEnum

HIGHEST = 100
THRESHOLD = 50  # from here on staff are told


class Signal(StrEnum):
    """What is counted."""

    NEWCOMERS = "newcomers"
    REMOVALS = "removals"
    HANDS = "hands"
    HOPPING = "hopping"
    REPORTS = "reports"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in a room lately.

    Args:
        people: who is there now, staff apart.
        newcomers: of them, the most young accounts that came by the invites of one person, or of who that person invited.
        removals: people removed or banned within half an hour.
        hand_changes: hands that went up or down, and invitations, in a minute.
        hopping: people there who were in many rooms within an hour.
        reports: made about it within an hour.
        flags: that wait for staff.
    """

    people: int = 0
    newcomers: int = 0
    removals: int = 0
    hand_changes: float = 0.0
    hopping: int = 0
    reports: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Why the score is what it is: a signal, the number that was counted, and how many points it gives."""

    signal: Signal
    number: float
    points: int


@dataclass(frozen=True, slots=True)
class Risk:
    """A score from 0 to 100, and its parts, the heaviest first."""

    score: int
    parts: tuple[Part, ...]


def risk_of(counts: Counts) -> Risk:
    """The risk of a room."""
    share = counts.reports / max(counts.people, 10)  # three reports mean more among ten than among a thousand
    found = (
        Part(Signal.NEWCOMERS, counts.newcomers, _points(counts.newcomers, calm=2, alarm=8, most=35)),
        Part(Signal.REMOVALS, counts.removals, _points(counts.removals, calm=1, alarm=6, most=30)),
        Part(
            Signal.HANDS,
            round(counts.hand_changes, 1),
            _points(counts.hand_changes / max(counts.people, 10), calm=1, alarm=6, most=20),
        ),
        Part(Signal.HOPPING, counts.hopping, _points(counts.hopping, calm=0, alarm=4, most=20)),
        Part(Signal.REPORTS, counts.reports, _points(share, calm=0, alarm=0.25, most=60)),
        Part(Signal.FLAGS, counts.flags, _points(counts.flags, calm=0, alarm=5, most=30)),
    )
    parts = tuple(sorted((part for part in found if part.points), key=lambda part: -part.points))
    return Risk(min(HIGHEST, sum(part.points for part in parts)), parts)


def _points(number: float, *, calm: float, alarm: float, most: int) -> int:
    """None up to what is usual, all from what is alarming on, and evenly in between."""
    return round(most * min(1.0, max(0.0, (number - calm) / (alarm - calm))))
