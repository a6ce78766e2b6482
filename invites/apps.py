"""How people get in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitesConfig(AppConfig):
    """Invites, and the gate before sign-up."""

    name = "invites"
    verbose_name = _("Invites")

    def ready(self) -> None:
        """Have it asked before an invitation goes out whether it is wanted; be told of sanctions."""
        from accounts.hooks import register_gate, when_sanctioned
        from invites.services import INVITATION, REMINDER
        from invites.services.quota import invitee_sanctioned
        from invites.services.refusing import is_wanted

        for kind in (INVITATION, REMINDER):
            register_gate(kind, is_wanted)
        when_sanctioned(invitee_sanctioned)
