"""A guest's identity: a signed cookie, random, without an account behind it."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import random_id

COOKIE = "mitalk_guest"
_SALT = "mitalk.guest"
_LASTS_SECONDS = 30 * 86_400


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give a visitor an identity that lasts, unless they have one."""
    try:
        cookie_value(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        response.set_cookie(
            COOKIE,
            signing.TimestampSigner(salt=_SALT).sign(random_id()),
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
