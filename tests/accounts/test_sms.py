"""The SMS gateway, as it answers: taken, busy, refusing, slow, away."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts import sms


class Gateway(ThreadingHTTPServer):
    """Answers with the statuses it is given, then with 202; keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict]] = []
        self.asked: list[tuple[dict, dict]] = []
        self.silent = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((body, dict(self.headers)))
        if self.server.silent.is_set():
            self.rfile.read(1)  # until the other side gives up
            return
        status, answer = self.server.answers.pop(0) if self.server.answers else (202, {})
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    with Gateway() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_FROM = server.url, "secret token", "MiTalk"
        settings.SMS_RETRY_SECONDS = 0.0
        yield server
        server.shutdown()


def send() -> None:
    sms.HttpBackend().send("+821012345678", "안녕", "key-1")


def code_of_failure() -> tuple[str, bool]:
    with pytest.raises(sms.SmsFailed) as failure:
        send()
    return failure.value.code, failure.value.for_good


def test_a_message_is_handed_over_with_its_key_and_token(gateway: Gateway) -> None:
    send()
    ((body, headers),) = gateway.asked
    assert body == {"to": "+821012345678", "from": "MiTalk", "text": "안녕", "id": "key-1"}
    assert headers["Idempotency-Key"] == "key-1"
    assert headers["Authorization"] == "Bearer secret token"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_gateway_is_asked_again_with_the_same_key(gateway: Gateway, status: int) -> None:
    gateway.answers = [(status, {}), (status, {})]
    send()
    assert [headers["Idempotency-Key"] for _body, headers in gateway.asked] == ["key-1"] * 3


def test_one_that_stays_busy_is_left_for_later(gateway: Gateway) -> None:
    gateway.answers = [(503, {})] * 10
    assert code_of_failure() == ("http_503", False)
    assert len(gateway.asked) == 3


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (400, {}, ("http_400", True)),
        (422, {"code": "unreachable_number"}, ("gateway_unreachable_number", True)),
        (401, {"code": "<script>"}, ("http_401", False)),
        (403, {"code": ["x"]}, ("http_403", False)),
        (500, {}, ("http_500", False)),
        (302, {}, ("http_302", False)),
    ],
)
def test_a_refusal_has_a_stable_code(gateway: Gateway, status: int, answer: dict, expected: tuple[str, bool]) -> None:
    gateway.answers = [(status, answer)]
    assert code_of_failure() == expected
    assert len(gateway.asked) == 1


def test_a_gateway_that_does_not_answer_in_time_is_asked_once(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "_READ_SECONDS", 0.1)
    gateway.silent.set()
    assert code_of_failure() == ("sms_timeout", False)
    assert len(gateway.asked) == 1  # it may have been taken


def test_a_gateway_that_is_away_is_named(gateway: Gateway, settings) -> None:
    gateway.shutdown()
    gateway.server_close()
    assert code_of_failure() == ("sms_unreachable", False)


def test_the_console_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    sms.ConsoleBackend().send("+821012345678", "Your code", "key")
    assert "text message to +821012345678" in capsys.readouterr().out
