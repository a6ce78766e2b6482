"""Mail and text messages that must go out once. What is to be sent is rows; sending claims a row first, so that two beats,
or a task delivered twice, send one. The rows hold address and words encrypted, and neither when they are done."""

import json
import logging
from datetime import UTC, datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from kombu.exceptions import OperationalError

from accounts import clock, sms, sms_budget
from accounts.contact_models import OutboxMessage
from accounts.contacts import Channel, Contact
from accounts.hooks import is_wanted
from accounts.message_ids import message_id
from accounts.sealing import MESSAGE, seal, unseal

logger = logging.getLogger(__name__)

_CLAIM_HOLDS = timedelta(minutes=5)  # then whoever claimed it is taken for dead
_AGAIN_AFTER = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_MOST_TRIES = len(_AGAIN_AFTER) + 1
_MOST_AT_ONCE = 200
KEPT = timedelta(days=400)  # longer than anything that is announced once: the row is what makes it once

UNWANTED = "unwanted"
TOO_LATE = "too_late"
CANCELLED = "cancelled"
LAST_MAIL = "account_erased"  # to somebody who has no account any more: nothing of it is kept


def post(
    contact: Contact,
    *,
    kind: str,
    occasion: str,
    subject: str,
    text: str,
    headers: dict[str, str] | None = None,
    good_until: datetime | None = None,
) -> None:
    """Have a message sent once the transaction commits: once for each contact, kind and occasion. Text messages have no
    subject and no headers."""
    if OutboxMessage.objects.filter(contact_key__in=contact.keys[1:], kind=kind, occasion=occasion).exists():
        return  # told under a former key
    content = {"subject": " ".join(subject.split()), "text": text, "headers": headers or {}}
    now = clock.now()  # whoever sends goes by it, too
    message = OutboxMessage(
        made_at=now,
        due_at=now,
        channel=contact.channel.value,
        kind=kind,
        occasion=occasion,
        contact_key=contact.key,
        sealed_address=seal(contact.value, purpose=MESSAGE),
        sealed_content=seal(json.dumps(content), purpose=MESSAGE),
        good_until=good_until,
    )
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    transaction.on_commit(_nudge)


def cancel(kind: str, occasion: str) -> None:
    """Do not send it any more, if it was not sent yet."""
    waiting = OutboxMessage.objects.filter(kind=kind, occasion=occasion, done_at=None, claimed_at=None)
    waiting.update(done_at=clock.now(), error_code=CANCELLED, sealed_address="", sealed_content="")


def _nudge() -> None:
    """Do not wait for the clock; it comes by anyway."""
    from accounts.tasks import send_outbox

    try:
        send_outbox.apply_async(retry=False)
    except (OperationalError, OSError):
        logger.warning("The jobs cannot be reached; what is to be sent waits for the clock.")


def send_due(now: datetime | None = None) -> int:
    """Send what is due.

    Returns:
        How many messages.
    """
    now = now or clock.now()
    due = OutboxMessage.objects.filter(_free(now), done_at=None, due_at__lte=now).order_by("due_at", "pk")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:_MOST_AT_ONCE]):
        # One conditional update: of two who try, one changes the row.
        free = OutboxMessage.objects.filter(_free(now), pk=pk, done_at=None, due_at__lte=now)
        if free.update(claimed_at=now, tries=F("tries") + 1):
            sent += _send(OutboxMessage.objects.get(pk=pk), now)
    return sent


def _free(now: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=now - _CLAIM_HOLDS)


def _send(message: OutboxMessage, now: datetime) -> bool:
    if message.good_until is not None and message.good_until <= now:
        return _done(message, error=TOO_LATE)
    contact = Contact(Channel(message.channel), unseal(message.sealed_address, purpose=MESSAGE))
    if not is_wanted(message.kind, contact):
        return _done(message, error=UNWANTED)
    try:
        _hand_over(message, contact)
    except sms_budget.UsedUp as refusal:
        return _tomorrow(message, now, refusal.code)
    except sms.SmsFailed as failure:
        return _failed(message, now, failure.code, for_good=failure.for_good)
    except OSError as error:  # SMTPException is one: the server is away, or does not take it
        return _failed(message, now, f"mail_{type(error).__name__}"[:40], for_good=False)
    return _done(message)


def _hand_over(message: OutboxMessage, contact: Contact) -> None:
    content = json.loads(unseal(message.sealed_content, purpose=MESSAGE))
    if contact.channel is Channel.SMS:
        sms_budget.take(contact)
        sms.backend().send(contact.value, content["text"], str(message.key))
    else:
        headers = {"Message-ID": message_id("outbox", str(message.key)), **content["headers"]}
        EmailMessage(content["subject"], content["text"], None, [contact.value], headers=headers).send()


def _tomorrow(message: OutboxMessage, now: datetime, code: str) -> bool:
    """Today's text messages are used up: it waits for the next day, if it is good for anything then."""
    due_at = (now + timedelta(days=1)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if code == sms_budget.NOT_THERE or (message.good_until is not None and message.good_until <= due_at):
        return _done(message, error=code)
    OutboxMessage.objects.filter(pk=message.pk).update(
        claimed_at=None, due_at=due_at, error_code=code, tries=message.tries - 1
    )
    return False


def _failed(message: OutboxMessage, now: datetime, code: str, *, for_good: bool) -> bool:
    logger.warning("A message was not taken (%s, %s, try %d)", message.kind, code, message.tries)
    if for_good or message.tries >= _MOST_TRIES:
        return _done(message, error=code)
    due_at = now + _AGAIN_AFTER[message.tries - 1]
    OutboxMessage.objects.filter(pk=message.pk).update(claimed_at=None, due_at=due_at, error_code=code)
    return False


def _done(message: OutboxMessage, *, error: str = "") -> bool:
    OutboxMessage.objects.filter(pk=message.pk).update(
        done_at=clock.now(), sent=not error, error_code=error, sealed_address="", sealed_content=""
    )
    return not error


def delete_old(now: datetime | None = None) -> None:
    """Delete the rows of what was done long ago."""
    OutboxMessage.objects.filter(done_at__lt=(now or clock.now()) - KEPT).delete()
    OutboxMessage.objects.filter(done_at__isnull=False, kind=LAST_MAIL).delete()
