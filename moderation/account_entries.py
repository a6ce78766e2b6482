"""What “Your account” lists of moderation."""

from django.utils.translation import gettext_lazy as _

from accounts.account_page import Entry

ENTRIES = (
    Entry(65, _("Your reports"), _("What you reported, and what became of it."), "moderation:mine"),
    Entry(
        75,
        _("Your standing"),
        _("What you are trusted with, what staff decided about you, and how to appeal."),
        "moderation:standing",
    ),
)
