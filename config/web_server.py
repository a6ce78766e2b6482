"""daphne, with limits on what it takes before our code is asked: it would read every request whole, however large or slow."""

from http import HTTPStatus
from typing import Any

import daphne.server  # installs the asyncio reactor, so before anything else of Twisted
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory
from twisted.web import http

from config.body_limits import FORM_BYTES, TOO_LARGE_HEADERS, most_bytes
from config.plain_pages import TOO_LARGE
from config.web_sockets import LimitedWebSocket
from rooms.domain.messages import MAX_FRAME_BYTES

MOST_HEADERS = 100
HEAD_BYTES = 16 * 1024
FORM_SECONDS = 20  # for a whole request, however it trickles
UPLOAD_SECONDS = 120
LINGER_SECONDS = 2.0  # so that a browser that still sends gets to read the answer
# A page is told that its frame is too large (rooms.signalling.codec); what is far beyond is cut off unread.
MOST_FRAME_BYTES = 4 * MAX_FRAME_BYTES


class _LimitedRequest(WebRequest):
    """A request whose body is counted while it comes."""

    most = 0
    came = 0

    def gotLength(self, length: int | None) -> None:
        """The head is read: now it is known where it goes."""
        super().gotLength(length)
        path = self.channel.asked_path()
        self.most = most_bytes(path)
        if length != 0:
            self.channel.within(FORM_SECONDS if self.most <= FORM_BYTES else UPLOAD_SECONDS)
        if length is not None and length > self.most:
            self.channel.refuse_body()

    def handleContentChunk(self, data: bytes) -> None:
        """Some of the body, of whatever length was announced or not."""
        self.came += len(data)
        if self.came > self.most:
            self.channel.refuse_body()
        elif not self.channel.has_refused:
            super().handleContentChunk(data)


class LimitedChannel(http.HTTPChannel):
    """One connection. Its timeout is of a whole request, and not begun anew by every byte that trickles in."""

    maxHeaders = MOST_HEADERS
    totalHeadersSize = HEAD_BYTES
    has_refused = False

    def connectionMade(self) -> None:
        """Every request of it is limited."""
        self.requestFactory = _LimitedRequest
        super().connectionMade()

    def resetTimeout(self) -> None:
        """A byte more is no reason to wait longer."""

    def within(self, seconds: float) -> None:
        """The rest of this request must have come by then."""
        self.setTimeout(seconds)

    def asked_path(self) -> str:
        """Where the request goes whose head was just read."""
        asked: Any = self._path
        return asked.partition(b"?")[0].decode("latin-1")

    def refuse_body(self) -> None:
        """Say that it is too large, read no more, and close."""
        if self.has_refused:
            return
        self.has_refused = True
        self.dataReceived = self._nothing  # type: ignore[method-assign]
        lines = [f"HTTP/1.1 {HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value} Content Too Large"]
        lines += [f"{name}: {value}" for name, value in TOO_LARGE_HEADERS.items()]
        transport: Any = self.transport
        transport.write("\r\n".join([*lines, "", ""]).encode() + TOO_LARGE)
        self.setTimeout(None)
        self.callLater(LINGER_SECONDS, self.loseConnection)

    def allContentReceived(self) -> None:
        """All of it came; of what was refused nothing is made."""
        if not self.has_refused:
            super().allContentReceived()

    def _nothing(self, data: bytes) -> None:
        """What still comes is thrown away."""


class LimitedServer(daphne.server.Server):
    """daphne's server, whose connections are limited."""

    def __init__(self, **options: Any) -> None:
        frames = {"websocket_max_message_size": MOST_FRAME_BYTES, "websocket_max_frame_size": MOST_FRAME_BYTES}
        super().__init__(**{**frames, **options})

    @property
    def http_factory(self) -> HTTPFactory:
        """What makes a connection; daphne sets it when it begins to run."""
        return self._http_factory

    @http_factory.setter
    def http_factory(self, made: HTTPFactory) -> None:
        made.protocol = LimitedChannel
        made.timeOut = FORM_SECONDS
        self._http_factory = made

    @property
    def ws_factory(self) -> WebSocketFactory:
        """What makes a WebSocket of a connection; likewise."""
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, made: WebSocketFactory) -> None:
        made.protocol = LimitedWebSocket
        self._ws_factory = made
