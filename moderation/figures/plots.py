"""Plots as SVG, drawn by the server: attributes only, so that they stand under a policy without inline styles or scripts.
Colours are classes of static/css/figures.css. None of the libraries looked at draws so: see docs/transparency.md.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString, mark_safe

from moderation.figures.tables import Cell, PlotKind, Table
from moderation.figures.wording import in_words

_WIDTH = 360
_LINE = 17  # of text
_BAR = 12
_GAP = 10
_VALUE = 116  # room for what stands beside a bar
_HEIGHT = 130  # of a plot of lines
_LEFT, _RIGHT = 42, 10
_SWATCH = 10
_LETTER = 7  # about as wide as one is; those of Chinese and Korean are twice as wide
_WIDE = "\u1100"
_DOTS_AT_MOST = 30


def plot(table: Table) -> SafeString:
    """The drawing of a table; nothing of one that is not drawn, or has no rows."""
    if table.plot is PlotKind.NONE or not table.rows:
        return SafeString("")
    drawn = _bars(table) if table.plot is PlotKind.BARS else _lines(table)
    return mark_safe(tostring(drawn, encoding="unicode"))  # noqa: S308 - ElementTree has escaped every word


def alternative(table: Table) -> str:
    """What is drawn, for who does not see it."""
    if table.plot is PlotKind.LINES:
        return f"{table.title}. {'. '.join(_course(table, place) for place in range(len(table.columns)))}."
    rows = (f"{row.label}: {_beside(table, row.cells)}" for row in table.rows)
    return f"{table.title}. {'; '.join(rows)}."


def _course(table: Table, place: int) -> str:
    """A line in words: from where to where, and its highest."""
    numbers = [(_size(row.cells[place]), row) for row in table.rows]
    _most, highest = max(numbers, key=lambda found: found[0])
    first, last = table.rows[0], table.rows[-1]
    ends = f"{first.label}: {in_words(first.cells[place])}; {last.label}: {in_words(last.cells[place])}"
    return f"{table.columns[place].label}: {ends}; ↑ {highest.label}: {in_words(highest.cells[place])}"


def _canvas(table: Table, height: float) -> Element:
    size = {"viewBox": f"0 0 {_WIDTH} {height:g}", "class": f"figure-plot figure-{table.plot.value}"}
    return Element("svg", {**size, "role": "img", "aria-label": alternative(table)})


def _text(parent: Element, x: float, y: float, words: str, **more: str) -> None:
    attributes = {name.replace("_", "-"): value for name, value in more.items()}
    SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", **attributes}).text = words


def _size(cell: Cell) -> int:
    """How long it is drawn: what is hidden has no length."""
    return cell if isinstance(cell, int) else 0


def _counts(table: Table) -> list[int]:
    """The places of what is drawn: shares and times are only told."""
    return [
        place
        for place in range(len(table.columns))
        if any(isinstance(row.cells[place], int) for row in table.rows) or place == 0
    ]


def _beside(table: Table, cells: tuple[Cell, ...]) -> str:
    """What a row says in words: its number, or its parts."""
    if len(_counts(table)) == 1:
        return " · ".join(in_words(cell) for cell in cells if cell is not None)
    parts = (f"{column.label} {in_words(cell)}" for column, cell in zip(table.columns, cells, strict=True) if cell)
    return ", ".join(parts) or in_words(0)


def _bars(table: Table) -> Element:
    """A line of words above each bar, so that long ones have room in every language and on every screen."""
    places = _counts(table)
    keys = _key_rows(table) if len(places) > 1 else []
    top = len(keys) * _LINE + (_GAP if keys else 0)
    each = _LINE + _BAR + _GAP
    svg = _canvas(table, top + each * len(table.rows))
    _draw_keys(svg, keys)
    longest = max(1, *(sum(_size(row.cells[place]) for place in places) for row in table.rows))
    for number, row in enumerate(table.rows):
        y = top + number * each
        _text(svg, 0, y + 12, _fitting(row.label), **{"class": "figure-label"})
        x = 0.0
        for place in places:
            width = _size(row.cells[place]) / longest * (_WIDTH - _VALUE)
            if width:
                _rectangle(svg, x, y + _LINE, width, place)
                x += width
        beside = _beside(table, row.cells) if len(places) == 1 else _sum(row.cells)
        _text(svg, x + 6, y + _LINE + 10.5, beside, **{"class": "figure-value"})
    return svg


def _wide(words: str) -> float:
    """About how wide words are."""
    return sum(2 * _LETTER if letter >= _WIDE else _LETTER for letter in words)


def _fitting(words: str) -> str:
    """As much of them as fits above a bar; all of them are in the table beneath."""
    if _wide(words) <= _WIDTH:
        return words
    while _wide(words) > _WIDTH - 2 * _LETTER:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _sum(cells: tuple[Cell, ...]) -> str:
    """Behind the bar of several parts: together, unless a part is hidden."""
    numbers = [cell for cell in cells if isinstance(cell, int)]
    if len(numbers) == len(cells):
        return in_words(sum(numbers))
    return f"{in_words(sum(numbers))} + …" if any(numbers) else "…"


def _rectangle(svg: Element, x: float, y: float, width: float, place: int) -> None:
    where = {"x": f"{x:.1f}", "y": f"{y:g}", "width": f"{width:.1f}", "height": str(_BAR)}
    SubElement(svg, "rect", {**where, "class": f"figure-part figure-part-{place + 1}"})


def _key_rows(table: Table) -> list[list[tuple[float, int, str]]]:
    """Which colour is what: broken into rows that fit."""
    rows: list[list[tuple[float, int, str]]] = [[]]
    x = 0.0
    for place, column in enumerate(table.columns):
        width = _SWATCH + 5 + _wide(column.label) + 14
        if rows[-1] and x + width > _WIDTH:
            rows.append([])
            x = 0.0
        rows[-1].append((x, place, column.label))
        x += width
    return rows


def _draw_keys(svg: Element, rows: list[list[tuple[float, int, str]]]) -> None:
    for number, row in enumerate(rows):
        for x, place, label in row:
            where = {"x": f"{x:g}", "y": f"{number * _LINE + 3:g}", "width": str(_SWATCH), "height": str(_SWATCH)}
            SubElement(svg, "rect", {**where, "class": f"figure-part figure-part-{place + 1}"})
            _text(svg, x + _SWATCH + 5, number * _LINE + 12, label, **{"class": "figure-label"})


def _lines(table: Table) -> Element:
    keys = _key_rows(table) if len(table.columns) > 1 else []
    top = len(keys) * _LINE + _GAP
    svg = _canvas(table, top + _HEIGHT + 22)
    _draw_keys(svg, keys)
    most = _round_up(max(_size(cell) for row in table.rows for cell in row.cells))
    bottom = top + _HEIGHT
    for share in (0, 1, 2):
        y = bottom - _HEIGHT * share / 2
        where = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": f"{y:g}", "y2": f"{y:g}"}
        SubElement(svg, "line", {**where, "class": "figure-grid"})
        _text(svg, _LEFT - 6, y + 4, in_words(most * share // 2), text_anchor="end", **{"class": "figure-value"})
    for place in range(len(table.columns)):
        _line(svg, [row.cells[place] for row in table.rows], place, most, bottom)
    first, last = table.rows[0].label, table.rows[-1].label
    _text(svg, _LEFT, bottom + 17, first, **{"class": "figure-value"})
    if len(table.rows) > 1:
        _text(svg, _WIDTH - _RIGHT, bottom + 17, last, text_anchor="end", **{"class": "figure-value"})
    return svg


def _line(svg: Element, cells: list[Cell], place: int, most: int, bottom: float) -> None:
    """With a gap where a number is hidden."""
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(cells) - 1)
    path, draws = [], False
    for number, cell in enumerate(cells):
        if not isinstance(cell, int):
            draws = False
            continue
        x, y = _LEFT + number * step, bottom - cell / most * _HEIGHT
        path.append(f"{'L' if draws else 'M'}{x:.1f} {y:.1f}")
        draws = True
        if len(cells) <= _DOTS_AT_MOST:
            dot = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2.5", "class": f"figure-dot figure-dot-{place + 1}"}
            SubElement(svg, "circle", dot)
    if path:
        SubElement(svg, "path", {"d": "".join(path), "class": f"figure-line figure-line-{place + 1}"})


def _round_up(number: int) -> int:
    """The next even number of one figure and noughts, so that the middle is a whole number.

    >>> [_round_up(number) for number in (0, 1, 7, 12, 480, 1001)]
    [2, 2, 8, 20, 500, 2000]
    """
    power = 1
    while number > power * 10:
        power *= 10
    steps = -(-number // power)
    return max(2, steps * power if power > 1 or steps % 2 == 0 else steps + 1)
