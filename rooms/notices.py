"""Which kinds of messages rooms send: see accounts.notices."""

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.notices import Kind, Via
from rooms.domain.programme import MailKind

REMINDER, CHANGES, CO_HOST = "room_reminder", "room_changes", "co_host"

KIND_OF = {
    MailKind.REMINDER: REMINDER,
    MailKind.CHANGED: CHANGES,
    MailKind.CANCELLED: CHANGES,
    MailKind.CO_HOST_ASKED: CO_HOST,
}


def register() -> None:
    """Declare them."""
    notices.register(
        Kind(
            REMINDER,
            _("A room that you go to starts soon"),
            _("A quarter of an hour before, for rooms that you said you would come to."),
            (Via.EMAIL, Via.SMS, Via.PUSH),
        ),
        Kind(
            CHANGES,
            _("A room that you go to was changed or called off"),
            _("Without it you may come for nothing."),
            (Via.EMAIL, Via.PUSH),
        ),
        Kind(CO_HOST, _("Somebody asks you to host with them"), _("They wait for your answer."), (Via.EMAIL, Via.PUSH)),
        Kind(
            "ping",
            _("Somebody asks you to come into a room"),
            _("Stands in the hallway as long as the room talks."),
            (Via.IN_APP, Via.PUSH),
        ),
    )
