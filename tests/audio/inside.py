"""A media process without a process: the same code driven by the test's own event loop, so that a test can look inside."""

import asyncio
import socket
import threading
import time

from rooms.audio.media import Media
from rooms.audio.pipe import Closed, Pipe


class MediaInside:
    """Takes the place of `media_link.start_process`; `media` is what a process of its own would run."""

    media: Media

    def __call__(self, port: socket.socket, end: socket.socket) -> "MediaInside":
        """Start, on duplicates of the sockets, as a child process has them."""
        self._port, self._end = port.dup(), end.dup()
        self._pipe = Pipe(self._end)
        self.media = Media(self._port, self._pipe, time.monotonic)
        self._loop = asyncio.get_running_loop()
        for readable in (self._port, self._end):
            self._loop.add_reader(readable, self._turn)
        self._timer = self._loop.call_later(0, self._turn)
        self._ended = threading.Event()
        return self

    def _turn(self) -> None:
        self._timer.cancel()
        try:
            self.media.turn()
        except BaseException as failure:
            self._finish()
            if not isinstance(failure, Closed):
                raise
            return
        self._timer = self._loop.call_later(self.media.wait(), self._turn)

    def _finish(self) -> None:
        for readable in (self._port, self._end):
            self._loop.remove_reader(readable)
            readable.close()
        self._ended.set()

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended. Called from another thread, as it would block."""
        assert self._ended.wait(5 if timeout is None else timeout), "media goes on"
        return 0

    def kill(self) -> None:
        """It ends with its pipe."""
        self._loop.call_soon_threadsafe(self._finish)
