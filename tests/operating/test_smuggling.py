"""nginx and our daphne agree where a request ends: nothing that one of them takes for a body is a request to the other."""

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environment.certificates import Authority
from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.environment.proxy import proxy
from tests.safety.test_body_limits import answers

_SERVE = """
from config.web_server import LimitedServer
asked = []
async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    asked.append(scope["path"])
    said = " ".join(asked).encode() if scope["path"] == "/asked/" else b"it came"
    head = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": said})
LimitedServer(application=application, endpoints=["tcp:port=%d:interface=127.0.0.1"]).run()
"""
INNER = b"GET /smuggled/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Chain:
    """nginx and, behind it, daphne."""

    https: int
    web: int
    trusted: Path

    def sends(self, request: bytes, *, port: int = 0) -> bytes:
        """These bytes, by TLS to nginx or plain to daphne's port; what was answered until the end."""
        plain = socket.create_connection(("127.0.0.1", port or self.https), 10)
        context = ssl.create_default_context(cafile=str(self.trusted))
        with plain if port else context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(request)
            answer = b""
            try:
                while more := connection.recv(65_536):
                    answer += more
            except ConnectionError:
                pass  # cut off, which is an answer
            return answer

    def asked(self) -> list[str]:
        """The paths that reached daphne."""
        return self.sends(_request("/asked/"), port=self.web).partition(b"\r\n\r\n")[2].decode().split()


def _request(path: str, *lines: str, method: str = "GET", body: bytes = b"") -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder, web, https = tmp_path_factory.mktemp("chain"), free_port(), free_port()
    authority = Authority(folder)
    certificate = authority.issue("certificate", days=80)
    daphne = subprocess.Popen([sys.executable, "-c", _SERVE % web], cwd=ROOT, env=dict(os.environ))
    try:
        answers(daphne, web)
        with proxy(folder / "nginx", web=[web], certificate=certificate, static=folder, https=https):
            yield Chain(https, web, authority.trusted)
    finally:
        daphne.kill()
        daphne.wait()


CHUNKED = b"0\r\n\r\n" + INNER
LENGTH = f"Content-Length: {len(CHUNKED)}"
DISAGREEING = {
    "both lengths": ([LENGTH, "Transfer-Encoding: chunked"], CHUNKED),
    "a space before the colon": ([LENGTH, "Transfer-Encoding : chunked"], CHUNKED),
    "a tab before the value": ([LENGTH, "Transfer-Encoding:\tchunked"], CHUNKED),
    "a letter of the value": ([LENGTH, "Transfer-Encoding: xchunked"], CHUNKED),
    "two codings": ([LENGTH, "Transfer-Encoding: identity, chunked"], CHUNKED),
    "twice, one of them unknown": (["Transfer-Encoding: chunked", "Transfer-Encoding: cow"], CHUNKED),
    "two lengths": (["Content-Length: 0", f"Content-Length: {len(INNER)}"], INNER),
    "two lengths in one": ([f"Content-Length: 0, {len(INNER)}"], INNER),
    "a length with a sign": (["Content-Length: +0"], INNER),
    "a length by a folded line": (["Content-Length:", " 0"], INNER),
    "a length with an underscore": ([f"Content_Length: {len(INNER)}"], b""),
    "a chunk's size with a sign": (["Transfer-Encoding: chunked"], b"+0\r\n\r\n" + INNER),
    "a chunk's size with a prefix": (["Transfer-Encoding: chunked"], b"0x0\r\n\r\n" + INNER),
    "a chunk that ends by a line feed": (["Transfer-Encoding: chunked"], b"1\nx\n0\n\n" + INNER),
    "an extension with a line in it": (["Transfer-Encoding: chunked"], b"1;a=\n\r\nx\r\n0\r\n\r\n" + INNER),
    "a line end by itself": (["X: y\rTransfer-Encoding: chunked", LENGTH], CHUNKED),
    "a length behind a NUL": (["X: \0", "Content-Length: 0"], INNER),
}


@pytest.mark.parametrize("how", DISAGREEING)
def test_what_is_one_request_to_nginx_is_one_to_daphne(chain: Chain, how: str) -> None:
    """A request by which they may disagree, and the next one of whoever comes after, which gets its own answer."""
    lines, body = DISAGREEING[how]
    before = chain.asked()
    answer = chain.sends(_request("/outer/", *lines, method="POST", body=body))
    next_answer = chain.sends(_request("/next/"))
    after = chain.asked()[len(before) :]
    answered = len(re.findall(rb"HTTP/1\.1 \d{3} ", answer))
    reached = [path for path in after if path in ("/outer/", "/smuggled/")]
    assert len(reached) <= answered, "each that reached daphne was one to nginx"
    assert after.count("/next/") == 1
    assert next_answer.startswith(b"HTTP/1.1 200 ")
    assert next_answer.endswith(b"it came")


def test_a_switch_of_protocols_that_fails_opens_no_way_through(chain: Chain) -> None:
    """A WebSocket that is refused: what follows on the same connection is nginx's to read, not daphne's."""
    upgrade = ["Upgrade: websocket", "Sec-WebSocket-Version: 777"]
    before = chain.asked()
    answer = chain.sends(_request("/ws/check/", *upgrade) + INNER.replace(b"/smuggled/", b"/metrics"))
    assert b"101 Switching" not in answer
    assert "/metrics" not in chain.asked()[len(before) :]


@pytest.mark.parametrize(
    "path", ["/metrics", "//metrics", "/./metrics", "/%6detrics", "/metrics/", "/x/../metrics", "/metrics?x"]
)
def test_what_operators_look_at_is_not_reached_by_another_spelling(chain: Chain, path: str) -> None:
    before = chain.asked()
    assert chain.sends(_request(path)).startswith(b"HTTP/1.1 404 ")
    assert chain.asked()[len(before) :] == ["/asked/"]
