"""Mail about one's own data. It always goes out: whoever did not ask for it themselves must hear of it."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import contacts, outbox
from accounts.models import AccountDeletion, DataExport, User
from accounts.writing import absolute, language_of

KIND = "account"
ERASED = outbox.LAST_MAIL


def export_ready(export: DataExport) -> None:
    """The file can be fetched."""
    with translation.override(export.language):
        days = settings.EXPORT_DAYS
        text = ngettext(
            "Everything that MiTalk keeps about you is in a file now. Fetch it within %(days)d day, signed in:",
            "Everything that MiTalk keeps about you is in a file now. Fetch it within %(days)d days, signed in:",
            days,
        ) % {"days": days}
        _post(
            export.user,
            f"export {export.public_id}",
            _("Your data is ready"),
            f"{text}\n{absolute(reverse('accounts:data'))}\n\n{_not_you()}",
        )


def deletion_requested(deletion: AccountDeletion, user: User) -> None:
    """The account is closed, and how to undo it."""
    with translation.override(language_of(user)):
        _post(
            user,
            f"deletion {deletion.public_id}",
            _("Your account is closed, and will be deleted"),
            "\n\n".join((_when(deletion.final_at), _how_to_undo(), _not_you())),
        )


def deletion_soon(deletion: AccountDeletion, user: User) -> None:
    """The last days."""
    with translation.override(language_of(user)):
        _post(
            user,
            f"deletion {deletion.public_id} soon {deletion.final_at:%Y-%m-%d}",
            _("Your account will be deleted in two days"),
            "\n\n".join((_when(deletion.final_at), _how_to_undo())),
        )


def deletion_delayed(deletion: AccountDeletion, user: User, words: str) -> None:
    """It takes longer, and why."""
    with translation.override(language_of(user)):
        why = _("Your account is not deleted yet, because %(why)s.") % {"why": words}
        _post(
            user,
            f"deletion {deletion.public_id} delayed {deletion.final_at:%Y-%m-%d}",
            _("Your account will be deleted later"),
            "\n\n".join((why, _when(deletion.final_at), _how_to_undo())),
        )


def deletion_undone(deletion: AccountDeletion, user: User) -> None:
    """It stays."""
    with translation.override(language_of(user)):
        text = _("The deletion of your account was undone. Sign in as before; rooms that were called off stay so.")
        _post(user, f"deletion {deletion.public_id} undone", _("Your account stays"), f"{text}\n\n{_not_you()}")


def erased(deletion: AccountDeletion, user: User) -> None:
    """The last mail."""
    with translation.override(language_of(user)):
        text = _("Your account, and what belonged to it, is deleted. This is the last mail that you get from MiTalk.")
        _post(user, f"deletion {deletion.public_id} done", _("Your account is deleted"), text, kind=ERASED)


def _when(at: datetime) -> str:
    day = formats.date_format(at, "DATE_FORMAT")
    return _("It will be deleted on %(day)s. From then on nothing brings it back.") % {"day": day}


def _how_to_undo() -> str:
    return _("Until then you can undo it: sign in.") + f"\n{absolute(reverse('account_login'))}"


def _not_you() -> str:
    return _("If it was not you: sign in and choose a new password.")


def _post(user: User, occasion: str, subject: str, text: str, *, kind: str = KIND) -> None:
    if not user.is_demo:
        outbox.post(
            contacts.email(user.email), kind=kind, occasion=occasion, subject=subject, text=f"{text}\n\nMiTalk\n"
        )
