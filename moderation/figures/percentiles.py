"""How long something took: the middle one, and the one that nine of ten did not exceed, found by the database."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

_MEDIAN, _MOST = 50, 90
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Took:
    """Of how many, and how long; None where there are none. Both are times that one of them really took (nearest rank)."""

    many: int = 0
    median: timedelta | None = None
    most: timedelta | None = None


def took(rows: QuerySet, *, since: str, until: str) -> Took:
    """Between two moments of each row. One query, which answers with two rows at most."""
    span = ExpressionWrapper(F(until) - F(since), output_field=DurationField())
    ranked = rows.order_by().annotate(
        span=span,
        hundreds=Window(RowNumber(), order_by=[span.asc(), F("pk").asc()]) * _HUNDRED,
        many=Window(Count("pk")),
    )
    ends = ranked.filter(_is_rank(_MEDIAN) | _is_rank(_MOST)).order_by("hundreds")
    found = list(ends.values_list("span", "many"))
    return Took(found[0][1], found[0][0], found[-1][0]) if found else Took()


def _is_rank(percent: int) -> Q:
    """The place is percent · many / 100, rounded up; in whole numbers, which both engines reckon alike."""
    least = F("many") * percent
    return Q(hundreds__gte=least, hundreds__lt=least + _HUNDRED)
