"""Reminders by text message, for those who chose that and whose account has a phone."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts import contacts, notices, outbox
from accounts.models import Phone
from accounts.notices import Via
from accounts.sealing import PHONE, Unreadable, unseal
from accounts.writing import language_of
from rooms.domain.programme import MailKind
from rooms.models import ProgrammeMail
from rooms.notices import REMINDER


@transaction.atomic
def by_text_message(mail: ProgrammeMail) -> None:
    """The same reminder as a text message; once, as the outbox knows what it sent."""
    if mail.kind != MailKind.REMINDER or not notices.wants(mail.user, REMINDER, Via.SMS):
        return
    phone = Phone.objects.filter(user=mail.user).first()
    if phone is None:
        return
    try:
        number = unseal(phone.sealed, purpose=PHONE)
    except Unreadable:
        return
    room = mail.room
    with translation.override(language_of(mail.user)), timezone.override(ZoneInfo(mail.time_zone)):
        at = formats.time_format(timezone.localtime(room.starts_at), "TIME_FORMAT")
        outbox.post(
            contacts.phone(number),
            kind=REMINDER,
            occasion=f"{room.public_id} {mail.occasion}",
            subject="",
            text=_("MiTalk: “%(title)s” starts at %(time)s.") % {"title": room.title, "time": at},
            good_until=room.starts_at,
        )
