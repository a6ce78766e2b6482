"""A small port for what has no pages: `/metrics`, `/healthz`, `/readyz` of an audio worker or of the jobs."""

import json
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from rooms.seeing.access import Access
from rooms.seeing.readiness import Readiness

logger = logging.getLogger(__name__)

Ready = Callable[[], Readiness]
_PATIENCE_SECONDS = 5.0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    server: "_Server"
    timeout = _PATIENCE_SECONDS

    def version_string(self) -> str:
        """Says no more than it must."""
        return "mitalk"

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes are no news."""

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.partition("?")[0]
        if path == "/healthz":
            self._answer(200, "text/plain", b"ok\n")
        elif path == "/readyz":
            status, told = self.server.ready().answer
            self._answer(status, "application/json", json.dumps(told).encode())
        elif path == "/metrics" and self.server.access.allows(self.client_address[0], self._headers()):
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))
        else:
            self._answer(404, "text/plain", b"not found\n")

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], access: Access, ready: Ready) -> None:
        self.access = access
        self.ready = ready
        if ":" in address[0]:
            self.address_family = AF_INET6
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up is no news either."""


class Port:
    """An open port. `ready` says how the process is, from another thread than its own."""

    def __init__(self, bind: str, port: int, access: Access, ready: Ready) -> None:
        self._server = _Server((bind, port), access, ready)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def number(self) -> int:
        """Where it is."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()


def open_port(bind: str, port: int, access: Access, ready: Ready) -> Port | None:
    """Open it, if there is to be one. A port that is taken is said and lived without: sound is worth more."""
    if not port:
        return None
    try:
        return Port(bind, port, access, ready)
    except OSError:
        logger.exception("metrics.port_taken")
        return None
