"""Links that people put beside their name: https, a host that can be read, and nothing that hides where it leads."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_LINK = 300
_NEVER_IN_ONE = '\\"<>`'


def link_host(url: str) -> str:
    """The host that a link leads to, as people are shown it: in ASCII, so that no letter looks like another.

    Raises:
        ValidationError: `link_invalid` for what is no whole https address, or hides its host behind a name and password.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError as error:  # UnicodeError is one too
        raise _invalid() from error
    is_readable = url.isprintable() and not any(sign.isspace() or sign in _NEVER_IN_ONE for sign in url)
    if parts.scheme != "https" or "@" in parts.netloc or "." not in host or not is_readable or len(url) > MAX_LINK:
        raise _invalid()
    return f"{host}:{port}" if port not in (None, 443) else host


def _invalid() -> ValidationError:
    return ValidationError(
        _("This is not a whole address. It begins with https:// and holds no spaces."), code="link_invalid"
    )
