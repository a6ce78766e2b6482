"""Who is at the other end of a socket: a member by their session, or a guest by a cookie and the network they come from."""

from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils import translation

from accounts.cookies import named
from accounts.models import Profile
from accounts.second_factor import staff_may_work
from accounts.session_store import SessionStore
from rooms import services
from rooms.domain.errors import Code
from rooms.guests import COOKIE, cookie_value, network_of


def request_of(scope: dict[str, Any]) -> HttpRequest:
    """What Django's and allauth's functions on requests need to know of a socket."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    headers = dict(scope["headers"])
    request.META = {
        "HTTP_ACCEPT_LANGUAGE": headers.get(b"accept-language", b"").decode("latin-1")[:500],
        # Its end is what our own proxy wrote.
        "HTTP_X_FORWARDED_FOR": headers.get(b"x-forwarded-for", b"").decode("latin-1")[-500:],
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
    }
    return request


def language_of(scope: dict[str, Any]) -> str:
    """The language that the person reads."""
    return translation.get_language_from_request(request_of(scope))


def refusal_of(scope: dict[str, Any]) -> Code | None:
    """Why somebody cannot even ask to enter a room; None if they can."""
    user = scope["user"]
    if not user.is_authenticated:
        return None if _guest_cookie(scope) else Code.SIGNED_OUT
    if not user.is_active:
        return Code.SIGNED_OUT
    return None if Profile.objects.filter(user=user).exists() else Code.PROFILE_MISSING


def entrant_of(scope: dict[str, Any]) -> services.Entrant:
    """Who wants in."""
    user = scope["user"]
    if user.is_authenticated:
        key = scope["session"].session_key or ""
        return services.Entrant(user=user, session_key=key, may_be_staff=_may_be_staff(scope))
    return services.guest(_guest_cookie(scope), _network(scope))


def _may_be_staff(scope: dict[str, Any]) -> bool:
    """As the session is now: a second factor may have been shown since the socket was opened."""
    request = request_of(scope)
    request.user, request.session = scope["user"], SessionStore(scope["session"].session_key)
    return not request.user.is_staff or staff_may_work(request)


def _guest_cookie(scope: dict[str, Any]) -> str:
    try:
        return cookie_value(scope.get("cookies", {}).get(named(COOKIE), ""))
    except signing.BadSignature:
        return ""


def _network(scope: dict[str, Any]) -> str:
    return network_of(request_of(scope))
