"""A pair of sockets between the two processes of a worker: each message (`control.py`) a MessagePack array, kind first."""

import socket
from collections.abc import Mapping
from typing import Any

import msgpack

from rooms.audio.control import BY_KIND

_READ_BYTES = 1 << 16
_BEHIND_BYTES = 1 << 18  # so much unsent, and the other side is behind
_MOST_UNSENT_BYTES = 4 << 20  # then it has stopped reading


class Closed(ConnectionError):
    """The other side is gone, or has stopped reading."""


class Pipe:
    """One end. It never blocks: what the other side has not yet taken waits here. `kinds` are the messages that may come."""

    def __init__(self, end: socket.socket, kinds: Mapping[str, type] = BY_KIND) -> None:
        end.setblocking(False)
        self.left_out = 0  # messages that were offered while the other side was behind
        self._end = end
        self._kinds = kinds
        self._packer = msgpack.Packer()
        self._unpacker = msgpack.Unpacker(use_list=False)
        self._unsent = bytearray()

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._end.fileno()

    @property
    def waits_to_send(self) -> bool:
        """Whether `flush` is to be called when the descriptor takes more."""
        return bool(self._unsent)

    @property
    def is_behind(self) -> bool:
        """Whether the other side reads too slowly."""
        return len(self._unsent) >= _BEHIND_BYTES

    def send(self, message: Any) -> None:
        """Send one message.

        Raises:
            Closed: nobody will read it.
        """
        self._unsent += self._packer.pack((type(message).__name__, *_fields(message)))
        self.flush()
        if len(self._unsent) > _MOST_UNSENT_BYTES:
            raise Closed("the other process has stopped reading")

    def offer(self, message: Any) -> None:
        """Send what may be lost, because it will come again: not while the other side is behind. Nobody who floods us with
        DTLS can fill the pipe.

        Raises:
            Closed: nobody will read it.
        """
        if self.is_behind:
            self.left_out += 1
        else:
            self.send(message)

    def flush(self) -> None:
        """Send what waits, as far as the other side takes it.

        Raises:
            Closed: nobody will read it.
        """
        try:
            while self._unsent:
                del self._unsent[: self._end.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError as error:
            raise Closed(str(error)) from error

    def receive(self) -> list[Any]:
        """What has come.

        Raises:
            Closed: the other side is gone.
        """
        try:
            data = self._end.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except OSError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("the other process is gone")
        self._unpacker.feed(data)
        return [self._kinds[kind](*fields) for kind, *fields in self._unpacker]

    def close(self) -> None:
        """End it; the other side sees that."""
        self._end.close()


def _fields(message: Any) -> tuple[Any, ...]:
    return tuple(getattr(message, name) for name in message.__match_args__)
