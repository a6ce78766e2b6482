"""What fault tests measured, printed as one table at the end of a run: see docs/reliability.md."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.regular import Regular

FULL = os.environ.get("MITALK_FAULTS", "short") == "full"  # `make faults`


@dataclass(frozen=True)
class Row:
    """One group of clients in one fault."""

    fault: str
    group: str
    clients: int
    gap_ms: float  # the longest that one of them heard nothing
    back_s: float  # the longest that one of them waited between two answers
    note: str = ""

    def __str__(self) -> str:
        gap = f"{self.gap_ms:7.0f} ms" if self.gap_ms >= 0 else "         –"
        back = f"{self.back_s:6.2f} s" if self.back_s >= 0 else "       –"
        return f"{self.fault:<46} {self.group:<22} {self.clients:>4} {gap} {back}  {self.note}".rstrip()


ROWS: list[Row] = []
HEADING = f"{'fault':<46} {'clients':<22} {'':>4} {'gap heard':>10} {'back in':>8}"


def note(fault: str, group: str, *, clients: int, gap: float = -0.001, back: float = -1.0, note: str = "") -> Row:
    """Add a row; gap and back in seconds, negative where nothing was to be measured."""
    row = Row(fault, group, clients, 1000 * gap, back, note)
    ROWS.append(row)
    return row


def note_people(fault: str, group: str, people: Sequence[Regular], note_of_them: str = "") -> Row:
    """Add a row of people who were asked to measure."""
    gap = max(person.ears.longest_gap() for person in people)
    back = max((person.written.longest_wait for person in people if person.written.answered_at), default=-1.0)
    return note(fault, group, clients=len(people), gap=gap, back=back, note=note_of_them)
