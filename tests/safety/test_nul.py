"""A NUL, a number that no column holds, and a template, in everything that a page reads, its address too: SQLite takes what
PostgreSQL does not, so this runs on both."""

import pytest

from tests.permissions.cast import taken_back
from tests.safety.browsers import Browsers, check
from tests.safety.hostile import TEMPLATES
from tests.safety.people import OPERATOR, OWNER
from tests.safety.routes import every_route
from tests.safety.test_route_fuzz import GUESSES

pytestmark = pytest.mark.django_db

ROUTES = every_route()


VALUES = ("a\0b", "9" * 20, TEMPLATES)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_has_an_accident_of_it(browsers: Browsers, method: str, value: str) -> None:
    for route in ROUTES:
        if route.of_staff and not route.name.endswith(("_changelist", "_reply", "_decide", "_try")):
            continue
        role = OPERATOR if route.of_staff else OWNER
        fields = dict.fromkeys([*browsers.fields_for(route), *GUESSES, "ids"], value)
        with taken_back():
            check(role, browsers.ask(role, method, route.path(browsers.values_for(route)), fields))


@pytest.mark.parametrize("value", VALUES)
def test_no_page_has_an_accident_of_it_in_its_address(browsers: Browsers, value: str) -> None:
    for route in ROUTES:
        role = OPERATOR if route.of_staff else OWNER
        for name in route.parameters:
            with taken_back():
                check(role, browsers.ask(role, "GET", route.path({**browsers.values_for(route), name: value})))
