"""How people get in."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class InvitesConfig(AppConfig):
    """Invites, and the gate before sign-up."""

    name = "invites"
    verbose_name = _("Invites")

    def ready(self) -> None:
        """Have it asked before an invitation goes out whether it is wanted; be told of sanctions."""
        from accounts import account_page
        from accounts.hooks import register_gate, register_hold, when_sanctioned
        from invites import notices, personal_data
        from invites.account_entries import ENTRIES
        from invites.services import INVITATION, REMINDER
        from invites.services.branches import is_held
        from invites.services.quota import invitee_sanctioned
        from invites.services.refusing import is_wanted

        for kind in (INVITATION, REMINDER):
            register_gate(kind, is_wanted)
        when_sanctioned(invitee_sanctioned)
        register_hold(is_held)
        personal_data.register()
        notices.register()
        post_save.connect(_has_a_profile, sender="accounts.Profile", dispatch_uid="invites.has_a_profile")
        account_page.add(*ENTRIES)


def _has_a_profile(sender: object, instance: Any, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    from invites.notices import tell_sponsor

    if created and not raw:
        tell_sponsor(instance.user)
