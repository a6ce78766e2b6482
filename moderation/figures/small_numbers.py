"""What is published of small numbers: not the number."""

from dataclasses import replace

from moderation.figures.tables import Cell, Column, Hidden, Percent, Row, Section, Table

FEWEST = 5  # fewer than this could point at somebody
_COUNT = "count"


def veiled(sections: list[Section]) -> list[Section]:
    """As the public may read it: nothing of staff's own, no number from 1 to 4 that could point at a person, nothing that is
    reckoned from one, and no number from which one could be reckoned. Nought stays: it points at nobody."""
    return [replace(section, tables=tuple(_veiled(table) for table in section.tables)) for section in sections]


def _veiled(table: Table) -> Table:
    rows = [list(row.cells) for row in table.rows]
    hidden = _few(table, rows)
    if table.whole and hidden:
        _blur(table, rows)
    for cells in rows:
        _reckoned(table.columns, cells, hides=bool(hidden))
    shown = [place for place, column in enumerate(table.columns) if not column.for_staff]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in shown),
        rows=tuple(
            Row(row.key, row.label, tuple(cells[place] for place in shown))
            for row, cells in zip(table.rows, rows, strict=True)
        ),
    )


def _few(table: Table, rows: list[list[Cell]]) -> int:
    """Hide the small ones. How many there were."""
    found = 0
    for cells in rows:
        for place, column in enumerate(table.columns):
            number = cells[place]
            if column.points_at_people and isinstance(number, int) and 0 < number < FEWEST:
                cells[place] = Hidden.FEW
                found += 1
    return found


def _blur(table: Table, rows: list[list[Cell]]) -> None:
    """Hide the smallest of the others too, until their sum, which another table tells, leaves it open which is which."""
    before = [row.cells for row in table.rows]
    places = [(row, place) for row in range(len(rows)) for place in range(len(table.columns))]
    few = [
        number
        for row, place in places
        if rows[row][place] is Hidden.FEW and isinstance(number := before[row][place], int)
    ]
    others = sorted(
        (number, row, place) for row, place in places if isinstance(number := rows[row][place], int) and number
    )
    withheld: list[int] = []
    for number, row, place in others:
        if _is_open(few, withheld, smallest_shown=number):
            return
        rows[row][place] = Hidden.WITHHELD
        withheld.append(number)


def _is_open(few: list[int], withheld: list[int], *, smallest_shown: int) -> bool:
    """Whether a reader who knows the sum, and how all of this is done, cannot tell the numbers."""
    total = sum(few) + sum(withheld)
    least = len(few) + FEWEST * len(withheld)
    most = (FEWEST - 1) * len(few) + smallest_shown * len(withheld)
    return len(few) + len(withheld) > 1 and least < total < most


def _reckoned(columns: tuple[Column, ...], cells: list[Cell], *, hides: bool) -> None:
    """A time that few took, and a share of a whole of which a part is hidden."""
    number = next((cells[place] for place, column in enumerate(columns) if column.key == _COUNT), None)
    for place, cell in enumerate(cells):
        if cell is None or isinstance(cell, int | Hidden):
            continue
        if isinstance(number, Hidden) or (hides and isinstance(cell, Percent)):
            cells[place] = Hidden.WITHHELD
