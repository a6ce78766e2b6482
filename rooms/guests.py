"""A guest's identity: a signed cookie, random, without an account behind it."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.cookies import named
from accounts.models import random_id

COOKIE = "mitalk_guest"
_SALT = "mitalk.guest"
_LASTS_SECONDS = 30 * 86_400
_IPV6_NETWORK_BITS = 64  # what one household or office is given


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give a visitor an identity that lasts, unless they have one."""
    if not known(request):
        give(response, random_id())


def known(request: HttpRequest) -> str:
    """The identity that a visitor has; empty, if they have none."""
    try:
        return cookie_value(request.COOKIES.get(named(COOKIE), ""))
    except signing.BadSignature:
        return ""


def give(response: HttpResponse, identity: str) -> None:
    """Let a visitor be known by this identity for a month."""
    response.set_cookie(
        named(COOKIE),
        signing.TimestampSigner(salt=_SALT).sign(identity),
        max_age=_LASTS_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie_value(cookie: str) -> str:
    """The identity in a cookie.

    Raises:
        signing.BadSignature: it is none of ours, or too old.
    """
    return signing.TimestampSigner(salt=_SALT).unsign(cookie, max_age=_LASTS_SECONDS)


def network_of(request: HttpRequest) -> str:
    """The network that a request comes from; empty, if that is not known."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (ValueError, PermissionDenied):
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))
    return str(address)
