"""What a person's calendar holds, and whose calendar a secret address is."""

import hashlib
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from rooms.models import CalendarFeed, Room
from rooms.selectors.admission import open_to

_LOOKS_BACK = timedelta(days=60)
_MOST_EVENTS = 500


def calendar_token_hash(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so a plain hash tells nobody anything."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_of_calendar(token: str) -> User | None:
    """Whose calendar this token opens, or None."""
    feed = CalendarFeed.objects.filter(token_hash=calendar_token_hash(token), user__is_active=True)
    found = feed.select_related("user__profile").first()
    return found.user if found else None


def has_calendar(user: User) -> bool:
    """Whether an address opens this person's calendar."""
    return CalendarFeed.objects.filter(user=user).exists()


def rooms_of_calendar(user: User) -> QuerySet[Room]:
    """The rooms that a person goes to or runs: to come, and those of the last weeks, what was called off among them."""
    mine = Q(host=user) | Q(rsvps__user=user) | Q(co_hosts__user=user, co_hosts__accepted_at__isnull=False)
    rooms = Room.objects.filter(mine, open_to(user), starts_at__gte=timezone.now() - _LOOKS_BACK).distinct()
    rooms = rooms.exclude(started_at=F("starts_at"))  # opened there and then: nobody planned it
    return rooms.select_related("topic", "host__profile").order_by("starts_at")[:_MOST_EVENTS]
