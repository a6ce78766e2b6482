"""Where mail and text messages of an installation go to in tests: an SMTP server and an SMS gateway, slow when asked."""

import email
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from typing import Any

_HELD_AT_MOST_SECONDS = 60.0


@dataclass
class Holding:
    """Whether what is handed over is taken at once. `takes_first`: it is taken, and only the answer is late."""

    reached: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    takes_first: bool = False

    def __post_init__(self) -> None:
        self.let_go.set()

    def hold(self, *, takes_first: bool) -> None:
        """From now on nothing is answered until `release`."""
        self.takes_first = takes_first
        self.reached.clear()
        self.let_go.clear()

    def release(self) -> None:
        """Answer again."""
        self.let_go.set()

    def wait(self) -> None:
        """Called by a server, in the thread of one client."""
        if not self.let_go.is_set():
            self.reached.set()
            self.let_go.wait(_HELD_AT_MOST_SECONDS)


class Receiver:
    """One server on a free port of loopback, in threads of its own. A context manager."""

    def __init__(self, server: BaseServer) -> None:
        self.holding = Holding()
        self._server = server
        server.receiver = self  # type: ignore[attr-defined]
        self.port: int = server.server_address[1]  # type: ignore[attr-defined]

    def __enter__(self) -> Any:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.holding.release()
        self._server.shutdown()
        self._server.server_close()


class Mailbox(Receiver):
    """Takes all mail."""

    def __init__(self) -> None:
        super().__init__(_Server(("127.0.0.1", 0), _Smtp))
        self.taken: list[Message] = []

    def to(self, address: str) -> list[Message]:
        """What came for somebody, as often as it came."""
        return [message for message in list(self.taken) if message["To"] == address]

    def letters(self, address: str) -> set[str]:
        """What they find in their mailbox: of several with one Message-ID, one."""
        return {str(message["Message-ID"]) for message in self.to(address)}


class Gateway(Receiver):
    """Takes all text messages: of several with one key it sends one, as the key is for."""

    def __init__(self) -> None:
        super().__init__(_HttpServer(("127.0.0.1", 0), _Http))
        self.url = f"http://127.0.0.1:{self.port}/"
        self.taken: list[dict[str, str]] = []

    def messages(self, phone: str) -> set[str]:
        """The keys of what was sent to a phone."""
        return {message["id"] for message in list(self.taken) if message["to"] == phone}


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True


class _Smtp(StreamRequestHandler):
    """As little of RFC 5321 as Python's client needs."""

    def handle(self) -> None:
        with suppress(OSError):
            self._say("220 ready")
            while line := self.rfile.readline():
                match line.split()[0].upper():
                    case b"DATA":
                        self._say("354 go on")
                        self._take()
                    case b"QUIT":
                        self._say("221 goodbye")
                        return
                    case _:
                        self._say("250 ok")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        message = email.message_from_bytes(b"".join(lines))
        receiver: Mailbox = self.server.receiver  # type: ignore[attr-defined]
        if receiver.holding.takes_first:
            receiver.taken.append(message)
            receiver.holding.wait()
        else:
            receiver.holding.wait()
            if self._is_gone():
                return
            receiver.taken.append(message)
        self._say("250 taken")

    def _is_gone(self) -> bool:
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1) == b""
        except BlockingIOError:
            return False
        finally:
            self.connection.setblocking(True)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class _Http(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        receiver: Gateway = self.server.receiver  # type: ignore[attr-defined]
        receiver.taken.append({**message, "key": self.headers["Idempotency-Key"]})
        receiver.holding.wait()
        with suppress(OSError):
            self.send_response(202)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
