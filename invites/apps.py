"""How people get in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitesConfig(AppConfig):
    """Invites, and the gate before sign-up."""

    name = "invites"
    verbose_name = _("Invites")
