"""Where people talk."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _

from accounts import hooks
from accounts.signals import session_ended, session_moved


class RoomsConfig(AppConfig):
    """Topics, rooms, and who is in them."""

    name = "rooms"
    verbose_name = _("Rooms")

    def ready(self) -> None:
        """Whoever signs out, is signed out or is suspended is in no room any more; who goes on by another session stays.
        Signals are only the quick way: the workers' truth and a sweep ask the same of the database."""
        from accounts import account_page
        from accounts.hooks import when_leaving
        from rooms import notices, personal_data
        from rooms.account_entries import ENTRIES
        from rooms.services.leaving_mitalk import leave_everything

        personal_data.register()
        notices.register()
        account_page.add(*ENTRIES)
        when_leaving(leave_everything)
        session_ended.connect(_signed_out, dispatch_uid="rooms.signed_out")
        session_moved.connect(_goes_on, dispatch_uid="rooms.goes_on")
        post_save.connect(_saved, sender="accounts.User", dispatch_uid="rooms.suspended")
        hooks.when_mutes_moved(_mutes_moved)
        hooks.register_in_a_room(_is_in_a_room)
        hooks.register_together(_were_together)
        pre_delete.connect(_deleted, sender="accounts.User", dispatch_uid="rooms.deleted")


def _signed_out(sender: object, key: str, **_kwargs: Any) -> None:
    from rooms import services

    services.sign_out(key)


def _goes_on(sender: object, old: str, new: str, **_kwargs: Any) -> None:
    from rooms import services

    services.go_on_by_session(old, new)


def _saved(sender: object, instance: Any, created: bool, **_kwargs: Any) -> None:
    from rooms import services

    if not created and not instance.is_active:
        services.suspend(instance)


def _deleted(sender: object, instance: Any, **_kwargs: Any) -> None:
    from rooms import services

    services.suspend(instance)


def _mutes_moved(user: Any) -> None:
    from rooms import services

    services.tell_mutes_moved(user)


def _is_in_a_room(user: Any) -> bool:
    from rooms import selectors

    return selectors.is_in_a_room(user)


def _were_together(one: Any, other: Any) -> list[hooks.Together]:
    from rooms import selectors

    return selectors.were_together(one, other)
