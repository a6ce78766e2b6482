"""Pages for what went wrong: what happened, what to do, and a stable code."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.error_pages import error_page
from config.plain_pages import BROKEN, HEADERS


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(
        request,
        status=400,
        code="bad_request",
        title=_("We could not read that request"),
        advice=_("Go back and try again from the page you came from."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(
        request,
        status=403,
        code="forbidden",
        title=_("This is not open to you"),
        advice=_("If somebody sent you here, ask them to invite you."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(
        request,
        status=404,
        code="not_found",
        title=_("There is nothing here"),
        advice=_("The link may be mistyped, or what it led to is gone."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without anything that could fail again."""
    return HttpResponse(BROKEN, status=500, headers={**HEADERS, "X-Error-Code": "server_error"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: mostly a page that stood open too long."""
    return error_page(
        request,
        status=403,
        code="form_expired",
        title=_("This page stood open too long"),
        advice=_("Go back, and fill in the form again."),
    )
