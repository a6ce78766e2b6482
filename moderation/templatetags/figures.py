"""What templates of figures ask of the tables."""

from django import template
from django.utils.safestring import SafeString

from moderation.figures import plots, wording
from moderation.figures.tables import Cell, Table

register = template.Library()


@register.filter
def plot(table: Table) -> SafeString:
    """Its drawing."""
    return plots.plot(table)


@register.filter
def in_words(cell: Cell) -> str:
    """A number as people read it."""
    return wording.in_words(cell)
