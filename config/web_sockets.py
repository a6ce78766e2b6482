"""daphne's WebSockets, with limits on what comes before our code is asked: it would keep whatever comes before a socket is
accepted, every message until it is read, every piece of a message that never ends, and an answer to every ping."""

import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from rooms.signalling.limits import FrameLimit, Verdict

MOST_WAITING = 40  # messages that our code has not read yet; a page sends ten a second, and 30 at once
MOST_PIECES = 64  # of one message; browsers send one


class LimitedWebSocket(WebSocketProtocol):
    """One connection. Who goes beyond a limit is cut off without a word: no browser does."""

    def _dataReceived(self, data: bytes) -> None:
        """Something comes; the request itself comes at once, and whoever made it waits until it is answered."""
        if self.state == self.STATE_CONNECTING and hasattr(self, "request"):
            self._cut()
        else:
            super()._dataReceived(data)

    def onOpen(self) -> None:
        """Open: nothing came yet."""
        self._signs = FrameLimit()
        super().onOpen()

    def onMessageBegin(self, isBinary: bool) -> None:
        """Another message begins."""
        self._pieces = 0
        super().onMessageBegin(isBinary)

    def onMessageFrameBegin(self, length: int) -> None:
        """A piece of it comes; it may be empty."""
        self._pieces += 1
        super().onMessageFrameBegin(length)
        if self._pieces > MOST_PIECES:
            self._cut()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """A whole one."""
        if self.application_queue.qsize() >= MOST_WAITING:
            self._cut()
        else:
            super().onMessage(payload, isBinary)

    def onPing(self, payload: bytes) -> None:
        """Are we there? The answer waits in memory until it is read."""
        if self._is_seldom():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        """They are there."""
        if self._is_seldom():
            super().onPong(payload)

    def _is_seldom(self) -> bool:
        verdict = self._signs.take(time.monotonic())
        if verdict is Verdict.CUT:
            self._cut()
        return verdict is Verdict.PASS

    def _cut(self) -> None:
        connection: Any = self
        connection.failedByMe = True  # what is still in the buffer is not looked at
        connection.dropConnection(abort=True)
