"""Messages between our processes: web, audio, jobs and `manage.py`.

Embedded, a Unix socket that the web process serves; with REDIS_URL, the Channels layer (channels-redis, pub/sub). Both
deliver at most once and lose what nobody listens to: whatever matters is in the database, and readers look there again.
"""

import asyncio
import contextlib
import contextvars
import hashlib
import json
import logging
import os
import socket
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[Message], None]

_MOST_LINE_BYTES = 1 << 20
_MOST_UNSENT_BYTES = 8 << 20
_LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108
_RECONNECT_SECONDS = 0.25
_PUBLISHED_WITHIN_SECONDS = 2.0


class Bus(Protocol):
    """What every process uses, whichever engine carries it."""

    async def start(self) -> None:
        """Begin to receive. Returns at once; reconnects by itself for ever."""

    async def close(self) -> None:
        """Stop receiving."""

    async def subscribe(self, topic: str, receive: Receive) -> None:
        """Call `receive` in the event loop with each message of a topic. One receiver a topic and process."""

    async def unsubscribe(self, topic: str) -> None:
        """Stop that."""

    async def publish(self, topic: str, message: Message) -> None:
        """Send to every process that listens to the topic, this one included. Never raises because of a lost peer."""

    def publish_from_thread(self, topic: str, message: Message) -> None:
        """The same from synchronous code, in any process, started or not."""


@cache
def get_bus() -> Bus:
    """This process's bus."""
    return ChannelLayerBus() if settings.REDIS_URL else LocalBus(Path(settings.BUS_SOCKET))


class _Receivers:
    """Topic → receiver. A receiver that raises is logged and does not stop the others."""

    def __init__(self) -> None:
        self.by_topic: dict[str, Receive] = {}

    def deliver(self, topic: str, message: Message) -> None:
        receive = self.by_topic.get(topic)
        if receive is None:
            return
        try:
            receive(message)
        except Exception:
            logger.exception("bus.receiver_failed")


class LocalBus:
    """A line of JSON a message over one Unix socket. `serve_or_start` in the web process, `start` everywhere else."""

    def __init__(self, path: Path) -> None:
        self._path = _short_enough(path)
        self._receivers = _Receivers()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._clients: dict[asyncio.StreamWriter, set[str]] = {}
        self._up: asyncio.StreamWriter | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def serve_or_start(self) -> None:
        """Be the process that the others connect to; or connect like them, if one is there already."""
        if self._server is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if await asyncio.to_thread(_somebody_listens, self._path):
            await self.start()
            return
        self._path.unlink(missing_ok=True)
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_unix_server(self._serve_client, path=str(self._path), limit=_MOST_LINE_BYTES)
        self._path.chmod(0o600)

    async def start(self) -> None:
        """Connect to the process that serves, for as long as it takes."""
        if self._server is None and self._connecting is None:
            self._loop = asyncio.get_running_loop()
            self._connecting = asyncio.create_task(self._stay_connected())

    async def close(self) -> None:
        """Close what this process opened."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
            self._connecting = None
        if self._server is not None:
            self._server.close()
            for writer in list(self._clients):
                writer.close()
            self._path.unlink(missing_ok=True)
            self._server = None
        self._loop = None

    async def subscribe(self, topic: str, receive: Receive) -> None:
        """See Bus."""
        self._receivers.by_topic[topic] = receive
        if self._up is not None:
            _write(self._up, {"subscribe": topic})

    async def unsubscribe(self, topic: str) -> None:
        """See Bus."""
        self._receivers.by_topic.pop(topic, None)
        if self._up is not None:
            _write(self._up, {"unsubscribe": topic})

    async def publish(self, topic: str, message: Message) -> None:
        """See Bus."""
        self._publish(topic, message)

    def publish_from_thread(self, topic: str, message: Message) -> None:
        """See Bus."""
        if self._loop is not None and self._loop.is_running():
            # In the thread's own context asgiref would refuse the receiver's database calls as a deadlock.
            self._loop.call_soon_threadsafe(self._publish, topic, message, context=contextvars.Context())
            return
        line = _encode({"topic": topic, "message": message})
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2)
                connection.connect(str(self._path))
                connection.sendall(line)
        except OSError:
            logger.warning("bus.not_reached")

    def _publish(self, topic: str, message: Message) -> None:
        if self._server is not None:
            self._fan_out(topic, message)
        elif self._up is not None:
            _write(self._up, {"topic": topic, "message": message})
        else:
            logger.warning("bus.not_reached")

    def _fan_out(self, topic: str, message: Message) -> None:
        self._receivers.deliver(topic, message)
        for writer, topics in list(self._clients.items()):
            if topic in topics:
                _write(writer, {"topic": topic, "message": message})

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        topics: set[str] = set()
        self._clients[writer] = topics
        try:
            async for data in _lines(reader):
                match data:
                    case {"subscribe": str(topic)}:
                        topics.add(topic)
                    case {"unsubscribe": str(topic)}:
                        topics.discard(topic)
                    case {"topic": str(topic), "message": dict(message)}:
                        self._fan_out(topic, message)
                    case _:
                        logger.warning("bus.line_malformed")
        finally:
            del self._clients[writer]
            writer.close()

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_unix_connection(str(self._path), limit=_MOST_LINE_BYTES)
                for topic in self._receivers.by_topic:
                    _write(writer, {"subscribe": topic})
                self._up = writer
                try:
                    async for data in _lines(reader):
                        self._receivers.deliver(data["topic"], data["message"])
                finally:
                    self._up = None
                    writer.close()
            await asyncio.sleep(_RECONNECT_SECONDS)


class ChannelLayerBus:
    """The Channels layer of CHANNEL_LAYERS: a group a topic, one channel a process."""

    def __init__(self) -> None:
        self._receivers = _Receivers()
        self._channel: str | None = None
        self._sending: set[asyncio.Future[None]] = set()
        self._receiving: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """See Bus."""
        if self._receiving is None:
            self._loop = asyncio.get_running_loop()
            self._channel = await get_channel_layer().new_channel()
            self._receiving = asyncio.create_task(self._receive())

    async def close(self) -> None:
        """See Bus."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)
            self._receiving = None
            self._channel = None
        self._loop = None

    async def subscribe(self, topic: str, receive: Receive) -> None:
        """See Bus."""
        self._receivers.by_topic[topic] = receive
        await get_channel_layer().group_add(topic, self._channel)

    async def unsubscribe(self, topic: str) -> None:
        """See Bus."""
        self._receivers.by_topic.pop(topic, None)
        await get_channel_layer().group_discard(topic, self._channel)

    async def publish(self, topic: str, message: Message) -> None:
        """See Bus."""
        try:
            async with asyncio.timeout(_PUBLISHED_WITHIN_SECONDS):  # who is cut off waits for an answer for ever
                await get_channel_layer().group_send(topic, {"type": "bus.message", "topic": topic, "message": message})
        except OSError:
            logger.warning("bus.not_reached")
        except Exception:
            # redis-py's own errors do not derive from OSError; a lost message heals by the next look at the database.
            logger.exception("bus.publish_failed")

    def publish_from_thread(self, topic: str, message: Message) -> None:
        """See Bus."""
        if self._loop is not None and self._loop.is_running():
            sending = partial(self._send_soon, topic, message)
            self._loop.call_soon_threadsafe(sending, context=contextvars.Context())
        else:
            async_to_sync(self.publish)(topic, message)

    def _send_soon(self, topic: str, message: Message) -> None:
        task = asyncio.ensure_future(self.publish(topic, message))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _receive(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                message = await layer.receive(self._channel)
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.exception("bus.receive_failed")
                await asyncio.sleep(_RECONNECT_SECONDS)
            else:
                self._receivers.deliver(message["topic"], message["message"])


def _encode(data: Message) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _write(writer: asyncio.StreamWriter, data: Message) -> None:
    if writer.is_closing():
        return
    if writer.transport.get_write_buffer_size() > _MOST_UNSENT_BYTES:
        # Somebody stopped reading: cut them off rather than hold their messages for ever; they reconnect.
        logger.warning("bus.reader_too_slow")
        writer.transport.abort()
        return
    writer.write(_encode(data))


async def _lines(reader: asyncio.StreamReader) -> Any:
    while True:
        try:
            line = await reader.readline()
        except (ValueError, ConnectionError):
            return
        if not line:
            return
        try:
            yield json.loads(line)
        except ValueError:
            logger.warning("bus.line_malformed")


def _somebody_listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _short_enough(path: Path) -> Path:
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mitalk-{os.getuid()}" / f"{digest}.sock"
