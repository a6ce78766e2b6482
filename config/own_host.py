"""Answers to the hosts of MITALK_ORIGINS with their ports, to the letter.

Django's ALLOWED_HOSTS takes every port of a host: whoever asks by another would choose where links of mails lead.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

_DEFAULT_PORTS = {"http": 80, "https": 443}


class OwnHostMiddleware:
    """Refuses every other with a 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or:

        Raises:
            DisallowedHost: it is none of ours.
        """
        if request.get_host().lower() not in _hosts():
            raise DisallowedHost("The port of the host is none of MITALK_ORIGINS.")
        return self.get_response(request)


def _hosts() -> set[str]:
    hosts = set()
    for origin in settings.MITALK_ORIGINS:
        parts = urlsplit(origin)
        hosts |= {parts.netloc} if parts.port else {parts.netloc, f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}"}
    return hosts
