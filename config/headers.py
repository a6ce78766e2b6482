"""Headers of every answer that neither Django nor django-csp sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class HeadersMiddleware:
    """No other site embeds what is here; no browser and no proxy keeps what was made for somebody, unless its view says so;
    and whoever signs out leaves nothing in the browser's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")  # static files have their own
        if request.method == "POST" and request.path in (reverse("account_logout"), reverse("admin:logout")):
            response.headers["Clear-Site-Data"] = '"cache"'
        return response
