"""What a mail about a room to come says, in the reader's language and at the reader's time."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.addresses import absolute
from accounts.models import SpokenLanguage, User
from rooms.domain.programme import MailKind
from rooms.models import ProgrammeMail

_PAGES_IN = {SpokenLanguage.ENGLISH: "en", SpokenLanguage.CHINESE: "zh-hans", SpokenLanguage.KOREAN: "ko"}


def language_of(user: User) -> str:
    """The language that we write to somebody in."""
    profile = getattr(user, "profile", None)
    return _PAGES_IN[SpokenLanguage(profile.language)] if profile else settings.LANGUAGE_CODE


def as_mail(mail: ProgrammeMail) -> tuple[str, str]:
    """Subject and text."""
    room = mail.room
    with translation.override(language_of(mail.user)), timezone.override(ZoneInfo(mail.time_zone)):
        what = {"title": room.title, "host": room.host.name}
        subject = {
            MailKind.REMINDER: _("Soon: %(title)s"),
            MailKind.CHANGED: _("Changed: %(title)s"),
            MailKind.CANCELLED: _("Called off: %(title)s"),
            MailKind.CO_HOST_ASKED: _("%(host)s asks you to host with them: %(title)s"),
        }[MailKind(mail.kind)] % what
        context = {
            "room": room,
            "kind": mail.kind,
            "link": absolute(reverse("rooms:room", args=[room.public_id])),
            "zone": mail.time_zone.replace("_", " "),
        }
        return " ".join(subject.split()), render_to_string("rooms/mail.txt", context).strip() + "\n"
