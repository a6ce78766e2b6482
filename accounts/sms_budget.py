"""How many text messages may go out a day: in all, to one phone, and to where a prefix leads.

Each costs money, and whoever makes us send them to numbers that they rent earns it. What is sent is counted by conditional
updates, so that many who send at once do not go over; a try that failed counts too, for it may have been paid.
"""

import logging
from datetime import UTC, date, datetime, timedelta

import phonenumbers
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.contact_models import SmsCount
from accounts.contacts import Contact

logger = logging.getLogger(__name__)

USED_UP = "sms_used_up"
NOT_THERE = "sms_not_there"

_ALL = "all"
_EACH_COUNTRY = "*"
_KEPT = timedelta(days=40)


class UsedUp(Exception):
    """No text message may go there today. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(contact: Contact) -> None:
    """Count one message to a phone, before it goes out.

    Raises:
        UsedUp: `sms_used_up`; `sms_not_there` where none go at all.
    """
    today = _today()
    try:
        with transaction.atomic():
            for scope, most in [(f"one {contact.key}", settings.SMS_A_DAY_TO_ONE), *_shared(contact)]:
                _take(today, scope, most)
    except UsedUp as refusal:
        logger.warning("A text message was kept back (%s)", refusal.code)
        raise


def _take(day: date, scope: str, most: int) -> None:
    if most == 0 and scope != _ALL:
        raise UsedUp(NOT_THERE)
    SmsCount.objects.bulk_create([SmsCount(day=day, scope=scope)], ignore_conflicts=True)
    # One conditional update: of many who send, as many change the row as there are left.
    if not SmsCount.objects.filter(day=day, scope=scope, sent__lt=most).update(sent=F("sent") + 1):
        raise UsedUp(USED_UP)


def closed_for(contact: Contact) -> str:
    """Why no message can go to a phone today, as a code; empty if one can. How many this very phone got is not looked at:
    that would tell a stranger about it."""
    today = _today()
    for scope, most in _shared(contact):
        if most == 0 and scope != _ALL:
            return NOT_THERE
        if most == 0 or SmsCount.objects.filter(day=today, scope=scope, sent__gte=most).exists():
            return USED_UP
    return ""


def full_today() -> list[SmsCount]:
    """What is used up today, for staff; phones left aside."""
    counts = SmsCount.objects.filter(day=_today()).exclude(scope__startswith="one ")
    return [count for count in counts if count.sent >= _most(count.scope)]


def delete_old(now: datetime | None = None) -> None:
    """Delete counts of long ago, and yesterday's of single phones."""
    today = _today(now)
    SmsCount.objects.filter(day__lt=today - _KEPT).delete()
    SmsCount.objects.filter(day__lt=today, scope__startswith="one ").delete()


def _shared(contact: Contact) -> list[tuple[str, int]]:
    """The limits that a phone shares with others, the narrow one first: everybody takes them in this order."""
    prefixes = settings.SMS_A_DAY_TO_PREFIX
    named = [prefix for prefix in prefixes if contact.value.startswith(prefix)]
    country = f"+{phonenumbers.parse(contact.value).country_code}"
    where = max(named, key=len) if named else country
    return [(where, prefixes.get(where, prefixes.get(_EACH_COUNTRY, 0))), (_ALL, settings.SMS_A_DAY)]


def _most(scope: str) -> int:
    prefixes = settings.SMS_A_DAY_TO_PREFIX
    return settings.SMS_A_DAY if scope == _ALL else prefixes.get(scope, prefixes.get(_EACH_COUNTRY, 0))


def _today(now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(UTC).date()
