"""A number as people read it."""

from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from moderation.figures.small_numbers import FEWEST
from moderation.figures.tables import Cell, Hidden, Percent

_SOME_DAY = datetime(2001, 1, 1)  # noqa: DTZ001 - only the span from it counts
_MINUTE = timedelta(minutes=1)


def in_words(cell: Cell) -> str:
    """In the language that is active."""
    match cell:
        case None:
            return "–"
        case Hidden.FEW:
            return _("fewer than %(number)d") % {"number": FEWEST}
        case Hidden.WITHHELD:
            return _("not shown")
        case Percent(value):
            return f"{value} %"
        case timedelta() as span if span < _MINUTE:
            return _("under a minute")
        case timedelta() as span:
            return timesince(_SOME_DAY, _SOME_DAY + span)
        case _number:
            return number_format(_number, use_l10n=True, force_grouping=True)
