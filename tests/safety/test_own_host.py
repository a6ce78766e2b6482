"""Links lead to hosts of ours only, with their ports: whatever a request calls us."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.own_host import OwnHostMiddleware
from tests.environment.installation import ROOT

_ORIGINS = ["https://talk.example.org", "https://[2001:db8::7]:8443"]


@pytest.fixture
def site(settings: Any) -> OwnHostMiddleware:
    settings.MITALK_ORIGINS, settings.ALLOWED_HOSTS = _ORIGINS, ["talk.example.org", "[2001:db8::7]"]
    return OwnHostMiddleware(lambda request: HttpResponse(request.build_absolute_uri("/")))


@pytest.mark.parametrize("host", ["talk.example.org", "talk.example.org:443", "Talk.Example.org", "[2001:db8::7]:8443"])
def test_ours_are_answered(site: OwnHostMiddleware, host: str) -> None:
    assert site(RequestFactory().get("/", HTTP_HOST=host)).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "talk.example.org:4430",
        "talk.example.org:80",
        "talk.example.org.",
        "[2001:db8::7]",
        "evil.example",
        "talk.example.org@evil.example",
        "talk.example.org:443@evil.example",
        "",
    ],
)
def test_no_others_are(site: OwnHostMiddleware, host: str) -> None:
    with pytest.raises(DisallowedHost):
        site(RequestFactory().get("/", HTTP_HOST=host, SERVER_NAME="evil.example"))


@pytest.mark.django_db
def test_whoever_calls_us_otherwise_is_told_so(settings: Any) -> None:
    common = settings.MIDDLEWARE.index("django.middleware.common.CommonMiddleware")
    before, after = settings.MIDDLEWARE[:common], settings.MIDDLEWARE[common:]
    settings.MIDDLEWARE = [*before, "config.own_host.OwnHostMiddleware", *after]
    settings.ALLOWED_HOSTS, settings.MITALK_ORIGINS = ["talk.example.org"], _ORIGINS
    answers = [Client().get("/accounts/login/", headers={"host": f"talk.example.org{port}"}) for port in ("", ":4430")]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert "4430" not in answers[1].content.decode()
    assert "Content-Security-Policy" in answers[1].headers


def test_production_does_so() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "MITALK_SECRET_KEY": "s" * 60,
        "MITALK_ORIGINS": "https://talk.example.org",
    }
    command = [sys.executable, "-c", "from django.conf import settings; print(*settings.MIDDLEWARE)"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=True)
    order = done.stdout.split()
    assert order[order.index("config.own_host.OwnHostMiddleware") + 1] == "django.middleware.common.CommonMiddleware"
