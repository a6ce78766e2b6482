"""What is too large, or takes too long to come, is not read: by our daphne, and by the application behind any server."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from accounts.claims.uploads import MOST_BYTES as DOCUMENT
from accounts.photos import MOST_BYTES as PHOTO
from config.body_limits import FORM_BYTES, UPLOAD_BYTES, BodyLimit, most_bytes
from invites.csv_files import MOST_BYTES as LIST
from tests.environment.installation import ROOT
from tests.environment.ports import free_port

_READY_WITHIN_SECONDS = 30.0


def test_what_a_page_takes_fits_through_and_little_more() -> None:
    for path, most in (
        ("/me/photo/", PHOTO),
        ("/me/claims/document/", DOCUMENT),
        ("/staff/moderation/term/import/", LIST),
    ):
        assert most < most_bytes(path) <= most + 64 * 1024
    assert most_bytes("/accounts/login/") == most_bytes("/") == FORM_BYTES
    assert set(UPLOAD_BYTES) == {"/me/photo/", "/me/claims/", "/staff/"}


# --- The application ------------------------------------------------------------------------------------------------


async def _reads_all(scope: dict[str, Any], receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _status(path: str, chunks: list[bytes], announced: str | None) -> int:
    headers = [] if announced is None else [(b"content-length", announced.encode())]
    scope = {"type": "http", "path": path, "method": "POST", "headers": headers}
    communicator = ApplicationCommunicator(BodyLimit(_reads_all), scope)
    for number, chunk in enumerate(chunks, 1):
        await communicator.send_input({"type": "http.request", "body": chunk, "more_body": number < len(chunks)})
    return (await communicator.receive_output())["status"]


@pytest.mark.parametrize(
    ("path", "size", "announced", "status"),
    [
        ("/me/", FORM_BYTES, str(FORM_BYTES), 204),
        ("/me/", FORM_BYTES, None, 204),
        ("/me/", FORM_BYTES + 1, str(FORM_BYTES + 1), 413),
        ("/me/", FORM_BYTES + 1, None, 413),
        ("/me/", FORM_BYTES + 1, "5", 413),
        ("/me/", 1, "5e3", 413),
        ("/me/photo/", FORM_BYTES + 1, None, 204),
    ],
)
async def test_the_application_counts_whatever_was_announced(
    path: str, size: int, announced: str | None, status: int
) -> None:
    body = b"x" * size
    assert await _status(path, [body[:1000], body[1000:]], announced) == status


# --- daphne ---------------------------------------------------------------------------------------------------------

_SERVE = """
from config import web_server
web_server.FORM_SECONDS = %d
async def application(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})
web_server.LimitedServer(application=application, endpoints=["tcp:port=%d:interface=127.0.0.1"]).run()
"""


@contextmanager
def a_server(*, seconds: int) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVE % (seconds, port)], cwd=ROOT, env=dict(os.environ))
    try:
        answers(process, port)
        yield port
    finally:
        process.kill()
        process.wait()


def answers(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a server takes connections."""
    end = time.monotonic() + _READY_WITHIN_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with a_server(seconds=30) as served:
        yield served


@pytest.fixture
def hasty_port() -> Iterator[int]:
    with a_server(seconds=1) as served:
        yield served


def _raw(port: int, *parts: bytes) -> bytes:
    """What is answered to these bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while more := connection.recv(65_536):
            answer += more
        return answer


def _head(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def _post(port: int, path: str, body: Any, **more: Any) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, body, **more)
    response = connection.getresponse()
    return response.status, response.read()


def test_what_fits_is_served(port: int) -> None:
    assert _post(port, "/me/", b"x" * FORM_BYTES) == (200, str(FORM_BYTES).encode())
    assert _post(port, "/me/photo/", b"x" * PHOTO) == (200, str(PHOTO).encode())
    assert _post(port, "/me/", iter([b"x" * 1000] * 9), encode_chunked=True) == (200, b"9000")


def test_what_is_announced_as_too_large_is_refused_before_it_comes(port: int) -> None:
    answer = _raw(port, _head("/me/", f"Content-Length: {FORM_BYTES + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"That is too large" in answer
    assert "너무 큽니다".encode() in answer
    assert re.search(rb"Content-Security-Policy: default-src 'none'", answer)


def test_a_browser_that_sends_on_reads_why(port: int) -> None:
    status, page = _post(port, "/me/photo/", b"x" * (PHOTO + 200_000))
    assert (status, b"That is too large" in page) == (413, True)


def test_what_grows_too_large_without_being_announced_is_refused(port: int) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    answer = _raw(port, _head("/me/", "Transfer-Encoding: chunked"), *[chunk] * (FORM_BYTES // 0x8000 + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
        ["Content-Length: 4", "Content-Length: 5"],
        ["Transfer-Encoding: chunked, identity"],
        ["Content-Length: -1"],
        ["Content-Length: 0x4"],
        ["X: " + "x" * 17_000],
        [f"X-{number}: x" for number in range(101)],
    ],
)
def test_a_head_that_is_ambiguous_or_too_large_is_refused(port: int, lines: list[str]) -> None:
    assert re.match(rb"HTTP/1.1 4\d\d |\Z", _raw(port, _head("/me/", *lines)))


def test_what_does_not_come_in_time_is_cut_off(hasty_port: int) -> None:
    """The head without its end, and a body that trickles: both are closed, however often a byte comes."""
    assert _raw(hasty_port, b"POST /me/ HTTP/1.1\r\nHost: localhost\r\n") == b""
    with socket.create_connection(("127.0.0.1", hasty_port), 10) as connection:
        connection.sendall(_head("/me/", "Content-Length: 4000"))
        connection.settimeout(0.05)
        closed = False
        while not closed:  # the test's own timeout is the socket's: a server that waits on is never closed
            try:
                connection.sendall(b"x")
                closed = connection.recv(10) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
