"""What belongs to somebody is refused to everybody else: every address that names an object, every method, every role."""

import pytest

from tests.own_data.everything import every_row
from tests.permissions.cast import taken_back
from tests.safety.browsers import Browsers, check
from tests.safety.ids import KEYS, OPEN, OWNED, model_of
from tests.safety.people import ANONYMOUS, NO_ROLE, OPERATOR, OUTSIDERS, OWNER
from tests.safety.routes import every_route

pytestmark = pytest.mark.django_db

ROUTES = every_route()
NAMING = [route for route in ROUTES if route.parameters and not route.of_staff]
OF_STAFF = [route for route in ROUTES if route.of_staff]
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
REFUSED = {403, 404, 405}
# Rows that a visit writes, whatever becomes of it.
_OF_A_VISIT = ("sessions.Session", "usersessions.UserSession", "accounts.AuditEntry", "accounts.AuditSeal")
# Pages of the staff's site that everybody may ask for: they only lead to the sign-in, or away.
_LEADS_ELSEWHERE = {"admin:login", "admin:logout", "admin:password_change", "admin:password_change_done"}


def rows() -> dict:
    return {key: row for key, row in every_row().items() if key[0] not in _OF_A_VISIT}


def test_every_address_that_names_an_object_says_whose_it_is(browsers: Browsers) -> None:
    known = OWNED | set(OPEN) | KEYS
    named = {route.name for route in NAMING}
    assert named - known == set(), "say in tests/safety/ids.py whose the object of these addresses is"
    assert known - named == set(), "these addresses are gone"
    assert {route.name for route in NAMING if route.name not in browsers.values} == set()


@pytest.mark.parametrize("role", OUTSIDERS)
def test_what_is_anothers_is_refused_and_stays_as_it_is(browsers: Browsers, role: str) -> None:
    before = rows()
    for route in NAMING:
        if route.name not in OWNED:
            continue
        path = route.path(browsers.values[route.name])
        fields = browsers.fields_for(route)
        for method in METHODS:
            response = browsers.ask(role, method, path, fields if method == "POST" else None)
            check(role, response)
            told = f"{role}: {method} {path} → {response.status_code} {response.headers.get('Location', '')}"
            assert is_refusal(role, route.name, response), told
    assert rows() == before


def is_refusal(role: str, name: str, response) -> bool:
    """403, 404 or 405; or the way to the sign-in, the profile that is missing, or the room's own page, which refuses."""
    if response.status_code in REFUSED:
        return True
    where = response.headers.get("Location", "")
    leads_back = where.startswith(("/accounts/login/", "/accounts/reauthenticate/", "/me/?next=")) or where == "/me/"
    return response.status_code == 302 and (leads_back or (name == "rooms:link" and where.startswith("/r/")))


def test_the_owner_is_let_in_where_others_are_refused(browsers: Browsers) -> None:
    """Otherwise the tests above would hold of pages that refuse everybody, or of ids that lead nowhere."""
    opened = set()
    for route in NAMING:
        if route.name in OWNED:
            for method in ("GET", "POST"):
                with taken_back():
                    fields = browsers.fields_for(route) if method == "POST" else None
                    response = browsers.ask(OWNER, method, route.path(browsers.values[route.name]), fields)
                if response.status_code not in REFUSED:
                    opened.add(route.name)
    # Not the owner's own as the scene stands: there is no such file, or the moment is not now.
    elsewhere = {
        "mfa_remove_webauthn", "mfa_edit_webauthn", "moderation:own_voice", "rooms:answer_co_host", "rooms:open_scheduled",
        "moderation:report", "accounts:download", "rooms:ping",
    }  # fmt: skip
    assert {name for name in OWNED if name not in opened} <= elsewhere


@pytest.mark.parametrize("role", [ANONYMOUS, OWNER, NO_ROLE])
def test_no_page_of_staff_opens_to_who_has_no_role(browsers: Browsers, role: str) -> None:
    before = rows()
    for route in OF_STAFF:
        if route.name in _LEADS_ELSEWHERE:
            continue
        path = route.path(browsers.values_for(route))
        for method in ("GET", "POST"):
            response = browsers.ask(role, method, path, {"post": "yes"} if method == "POST" else None)
            check(role, response)
            is_front = role == NO_ROLE and route.name in ("admin:index", "admin:jsi18n")
            leads = response.status_code == 302 and ("/login/" in response["Location"] or role == NO_ROLE)
            assert is_front or leads or response.status_code in REFUSED, f"{role}: {method} {path}"
    assert rows() == before


def test_a_role_reads_and_changes_only_the_rows_it_may(browsers: Browsers) -> None:
    from moderation.roles import ROLES

    for route in OF_STAFF:
        model = model_of(route)
        action = route.name.rpartition("_")[2]
        needs = {"change": ("view", "change"), "changelist": ("view", "change"), "delete": ("delete",)}
        if model is None or action not in needs:
            continue
        for role in ROLES:
            user = browsers.users[role]
            label = model._meta.app_label
            if any(user.has_perm(f"{label}.{verb}_{model._meta.model_name}") for verb in needs[action]):
                continue
            response = browsers.ask(role, "GET", route.path(browsers.values_for(route)))
            check(role, response)
            assert response.status_code in REFUSED | {302}, f"{role}: {route.template}"


def test_an_operator_opens_what_others_are_refused(browsers: Browsers) -> None:
    opened = 0
    some = OF_STAFF[::6]
    for route in some:
        with taken_back():
            response = browsers.ask(OPERATOR, "GET", route.path(browsers.values_for(route)))
            check(OPERATOR, response)
            opened += response.status_code == 200
    assert opened > len(some) / 3
