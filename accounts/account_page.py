"""What “Your account” lists. An app adds its own entry in its AppConfig; entries stand in the order of their numbers."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of one's account."""

    place: int
    title: Promise
    explanation: Promise
    url_name: str
    is_dangerous: bool = False


_entries: dict[str, Entry] = {}


def add(*entries: Entry) -> None:
    """List these as well."""
    _entries.update({entry.url_name: entry for entry in entries})


def entries() -> list[Entry]:
    """All of them, in order."""
    return sorted(_entries.values(), key=lambda entry: entry.place)


add(
    Entry(10, _("Your profile"), _("What others see beside your voice."), "accounts:welcome"),
    Entry(
        12,
        _("Your claims"),
        _("Where you work, or a licence: shown beside your name."),
        "accounts:claims",
    ),
    Entry(15, _("Your phone"), _("To sign in by a code, and for reminders if you want them."), "accounts:phone"),
    Entry(20, _("Sign-in and safety"), _("E-mail address, password, passkeys, second factor."), "accounts:safety"),
    Entry(30, _("Where you are signed in"), _("Every browser, and an end to it from here."), "usersessions_list"),
    Entry(40, _("Notifications"), _("What we write to you about, and how."), "accounts:notices"),
    Entry(50, _("Time zone"), _("On which clock you see times."), "accounts:time_zone"),
    Entry(70, _("What you agreed to"), _("Terms, privacy notice and rules, with versions."), "accounts:agreements"),
    Entry(80, _("Your data"), _("Take everything along, as a file."), "accounts:data"),
    Entry(90, _("Delete your account"), _("What goes, what stays, and how to undo it."), "accounts:delete", True),
)
