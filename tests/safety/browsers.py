"""Everybody's browser: asks for anything, without consequences for the next, and looks at what comes back."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http.response import HttpResponseBase

from tests.permissions.cast import taken_back
from tests.safety.hostile import CALCULATED
from tests.safety.ids import values_for_staff, values_of
from tests.safety.people import EVERYBODY, OPERATOR, OUTSIDERS, OWNER, PRIVATE, SECRET, Scene
from tests.safety.routes import Route


class _Fields(HTMLParser):
    """What the forms of a page send, as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        if tag in ("input", "select", "textarea", "button") and known.get("name"):
            self.found.setdefault(str(known["name"]), known.get("value") or "")


def fields_of(response: HttpResponseBase) -> dict[str, str]:
    """The fields of an answer that is a page."""
    if "text/html" not in response.headers.get("Content-Type", "") or response.streaming:
        return {}
    parser = _Fields()
    parser.feed(response.content.decode())  # type: ignore[attr-defined]
    return parser.found


def body_of(response: HttpResponseBase) -> str:
    """What was answered, headers and all."""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return f"{dict(response.headers)}{response.cookies.output()}{content.decode('utf-8', 'replace')}"


def check(role: str, response: HttpResponseBase) -> None:
    """Hold an answer to what is true of all."""
    assert response.status_code < 500
    body = body_of(response)
    assert "Traceback (most recent call last)" not in body
    assert CALCULATED not in body
    assert [mark for mark in SECRET if mark in body] == []
    if role in OUTSIDERS:
        assert [mark for mark in PRIVATE if mark in body] == []
    where = response.headers.get("Location", "")
    assert not re.match(r"(?i)(?:[a-z]+:)?[/\\]{2}(?!testserver)|javascript:|data:", where), where


_WHOM = ("whom", "member", "add")  # what forms about another person send


class Browsers:
    """One browser a role, signed in once."""

    def __init__(self, scene: Scene) -> None:
        self.users = scene.users
        self.clients = {role: scene.client(role) for role in EVERYBODY}
        self.cookies = {role: client.cookies.output(header="", sep=";") for role, client in self.clients.items()}
        self.values = values_of(scene.world)
        self.other = scene.world.other.public_id
        self.known: dict[str, dict[str, str]] = {}

    def values_for(self, route: Route) -> dict[str, Any]:
        if not route.parameters:
            return {}
        return values_for_staff(route) if route.of_staff else self.values[route.name]

    def fields_for(self, route: Route) -> dict[str, str]:
        """What the page's forms send, as whoever may see it sees it."""
        key = route.template
        if key not in self.known:
            role = OPERATOR if route.of_staff else OWNER
            with taken_back():
                page = self.ask(role, "GET", route.path(self.values_for(route)))
                self.known[key] = dict.fromkeys(_WHOM, self.other) | fields_of(page)
        return self.known[key]

    def ask(self, role: str, method: str, path: str, data: Any = None, **more: Any) -> HttpResponseBase:
        """One request, without consequences for the next."""
        client = self.clients[role]
        before = dict(client.cookies.items())
        cache.clear()
        try:
            if method in ("GET", "HEAD"):
                return getattr(client, method.lower())(path, data, **more)
            kind = more.pop("CONTENT_TYPE", "")
            if method == "POST" and not kind:
                return client.post(path, data or {}, **more)
            body = urlencode({name: str(value) for name, value in (data or {}).items()}).encode()
            return client.generic(method, path, body, content_type=kind or "application/x-www-form-urlencoded", **more)
        finally:
            client.cookies.clear()
            client.cookies.update(before)
