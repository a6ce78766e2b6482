"""In which time zone a person sees times: what their browser said, or what they chose, in a cookie."""

import functools
import zoneinfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.cookies import named

COOKIE = "mitalk_zone"  # the browser's own zone, written by static/js/zone.js
CHOSEN_COOKIE = "mitalk_zone_chosen"  # the person's choice, which goes before it
UTC = "UTC"
_LASTS_SECONDS = 365 * 86_400


@functools.cache
def known_zones() -> frozenset[str]:
    """Every name that is a zone."""
    return frozenset(zoneinfo.available_timezones())


@functools.cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """What people choose from: places by continent, and UTC."""
    continents = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    places = sorted(name for name in known_zones() if name.split("/")[0] in continents and "/" in name)
    return ((UTC, UTC), *((name, name.replace("_", " ")) for name in places))


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    return name in known_zones()


def zone_of(request: HttpRequest) -> str:
    """The zone that this person's times are shown in."""
    for cookie in (CHOSEN_COOKIE, COOKIE):
        name = request.COOKIES.get(named(cookie), "").strip('"')
        if is_zone(name):
            return name
    return UTC


def choose(response: HttpResponse, name: str) -> None:
    """Keep a choice of zone; empty: follow the browser again."""
    if not name:
        response.delete_cookie(named(CHOSEN_COOKIE), samesite="Lax")
        return
    response.set_cookie(
        named(CHOSEN_COOKIE), name, max_age=_LASTS_SECONDS, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
