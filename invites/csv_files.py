"""CSV in and out. What goes out runs nowhere: a cell that a spreadsheet would take for a formula is marked as text."""

import csv
import io
from collections.abc import Iterable

MOST_BYTES = 2_000_000
MOST_ROWS = 2_000

# Also the wide forms, which spreadsheets in Chinese and Korean take for the narrow ones.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


class BadFile(ValueError):
    """It cannot be read as CSV with these columns. `code` is stable; `detail` names what is missing."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


def safe(cell: object) -> str:
    """A cell that a spreadsheet shows and does not run.

    >>> safe("=HYPERLINK(1)"), safe(" +82 10"), safe("Amara")
    ("'=HYPERLINK(1)", "' +82 10", 'Amara')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_STARTS_FORMULA) else text


def unsafe(cell: str) -> str:
    """What was marked as text by `safe`, as it was.

    >>> unsafe("'+82 10")
    '+82 10'
    """
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) == cell else cell


def written(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A file, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def read(content: bytes, *, required: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file as name and cell, with the number of their line. Columns that nobody knows are let be.

    Raises:
        BadFile: `csv_too_large`, `csv_not_utf8`, `csv_unreadable`, `csv_no_column`.
    """
    if len(content) > MOST_BYTES:
        raise BadFile("csv_too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("csv_not_utf8") from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = {(name or "").strip().lower() for name in reader.fieldnames or ()}
        missing = [name for name in required if name not in names]
        if missing:
            raise BadFile("csv_no_column", ", ".join(missing))
        rows = [
            (
                reader.line_num,
                {
                    (name or "").strip().lower(): unsafe(cell.strip())
                    for name, cell in row.items()
                    if isinstance(cell, str)
                },
            )
            for row in reader
        ]
    except csv.Error as error:
        raise BadFile("csv_unreadable") from error
    if len(rows) > MOST_ROWS:
        raise BadFile("csv_too_large")
    return rows
