"""Every address once as one role of all, in turn, by GET and by POST with hostile values: none is left to the luck of a draw.
SQLite takes what PostgreSQL does not, so this runs on both."""

import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.permissions.cast import taken_back
from tests.safety import hostile
from tests.safety.browsers import Browsers, body_of, check
from tests.safety.people import ANONYMOUS, EVERYBODY, OPERATOR, OUTSIDERS, OWNER, STAFF
from tests.safety.routes import Route, every_route
from tests.safety.test_route_fuzz import FILE_FIELDS, GUESSES

pytestmark = pytest.mark.django_db

ROUTES = every_route()
TURN = random.Random("whose turn it is").randrange(len(EVERYBODY))


def whose_turn(route: Route) -> str:
    """The next role in turn: at the staff's pages one of staff, where all others meet the same closed door."""
    place = TURN + ROUTES.index(route)
    roles = STAFF if route.of_staff else (*OUTSIDERS, OWNER)
    return roles[place % len(roles)]


def hostile_path(browsers: Browsers, route: Route, chance: random.Random) -> str:
    """Its address, of which one part was made to hurt if its converter reads such a thing."""
    values: dict[str, Any] = dict(browsers.values_for(route))
    name = chance.choice(route.parameters) if route.parameters and chance.random() < 0.5 else ""
    wrong = [line for line in hostile.LINES if name and route.takes(name, line)]
    if wrong:
        values[name] = _sendable(chance.choice(wrong))
    return route.path(values)


def hostile_fields(browsers: Browsers, route: Route, chance: random.Random) -> dict[str, Any]:
    """What its forms send and what one may guess, of which a half was made to hurt."""
    fields: dict[str, Any] = dict(browsers.fields_for(route))
    for name in (*fields, *chance.sample(GUESSES, 3)):
        if name not in fields or chance.random() < 0.5:
            fields[name] = _sendable(chance.choice(hostile.LINES))
    return fields


def _sendable(line: str) -> str:
    return line.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_answers_what_is_hostile(browsers: Browsers, method: str) -> None:
    for route in ROUTES:
        chance = random.Random(f"{method} {route.template} {route.name}")
        role = whose_turn(route)
        fields = hostile_fields(browsers, route, chance)
        headers = dict(chance.choice(hostile.HEADERS))
        if method == "GET":
            headers.pop("CONTENT_TYPE", None)
        else:
            for name in FILE_FIELDS.intersection(fields):
                fields[name] = SimpleUploadedFile(*chance.choice(hostile.FILES))
        if role != ANONYMOUS:
            headers.pop("HTTP_COOKIE", None)
        path = hostile_path(browsers, route, chance)
        with taken_back():
            try:
                check(role, browsers.ask(role, method, path, fields, **headers))
            except Exception as accident:
                accident.add_note(f"{role}: {method} {path} {fields} {headers}")
                raise


@pytest.mark.parametrize("role", [ANONYMOUS, OPERATOR])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "WHATEVER"])
def test_a_method_that_no_page_has_is_refused_by_each(browsers: Browsers, role: str, method: str) -> None:
    for route in ROUTES:
        with taken_back():
            answer = browsers.ask(role, method, route.path(browsers.values_for(route)), HTTP_X_ECHO="an-echo")
        assert answer.status_code == 405, f"{method} {route.template}"
        assert "an-echo" not in body_of(answer)
