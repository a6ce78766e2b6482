"""What comes by a WebSocket before anything of ours reads it is bounded: by our daphne, and a client that follows no rule."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.web_sockets import MOST_PIECES, MOST_WAITING
from rooms.signalling.limits import BURST, REFUSALS_BEFORE_CUT
from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.safety.test_body_limits import answers

_SERVE = """
import asyncio
from config.web_server import LimitedServer
async def application(scope, receive, send):
    assert (await receive())["type"] == "websocket.connect"
    if scope["path"] == "/slow/":
        await asyncio.sleep(600)
    await send({"type": "websocket.accept"})
    if scope["path"] == "/deaf/":
        await asyncio.sleep(600)
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": f"{len(message['text'])} letters"})
LimitedServer(application=application, endpoints=["tcp:port=%d:interface=127.0.0.1"]).run()
"""
TEXT, CONTINUED, PING, PONG, LAST = 1, 0, 9, 10, 0x80


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVE % port], cwd=ROOT, env=dict(os.environ))
    try:
        answers(process, port)
        yield port
    finally:
        process.kill()
        process.wait()


def frame(kind: int, payload: bytes = b"") -> bytes:
    """One of a client's, masked with zeros."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack("!BH", 0x80 | 126, len(payload))
    return bytes([kind]) + length + bytes(4) + payload


class Socket:
    """A client that follows no rule."""

    def __init__(self, port: int, path: str, *headers: str) -> None:
        lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", *headers]
        lines += [f"Host: 127.0.0.1:{port}", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        self.connection = socket.create_connection(("127.0.0.1", port), 10)
        self.connection.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())

    def accepted(self) -> bytes:
        """The head of the answer."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.connection.recv(1)
        assert head.startswith(b"HTTP/1.1 101 ")
        return head

    def send(self, *frames: bytes) -> None:
        with contextlib.suppress(OSError):  # cut off already
            self.connection.sendall(b"".join(frames))

    def all_that_comes(self) -> bytes:
        """Until the server cuts; a server that does not is a timeout."""
        came = b""
        with contextlib.suppress(ConnectionError):
            while more := self.connection.recv(65_536):
                came += more
        return came

    def next(self) -> bytes:
        """The payload of the next short frame."""
        _kind, length = self.connection.recv(2, socket.MSG_WAITALL)
        return self.connection.recv(length, socket.MSG_WAITALL)


def test_what_a_page_sends_comes_through(port: int) -> None:
    page = Socket(port, "/")
    page.accepted()
    page.send(*[frame(LAST | TEXT, b"hand")] * 30)
    assert [page.next() for _ in range(30)] == [b"4 letters"] * 30
    page.send(frame(TEXT, b"h"), *[frame(CONTINUED, b"a")] * (MOST_PIECES - 2), frame(LAST | CONTINUED, b"!"))
    assert page.next() == f"{MOST_PIECES} letters".encode()
    page.send(frame(LAST | PING, b"there?"))
    assert page.next() == b"there?"


def test_nothing_is_compressed(port: int) -> None:
    page = Socket(port, "/", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    assert b"extensions" not in page.accepted().lower()


@pytest.mark.parametrize("piece", [b"", b"x"])
def test_a_message_of_endless_pieces_is_cut_off(port: int, piece: bytes) -> None:
    page = Socket(port, "/")
    page.accepted()
    page.send(frame(TEXT, piece), *[frame(CONTINUED, piece)] * 10_000)
    assert page.all_that_comes() == b""


def test_messages_that_nobody_reads_yet_do_not_pile_up(port: int) -> None:
    page = Socket(port, "/deaf/")
    page.accepted()
    page.send(*[frame(LAST | TEXT, b"x" * 60_000)] * (MOST_WAITING + 2))
    assert page.all_that_comes() == b""


@pytest.mark.parametrize("kind", [PING, PONG])
def test_who_asks_on_and_on_whether_we_are_there_is_cut_off(port: int, kind: int) -> None:
    page = Socket(port, "/")
    page.accepted()
    page.send(*[frame(LAST | kind, b"x" * 120)] * 10_000)
    most = int(BURST) + REFUSALS_BEFORE_CUT
    assert len(page.all_that_comes()) <= most * (2 + 120)


def test_whoever_is_not_let_in_yet_sends_nothing(port: int) -> None:
    page = Socket(port, "/slow/")
    page.send(frame(LAST | TEXT, b"x" * 60_000))
    assert page.all_that_comes() == b""
