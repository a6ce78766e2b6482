"""Where people talk."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Topics, rooms, and who is in them."""

    name = "rooms"
    verbose_name = _("Rooms")

    def ready(self) -> None:
        """Whoever signs out or is suspended is in no room any more. Signals are only the quick way: the workers' truth and a
        sweep ask the same of the database."""
        user_logged_out.connect(_signed_out, dispatch_uid="rooms.signed_out")
        post_save.connect(_saved, sender="accounts.User", dispatch_uid="rooms.suspended")
        pre_delete.connect(_deleted, sender="accounts.User", dispatch_uid="rooms.deleted")


def _signed_out(sender: object, request: Any, **_kwargs: Any) -> None:
    from rooms import services

    if request is not None:
        services.sign_out(request.session.session_key or "")


def _saved(sender: object, instance: Any, created: bool, **_kwargs: Any) -> None:
    from rooms import services

    if not created and not instance.is_active:
        services.suspend(instance)


def _deleted(sender: object, instance: Any, **_kwargs: Any) -> None:
    from rooms import services

    services.suspend(instance)
