"""Every address, every method, every role, hostile values everywhere: an answer, never an accident, never another's data."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, note
from hypothesis import strategies as st

from tests.permissions.cast import taken_back
from tests.safety import hostile
from tests.safety.browsers import Browsers, check
from tests.safety.fuzzing import as_much_as
from tests.safety.people import ANONYMOUS, EVERYBODY
from tests.safety.routes import Route, every_route

pytestmark = pytest.mark.django_db

ROUTES = every_route()
PAGES = [route for route in ROUTES if not route.of_staff]
STAFF_PAGES = [route for route in ROUTES if route.of_staff]


def try_one(browsers: Browsers, data: st.DataObject, routes: list[Route]) -> None:
    """Draw one request, send it, look at the answer."""
    route = data.draw(st.sampled_from(routes))
    role = data.draw(st.sampled_from(EVERYBODY))
    method = data.draw(st.sampled_from(("GET", "POST", "POST", *hostile.METHODS)))
    values = dict(browsers.values_for(route))
    for name in route.parameters:
        if data.draw(st.booleans()):
            wrong = data.draw(hostile.words)
            if route.takes(name, wrong):
                values[name] = wrong.encode("utf-8", "replace").decode()
    fields: dict[str, Any] = {}
    for name, value in browsers.fields_for(route).items():
        fields[name] = data.draw(st.sampled_from((value, value, None))) or data.draw(hostile.words)
    for name in data.draw(st.lists(st.sampled_from(GUESSES), max_size=3)):
        fields[name] = data.draw(hostile.words)
    files = [name for name in fields if name in FILE_FIELDS]
    if method == "POST":
        for name in files:
            called, content = data.draw(st.sampled_from(hostile.FILES))
            fields[name] = SimpleUploadedFile(called, content)
    sent = {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in fields.items()
    }
    headers = dict(data.draw(st.sampled_from(hostile.HEADERS)))
    if method in ("GET", "HEAD"):
        headers.pop("CONTENT_TYPE", None)
    if role != ANONYMOUS:
        headers.pop("HTTP_COOKIE", None)
    note(f"{role}: {method} {route.path(values)} {sent} {headers}")
    with taken_back():
        check(role, browsers.ask(role, method, route.path(values), sent, **headers))


FILE_FIELDS = frozenset({"photo", "document", "file", "picture", "upload", "csv"})
GUESSES = (
    "next", "q", "page", "act", "public_id", "id", "user", "member", "is_staff", "is_superuser", "renews", "renew", "action",
    "_selected_action", "_popup", "_to_field", "e", "o", "p", "all", "query", "topic", "language", "state", "code", "add",
    "take_off", "going", "answer", "app_label", "model_name", "field_name", "term", "from", "until", "find",
)  # fmt: skip


@as_much_as(250)
@given(data=st.data())
def test_no_page_has_an_accident_or_tells_of_others(browsers: Browsers, data: st.DataObject) -> None:
    try_one(browsers, data, PAGES)


@as_much_as(150)
@given(data=st.data())
def test_no_page_of_staff_has_an_accident_or_tells_of_others(browsers: Browsers, data: st.DataObject) -> None:
    try_one(browsers, data, STAFF_PAGES)
