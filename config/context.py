"""What every page is given."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.portraits import Look, look
from accounts.visibility import Relation, face
from accounts.zones import zone_of
from config.in_app import in_app_browser


def shell(request: HttpRequest) -> dict[str, Any]:
    """For the frame around pages: my own face, my time zone, whose browser this is if it is inside of another app, and
    whether mail goes to this machine's terminal."""
    return {
        "time_zone_name": zone_of(request),
        "in_app_browser": in_app_browser(request.headers.get("User-Agent", "")),
        "my_face": SimpleLazyObject(lambda: _face(request)),
        "has_standing_news": SimpleLazyObject(lambda: getattr(request.user, "has_standing_news", False)),
        "messages_to_terminal": getattr(settings, "MESSAGES_TO_TERMINAL", False),
    }


def _face(request: HttpRequest) -> Look:
    user = request.user
    profile = getattr(user, "profile", None)  # of the request's account, so that one query serves the whole page
    if profile is None:
        return look("", getattr(user, "public_id", ""), "")
    return face(profile, Relation.SELF)
