"""Rooms to come: when one may be started, when people are reminded, when it did not happen."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

START_EARLY = timedelta(minutes=15)  # who runs a room may start it from then on
REMIND_BEFORE = timedelta(minutes=15)
MISSED_AFTER = timedelta(minutes=30)  # nobody started it: it did not happen
LATEST_AHEAD = timedelta(days=366)
USUAL_LENGTH = timedelta(hours=1)  # what a calendar is told; a room ends when it ends


class NotHeld(StrEnum):
    """Why a room that was announced did not happen."""

    CANCELLED = "cancelled"
    NOBODY_CAME = "nobody_came"  # who runs it did not start it


class MailKind(StrEnum):
    """What the programme writes to people about."""

    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    CO_HOST_ASKED = "co_host_asked"


class NoSuchTime(ValueError):
    """Clocks go forward over this time: on that day it does not exist there."""


def may_start(starts_at: datetime, now: datetime) -> bool:
    """Whether it is time enough to start a room that was announced."""
    return now >= starts_at - START_EARLY


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment that a clock on a wall of this zone shows; the first one, where clocks go back and show it twice.

    Raises:
        NoSuchTime: it never shows it.
    """
    local = datetime.combine(day, at, tzinfo=zone)
    utc = ZoneInfo("UTC")
    if local.astimezone(utc).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return local.astimezone(utc)
