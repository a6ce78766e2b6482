"""Codes that prove that somebody reads what is sent to a contact: ten minutes, five tries, used once."""

import hmac
import secrets
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import clock, outbox
from accounts.contact_models import OneTimeCode
from accounts.contacts import Contact
from accounts.sealing import keyed_hashes

LIVES = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6
MOST_AN_HOUR = 5  # to one contact, whatever for
CODE = "code"  # kind of message


class TooManyCodes(Exception):
    """This contact got as many codes as it may in an hour."""


class Answer(Enum):
    """What became of a code that was typed."""

    RIGHT = auto()
    WRONG = auto()
    OVER = auto()  # no code is good any more: it is too old, was tried too often, or was used


@transaction.atomic
def send(purpose: str, subject: str, contact: Contact, *, kind: str = CODE, instead: str = "") -> None:
    """Send a new code, in the words of the active language. It takes the place of an earlier one for the same thing.

    `kind` is the message's, so that a gate can keep it back when it goes out. `instead` is said instead of the code, which
    then nobody knows: the work is the same.

    Raises:
        TooManyCodes: after five in an hour.
    """
    now = clock.now()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    OneTimeCode.objects.filter(purpose=purpose, subject=subject, expires_at__gt=now).update(expires_at=now)
    row = OneTimeCode(
        purpose=purpose,
        subject=subject,
        contact_key=contact.key,
        code_hash=_hashes(purpose, subject, code)[0],
        made_at=now,
        expires_at=now + LIVES,
        hour=int(now.timestamp()) // 3600,
    )
    _take_a_number(row)
    outbox.post(
        contact,
        kind=kind,
        occasion=f"code {row.pk}",
        subject=_("Your code for MiTalk"),
        text=instead or words_of(code),
        good_until=row.expires_at,
    )


def words_of(code: str) -> str:
    """What carries a code."""
    return _(
        "%(code)s is your code for MiTalk. It is good for ten minutes. If you did not ask for it, ignore this message."
    ) % {"code": code}


def _take_a_number(row: OneTimeCode) -> None:
    taken = OneTimeCode.objects.filter(contact_key=row.contact_key, hour=row.hour).count()
    for number in range(taken, MOST_AN_HOUR):
        row.number = number
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise TooManyCodes


def check(purpose: str, subject: str, contact: Contact, typed: str, *, now: datetime | None = None) -> Answer:
    """Whether this is the code. Each call is a try; of many who send the right one at once, one is right."""
    now = now or clock.now()
    good = OneTimeCode.objects.filter(
        purpose=purpose,
        subject=subject,
        contact_key__in=contact.keys,
        used_at=None,
        expires_at__gt=now,
        tries__lt=MOST_TRIES,
    )
    row = good.order_by("-made_at", "-pk").first()
    if row is None or not good.filter(pk=row.pk).update(tries=F("tries") + 1):
        return Answer.OVER
    plain = "".join(typed.split()).replace("-", "")
    if not any(hmac.compare_digest(hashed, row.code_hash) for hashed in _hashes(purpose, subject, plain)):
        return Answer.WRONG if row.tries + 1 < MOST_TRIES else Answer.OVER
    return Answer.RIGHT if OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now) else Answer.OVER


def _hashes(purpose: str, subject: str, code: str) -> list[str]:
    return keyed_hashes("code", f"{purpose}\n{subject}\n{code}")


def delete_old(now: datetime | None = None) -> None:
    """Delete codes that are over; those of the last hours count."""
    OneTimeCode.objects.filter(expires_at__lt=(now or clock.now()) - timedelta(hours=2)).delete()
