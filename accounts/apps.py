"""Who people are."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The lowest app: it imports no other."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """The list of sessions follows the sessions, a suspended account has none, the audit log is append-only, a claim’s
        file goes with its row."""
        from allauth.account.signals import user_logged_in

        from accounts import sessions, signals
        from accounts.claims import signals as claim_signals

        claim_signals.connect()
        signals.session_moved.connect(sessions.session_moved, dispatch_uid="accounts.session_moved")
        signals.session_ended.connect(sessions.session_ended, dispatch_uid="accounts.session_ended")
        user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
        post_migrate.connect(_protect_the_audit_log, sender=self)
        post_save.connect(_saved, sender="accounts.User", dispatch_uid="accounts.suspended")


def _signed_in(sender: object, request: Any, user: Any, response: Any = None, **_kwargs: Any) -> None:
    from accounts import known_browsers, sessions

    sessions.noted(request)  # by allauth, just now
    if response is not None:
        known_browsers.remember(request, response, user.email)


def _saved(sender: object, instance: Any, created: bool, **_kwargs: Any) -> None:
    from accounts import sessions

    if not created and not instance.is_active:
        sessions.end_sessions(instance)


def _protect_the_audit_log(using: str, **_more: object) -> None:
    from accounts.audit import append_only

    append_only.protect(using)
