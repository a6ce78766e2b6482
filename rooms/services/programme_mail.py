"""E-mail about rooms to come. What is to be sent is rows (`ProgrammeMail`), made with what they are about; sending claims a
row first, so that two beats, or a task delivered twice, send one mail."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db.models import F, Q

from accounts import clock, notices
from accounts.message_ids import message_id
from accounts.models import User
from accounts.muting import mutes
from rooms import selectors
from rooms.domain.programme import REMIND_BEFORE, MailKind
from rooms.domain.snapshot import Phase
from rooms.models import ProgrammeMail, Room
from rooms.notices import KIND_OF
from rooms.programme_words import as_mail, stop_words
from rooms.services.programme_sms import by_text_message

logger = logging.getLogger(__name__)

_CLAIM_HOLDS = timedelta(minutes=5)  # then whoever claimed it is taken for dead
_MOST_TRIES = 5
_MOST_AT_ONCE = 200


def write(room: Room, kind: MailKind, occasion: str, to: Iterable[tuple[int, str]]) -> None:
    """Have a mail sent to these people (their keys and zones), once for each kind and occasion."""
    known = set(room.mails.filter(kind=kind, occasion=occasion).values_list("user", flat=True))
    mails = [
        ProgrammeMail(room=room, user_id=user, kind=kind, occasion=occasion, time_zone=zone or room.time_zone)
        for user, zone in to
        if user not in known
    ]
    ProgrammeMail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=500)


def tell_those_who_are_going(room: Room, kind: MailKind, occasion: str, *, but: User | None = None) -> None:
    """Have everybody told who is going or runs the room, except whoever did what it is about."""
    people = selectors.those_who_go(room)
    if but is not None:
        people.pop(but.pk, None)
    write(room, kind, occasion, people.items())


def remind(now: datetime | None = None) -> None:
    """Have those reminded whose rooms start soon. A room that was moved reminds again, of its new time."""
    now = now or clock.now()
    soon = Room.objects.filter(phase=Phase.SCHEDULED, starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE)
    for room in soon.filter(selectors.has_somebody_to_run_it()):
        occasion = room.starts_at.isoformat()
        tell_those_who_are_going(room, MailKind.REMINDER, occasion)


def send_due(now: datetime | None = None) -> int:
    """Send what is to be sent.

    Returns:
        How many mails.
    """
    now = now or clock.now()
    due = ProgrammeMail.objects.filter(_free(now), done_at=None).order_by("made_at")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:_MOST_AT_ONCE]):
        # One conditional update: of two who try, one changes the row.
        free = ProgrammeMail.objects.filter(_free(now), pk=pk, done_at=None)
        if free.update(claimed_at=now, tries=F("tries") + 1):
            sent += _send(pk)
    return sent


def _free(now: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=now - _CLAIM_HOLDS)


def _send(pk: int) -> bool:
    mail = ProgrammeMail.objects.select_related("room__topic", "room__host__profile", "user__profile").get(pk=pk)
    if not _is_worth_sending(mail):
        _done(mail, sent=False)
        return False
    by_text_message(mail)
    kind = KIND_OF[MailKind(mail.kind)]
    if not notices.wants(mail.user, kind):
        _done(mail, sent=False)
        return False
    subject, text = as_mail(mail)
    text += stop_words(mail, kind)
    headers = {"Message-ID": message_id("programme", str(pk)), **notices.headers_for(mail.user, kind)}
    try:
        EmailMessage(subject, text, None, [mail.user.email], headers=headers).send()
    except OSError as error:  # SMTPException is one: the server is away, or does not take it
        if mail.tries >= _MOST_TRIES:
            _done(mail, sent=False)
        logger.warning("A mail about the programme was not taken (%s, try %d)", type(error).__name__, mail.tries)
        return False
    _done(mail, sent=True)
    return True


def _is_worth_sending(mail: ProgrammeMail) -> bool:
    room = mail.room
    if not mail.user.is_active or mail.user.is_demo:
        return False
    match mail.kind:
        case MailKind.REMINDER:
            runs = Room.objects.filter(selectors.has_somebody_to_run_it(), pk=room.pk, phase=Phase.SCHEDULED)
            return mail.occasion == room.starts_at.isoformat() and runs.exists()
        case MailKind.CHANGED:
            newer = ProgrammeMail.objects.filter(room=room, user=mail.user, kind=MailKind.CHANGED, pk__gt=mail.pk)
            return room.phase == Phase.SCHEDULED and not newer.exists()
        case MailKind.CO_HOST_ASKED:
            waits = room.phase == Phase.SCHEDULED and room.co_hosts.filter(user=mail.user, accepted_at=None).exists()
            return waits and not mutes(mail.user, room.host)
    return True


def _done(mail: ProgrammeMail, *, sent: bool) -> None:
    ProgrammeMail.objects.filter(pk=mail.pk).update(done_at=clock.now(), sent=sent)
