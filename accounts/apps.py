"""Who people are."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The lowest app: it imports no other."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """The list of sessions follows the sessions; a suspended account has none, and a changed password ends them; codes to
        sign in by go to members only; the audit log is append-only; a claim’s file goes with its row."""
        from allauth.account.signals import user_logged_in

        from accounts import (
            bans,
            former_contacts,
            own_kinds,
            own_phones,
            personal_data,
            security_log,
            sessions,
            signals,
        )
        from accounts.claims import selectors as claims
        from accounts.claims import signals as claim_signals
        from accounts.hooks import register_claimed, register_gate, register_hold

        register_gate(own_phones.SIGN_IN, own_phones.may_sign_in)
        register_hold(lambda user: bans.held([user.pk]).exists())
        register_gate(own_phones.UNUSABLE, lambda contact: False)
        register_claimed(claims.is_claimed)
        claim_signals.connect()
        signals.session_moved.connect(sessions.session_moved, dispatch_uid="accounts.session_moved")
        signals.session_ended.connect(sessions.session_ended, dispatch_uid="accounts.session_ended")
        user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
        post_migrate.connect(_protect_the_audit_log, sender=self)
        post_delete.connect(_profile_gone, sender="accounts.Profile", dispatch_uid="accounts.profile_gone")
        post_save.connect(_saved, sender="accounts.User", dispatch_uid="accounts.saved")
        former_contacts.connect()
        security_log.connect()
        personal_data.register()
        own_kinds.register()


def _signed_in(sender: object, request: Any, user: Any, response: Any = None, **_kwargs: Any) -> None:
    from accounts import known_browsers, sessions

    sessions.noted(request)  # by allauth, just now
    if response is not None:
        known_browsers.remember(request, response, user.email)


def _saved(sender: object, instance: Any, created: bool, **_kwargs: Any) -> None:
    from accounts import sessions

    if created:
        return
    if not instance.is_active:
        sessions.end_sessions(instance)
    elif instance._password is not None:  # was set since it was saved last; a hash that was only renewed was not
        sessions.end_sessions(instance, but=instance.session_that_stays)


def _profile_gone(sender: object, instance: Any, **_kwargs: Any) -> None:
    from django.db import transaction

    from accounts import photos

    if instance.photo:
        transaction.on_commit(lambda: photos.delete_files(instance.photo))


def _protect_the_audit_log(using: str, **_more: object) -> None:
    from accounts.audit import append_only

    append_only.protect(using)
