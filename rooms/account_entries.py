"""What “Your account” lists of rooms."""

from django.utils.translation import gettext_lazy as _

from accounts.account_page import Entry

ENTRIES = (Entry(60, _("Your calendar"), _("Your programme at an address for your calendar."), "rooms:calendar"),)
