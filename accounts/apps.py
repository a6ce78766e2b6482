"""Who people are."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The lowest app: it imports no other."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """The audit log is append-only from the first migration on."""
        post_migrate.connect(_protect_the_audit_log, sender=self)


def _protect_the_audit_log(using: str, **_more: object) -> None:
    from accounts.audit import append_only

    append_only.protect(using)
