"""The days that figures are of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

LONGEST = timedelta(days=5 * 366)
EARLIEST = date(2000, 1, 1)
_ISO = len("2026-10-01")


class BadPeriod(ValueError):
    """These are no days to count. `code` is stable: `unreadable`, `backwards`, `to_come`, `too_early`, `too_long`."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip())
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of a day until the last one of another, in UTC."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str) -> "Period":
        """As somebody wrote it: 2026-10-01, both days included.

        Raises:
            BadPeriod: it cannot be counted.
        """
        period = cls(_day(first), _day(last))
        if period.first > period.last:
            raise BadPeriod("backwards")
        if period.first > timezone.now().astimezone(UTC).date():
            raise BadPeriod("to_come", first)
        if period.first < EARLIEST:
            raise BadPeriod("too_early", first)
        if period.last - period.first > LONGEST:
            raise BadPeriod("too_long")
        return period

    @classmethod
    def lately(cls) -> "Period":
        """Thirteen weeks, today the last day."""
        today = timezone.now().astimezone(UTC).date()
        return cls(today - timedelta(days=13 * 7 - 1), today)

    @property
    def start(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.first, time.min, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The moment it is over: no part of it."""
        return datetime.combine(self.last, time.min, tzinfo=UTC) + timedelta(days=1)

    @property
    def as_of(self) -> datetime:
        """When what is open is counted: at its end, or now, if it is not over."""
        return min(self.end, timezone.now())

    def weeks(self) -> list[date]:
        """The Mondays of its weeks, of which the first and the last may be in it only partly."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(days=days) for days in range(0, (self.last - monday).days + 1, 7)]


def _day(words: str) -> date:
    try:
        if len(words) != _ISO:
            raise ValueError(words)
        return date.fromisoformat(words)
    except ValueError as error:
        raise BadPeriod("unreadable", words) from error
