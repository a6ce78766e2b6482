"""What leaves for a Sentry: where it broke, and nothing of anybody's. Only the far end of it is ours."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from django.conf import settings

from config import seeing_checks

# A real request with everything in it that is nobody's business, which fails in a view; and an error that is logged.
SCRIPT = """
import logging, os
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import path
import config.urls

def broken(request):
    quokkalocal = request.POST["words"]
    try:
        int(quokkalocal)
    except ValueError as error:
        raise LookupError("quokkamessage " + quokkalocal) from error

config.urls.urlpatterns.insert(0, path("broken/", broken))
client = Client(raise_request_exception=False)
client.cookies["quokkaname"] = "quokkacookie"
answer = client.post("/broken/?q=quokkaquery", {"words": "quokkaform"}, HTTP_HOST="localhost",
    HTTP_USER_AGENT="quokkaagent", HTTP_X_FORWARDED_FOR="203.0.113.77", REMOTE_ADDR="203.0.113.78")
assert answer.status_code == 500, answer.status_code
logging.getLogger("rooms").warning("quokkacrumb")
logging.getLogger("rooms").error("quokkalogged %s", "quokkaargument", extra={"words": "quokkaextra"})
import sentry_sdk
sentry_sdk.flush(10)
"""


class Ingest(ThreadingHTTPServer):
    """Where events would go."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        super().__init__(("127.0.0.1", 0), _Ingesting)


class _Ingesting(BaseHTTPRequestHandler):
    server: Ingest

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        unpacked = {"gzip": gzip.decompress, "br": brotli.decompress}.get(
            self.headers.get("Content-Encoding", ""), bytes
        )
        body = unpacked(body)
        self.server.bodies.append(f"{self.path}\n{self.headers}\n{body.decode()}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def ingest() -> Iterator[Ingest]:
    server = Ingest()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    everything = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "MITALK_VAR_DIR": str(tmp_path),
        **environment,
    }
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=everything, capture_output=True, text=True, timeout=200, check=False
    )


def test_an_error_arrives_with_nothing_of_anybodys(ingest: Ingest, tmp_path) -> None:
    dsn = f"http://0123456789abcdef@127.0.0.1:{ingest.server_address[1]}/1"
    done = run(tmp_path, MITALK_SENTRY_DSN=dsn, MITALK_SENTRY_ENVIRONMENT="proof")
    assert done.returncode == 0, done.stderr
    sent = "\n".join(ingest.bodies)
    events = [json.loads(line) for line in sent.splitlines() if line.startswith("{") and '"exception"' in line]
    (broken,) = [event for event in events if event["exception"]["values"]]
    assert [value["type"] for value in broken["exception"]["values"]] == ["ValueError", "LookupError"]
    assert broken["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "broken"
    assert broken["environment"] == "proof"
    assert len(broken["tags"]["request_id"]) == 32
    assert {event["logger"] for event in events} >= {"rooms"}
    for secret in ("quokka", "203.0.113", "127.0.0.1/broken"):
        assert secret not in sent.replace("quokkalocal = ", ""), secret
    assert os.uname().nodename not in sent


def test_nothing_is_sent_without_a_dsn(ingest: Ingest, tmp_path) -> None:
    done = run(tmp_path, MITALK_SENTRY_DSN="")
    assert done.returncode == 0, done.stderr
    assert ingest.bodies == []


def test_a_dsn_without_the_package_is_named(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MITALK_SENTRY_DSN = "https://key@sentry.example.org/1"
    assert seeing_checks.check_sentry(None) == []
    monkeypatch.setattr(seeing_checks, "has_sentry", lambda: False)
    assert [found.id for found in seeing_checks.check_sentry(None)] == ["mitalk.E017"]


def test_a_short_token_is_named(settings) -> None:
    for token, ids in (("", []), ("short", ["mitalk.E016"]), ("x" * 32, [])):
        settings.MITALK_METRICS_TOKEN = token
        assert [found.id for found in seeing_checks.check_metrics_token(None)] == ids
