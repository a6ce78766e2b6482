"""How moderation went in a span of time: counted once, for staff's page and for the transparency report."""

from moderation.figures.period import BadPeriod, Period
from moderation.figures.sections import sections_of
from moderation.figures.small_numbers import FEWEST, veiled
from moderation.figures.tables import Column, Hidden, Percent, PlotKind, Row, Section, Table

__all__ = [
    "FEWEST",
    "BadPeriod",
    "Column",
    "Hidden",
    "Percent",
    "Period",
    "PlotKind",
    "Row",
    "Section",
    "Table",
    "sections_of",
    "veiled",
]
