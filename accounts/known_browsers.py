"""Browsers by which somebody has signed in before.

Wrong guesses are counted for each address, so that nobody guesses on and on. Counted alone, that would let any stranger lock
somebody out by guessing now and then. A browser that its person has signed in by carries a cookie that proves it, and its
tries are counted apart: strangers' guesses do not count against it.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.cookies import named

COOKIE = "known"
_SALT = "mitalk.accounts.known_browsers"
_DAYS = 180
_MOST_PEOPLE = 5  # of one browser; the latest


def limit_key(request: HttpRequest, address: str) -> str:
    """By what tries for an address are counted: the address, or the browser that knows it."""
    tag = _tag(address)
    for known, mark in _read(request):
        if constant_time_compare(known, tag):
            return f"{tag}:{mark}"
    return tag


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Somebody has signed in by this browser."""
    tag = _tag(address)
    known = _read(request)
    mark = next((mark for found, mark in known if found == tag), secrets.token_urlsafe(12))
    people = [(tag, mark), *((found, mark) for found, mark in known if found != tag)][:_MOST_PEOPLE]
    response.set_cookie(
        named(COOKIE),
        signing.dumps(people, salt=_SALT),
        max_age=_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _tag(address: str) -> str:
    return salted_hmac(_SALT, address.strip().lower(), algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        people = signing.loads(request.COOKIES.get(named(COOKIE), ""), salt=_SALT, max_age=_DAYS * 86_400)
    except signing.BadSignature:
        return []
    return [(tag, mark) for tag, mark in people]
