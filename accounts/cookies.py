"""What our cookies are called: with HTTPS by a prefix that lets nobody but this very host set them."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

HOST_ONLY = "__Host-"


def named(name: str) -> str:
    """The name that a cookie of ours goes by here."""
    return f"{HOST_ONLY}{name}" if settings.SESSION_COOKIE_SECURE else name


class _MessagesInACookie(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        """As ours are called."""
        return named("messages")


class MessageStorage(FallbackStorage):
    """What the next page says: in a cookie of ours, or in the session what is too long for it."""

    storage_classes = (_MessagesInACookie, SessionStorage)
