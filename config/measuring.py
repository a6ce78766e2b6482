"""What is measured and noted of every HTTP request: its id, its route, how it ended and when. Never its path or who asked."""

import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

from rooms.seeing import metrics

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[0-9a-fA-F-]{16,64}")  # what proxies make; no word of anybody's is one


def request_id_of(given: str) -> str:
    """The id that our proxy gave, if it looks like one; else a new one."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and _WELL_FORMED.fullmatch(given):
        return given
    return uuid.uuid4().hex


class MeasureMiddleware:
    """The first of all, so that it sees what the others answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        request_id = request_id_of(request.headers.get(HEADER, ""))
        with bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        _count(request, response, time.monotonic() - began)
        return response


def _count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = _route(request)
    metrics.REQUESTS.labels(route, f"{response.status_code // 100}xx").inc()
    metrics.REQUEST_SECONDS.labels(route).observe(seconds)
    code = response.get("X-Error-Code")
    if code:
        metrics.ERRORS.labels(code).inc()


def _route(request: HttpRequest) -> str:
    """The pattern that the address matched: there are as many as the code has."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path_info.startswith(settings.STATIC_URL) else "unmatched"
    return f"/{match.route}"
