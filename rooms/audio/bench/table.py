"""Figures as people read them: a line each, tables where there are several of a kind."""

from collections.abc import Mapping, Sequence
from typing import Any

_NOTHING = "–"


def render(figures: Mapping[str, Any]) -> str:
    """The text of a measurement's figures.

    Args:
        figures: by name. A list of mappings becomes a table of its own, a line each; a mapping a column beside ours.
    """
    columns = {name: value for name, value in figures.items() if isinstance(value, Mapping)}
    tables = {name: value for name, value in figures.items() if _is_table(value)}
    plain = {name: value for name, value in figures.items() if name not in columns and name not in tables}
    title = str(plain.pop("server", ""))
    lines = [["", title, *columns]] if columns else []
    names = dict.fromkeys([*plain, *(name for column in columns.values() for name in column)])
    names.pop("server", None)  # each column's name says it
    for name in names:
        lines.append([name, *(_text(column.get(name)) for column in (plain, *columns.values()))])
    parts = [grid(lines)] if lines else []
    parts += [f"{name}\n{_table(rows)}" for name, rows in tables.items()]
    return "\n\n".join(parts)


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells, each column as wide as its widest cell; the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        ).rstrip()
        for line in lines
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return grid([names, *([_text(row.get(name)) for name in names] for row in rows)])


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value)
