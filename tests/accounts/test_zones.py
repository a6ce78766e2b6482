"""In which zone times are shown: as the browser says, unless the person chose; a cookie is never trusted."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.zones import CHOSEN_COOKIE, COOKIE, zone_choices, zone_of


@pytest.mark.parametrize(
    ("cookies", "zone"),
    [
        ({}, "UTC"),
        ({COOKIE: "Asia/Seoul"}, "Asia/Seoul"),
        ({COOKIE: "Asia/Seoul", CHOSEN_COOKIE: "Europe/Berlin"}, "Europe/Berlin"),
        ({COOKIE: '"Asia/Seoul"'}, "Asia/Seoul"),
        ({COOKIE: "../../etc/passwd"}, "UTC"),
        ({COOKIE: "Asia/Seoul", CHOSEN_COOKIE: "Nowhere/Land"}, "Asia/Seoul"),
        ({COOKIE: "x" * 5000}, "UTC"),
        ({COOKIE: "\0"}, "UTC"),
    ],
)
def test_the_zone_of_a_request(cookies: dict[str, str], zone: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES = cookies
    assert zone_of(request) == zone


def test_people_choose_from_places() -> None:
    names = [name for name, _label in zone_choices()]
    assert names[0] == "UTC"
    assert {"Asia/Seoul", "Asia/Shanghai", "America/Argentina/Buenos_Aires"} <= set(names)
    assert not {"EST", "posixrules", "Etc/GMT+5"} & set(names)


@pytest.mark.django_db
def test_a_zone_is_chosen_and_taken_back(client: Client) -> None:
    address = reverse("accounts:time_zone")
    assert (
        client.post(address, {"time_zone": "Asia/Seoul", "next": "/accounts/login/"})["Location"] == "/accounts/login/"
    )
    assert client.cookies[CHOSEN_COOKIE].value == "Asia/Seoul"
    assert 'value="Asia/Seoul" selected' in client.get(address).content.decode()
    assert client.post(address, {"time_zone": "Nowhere/Land"}).status_code == 200
    client.post(address, {"time_zone": ""})
    assert client.cookies[CHOSEN_COOKIE].value == ""
