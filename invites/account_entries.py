"""What “Your account” lists of invites."""

from django.utils.translation import gettext_lazy as _

from accounts.account_page import Entry

ENTRIES = (Entry(65, _("Your invites"), _("Whom you invited, and how many you may."), "invites:mine"),)
