"""The secret address of a person's calendar: made, made anew, revoked."""

import secrets

from accounts.models import User
from rooms.models import CalendarFeed
from rooms.selectors import calendar_token_hash


def make_calendar_address(user: User) -> str:
    """A new secret token, which can never be read again; the one before is good no more."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(user=user).delete()
    CalendarFeed.objects.create(user=user, token_hash=calendar_token_hash(token))
    return token


def revoke_calendar_address(user: User) -> None:
    """No address opens this person's calendar any more."""
    CalendarFeed.objects.filter(user=user).delete()
