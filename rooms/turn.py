"""Who may use the TURN server, and for how long: credentials made for one visit (coturn's `use-auth-secret`)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

CHECK_LASTS_SECONDS = 120
ROOM_LASTS_SECONDS = 12 * 3600  # a page that stays open longer is reloaded before it needs another


@dataclass(frozen=True, slots=True)
class Relay:
    """What a page tells its browser. Without `urls` there is no TURN server."""

    urls: tuple[str, ...] = ()
    username: str = ""
    credential: str = ""


def relay_for(visitor: str, now: float, lasts_seconds: int) -> Relay:
    """The TURN servers, with credentials that expire.

    Args:
        visitor: what the server's log may call them: an identifier that is random.
        now: seconds since 1970.
    """
    urls, secret = settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET
    if not urls or not secret:
        return Relay()
    username = f"{int(now) + lasts_seconds}:{visitor}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()  # SHA-1 is what TURN servers check
    return Relay(tuple(urls), username, base64.b64encode(digest).decode())
