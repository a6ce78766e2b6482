"""Tables of numbers, as the page, the plots and the report show them: the numbers by stable keys, beside their words."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Hidden(Enum):
    """Why a number is not shown."""

    FEW = "few"  # it is small, and could point at somebody
    WITHHELD = "withheld"  # a small one could be reckoned from it


class PlotKind(Enum):
    """How a table is drawn."""

    NONE = "none"
    BARS = "bars"  # a bar a row; several columns lie end to end
    LINES = "lines"  # a line a column, over weeks


@dataclass(frozen=True, slots=True)
class Percent:
    """A share, in whole percent."""

    value: int


Cell = int | timedelta | Percent | Hidden | None


@dataclass(frozen=True, slots=True)
class Column:
    """One measure. `points_at_people`: small numbers of it are not published. `for_staff`: it is not published at all."""

    key: str
    label: str
    points_at_people: bool = True
    for_staff: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted, with a number for each column."""

    key: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One figure. Tables of the same `whole` divide the same things differently, so that what one of them hides could be
    reckoned from another."""

    key: str
    title: str
    of: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    plot: PlotKind = PlotKind.BARS
    note: str = ""
    whole: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to count."""
        return not any(cell for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """Figures about one thing."""

    key: str
    title: str
    tables: tuple[Table, ...]
