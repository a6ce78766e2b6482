"""Strikes: what sanctions weigh, and how that decays. Nothing is stored: they follow from the sanctions and the settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from moderation.models import Sanction


@dataclass(frozen=True, slots=True)
class Strike:
    """One sanction's weight: what it was at first, what it is now, and when it is one less."""

    sanction: Sanction
    at_first: int
    now: int
    less_at: datetime
    gone_at: datetime


@dataclass(frozen=True, slots=True)
class Strikes:
    """All that somebody has."""

    total: int
    each: list[Strike]
    days: int


def strikes_of(user: User, now: datetime | None = None) -> Strikes:
    """What weighs on somebody now. A sanction that was a mistake weighs nothing."""
    rows = Sanction.objects.filter(user=user, overturned=False).order_by("-at", "-pk")
    each = [strike for sanction in rows if (strike := strike_of(sanction, now)) is not None]
    return Strikes(sum(strike.now for strike in each), each, settings.STRIKE_DAYS)


def totals_of(users: Iterable[int], now: datetime | None = None) -> dict[int, int]:
    """The same of many, as numbers; nobody without one."""
    totals: dict[int, int] = {}
    for sanction in Sanction.objects.filter(user__in=list(users), overturned=False):
        strike = strike_of(sanction, now)
        if strike is not None and sanction.user_id is not None:
            totals[sanction.user_id] = totals.get(sanction.user_id, 0) + strike.now
    return totals


def strike_of(sanction: Sanction, now: datetime | None = None) -> Strike | None:
    """What one sanction weighs, or None when it weighs nothing any more."""
    now = now or timezone.now()
    weight = settings.STRIKES.get(sanction.kind, 0)
    step = timedelta(days=settings.STRIKE_DAYS)
    steps = (now - sanction.at) // step
    left = weight - steps
    if sanction.overturned or left <= 0:
        return None
    return Strike(sanction, weight, left, sanction.at + (steps + 1) * step, sanction.at + weight * step)
