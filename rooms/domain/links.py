"""A link that is pinned to a room: https, a host that can be read, and nothing that hides where it leads."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from rooms.domain.errors import Code, Refused

MAX_LINK = 500


@dataclass(frozen=True, slots=True)
class Link:
    """A pinned link."""

    url: str
    title: str


def host_of(url: str) -> str:
    """The host that a link leads to, as people are shown it: in ASCII, so that no letter looks like another.

    Raises:
        Refused: `link_invalid` for what is no whole https address, or hides its host behind a name and password.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError as error:  # UnicodeError is one too
        raise Refused(Code.LINK_INVALID) from error
    readable = url.isprintable() and not any(character.isspace() or character in '\\"<>' for character in url)
    if parts.scheme != "https" or "@" in parts.netloc or "." not in host or not readable or len(url) > MAX_LINK:
        raise Refused(Code.LINK_INVALID)
    return f"{host}:{port}" if port not in (None, 443) else host
