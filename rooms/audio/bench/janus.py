"""Janus (Debian's package `janus`) as the peer beside us: the same clients, the same voices, the same cores.

- `janus-audiobridge` mixes, as we do: everybody joins a room, those who do not speak are muted there.
- `janus-streaming` only forwards: what a speaker sends as plain RTP goes to all who watch the mountpoint.

It runs with ICE-lite, as we do, and with nothing but the plugin that is measured. What it has used is user and system time of
its process, with all its threads.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

from rooms.audio.bench.client import Client
from rooms.audio.bench.description import PAYLOAD_TYPE
from rooms.audio.bench.figures import pin_to
from rooms.audio.bench.janus_api import JanusApi
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.usage import Usage, usage
from rooms.audio.bench.voice import Mouth

PLUGINS = ("janus-audiobridge", "janus-streaming")

_START_WITHIN_SECONDS = 10.0
_STOP_WITHIN_SECONDS = 10.0
_RETRY_SECONDS = 0.1
_ROOM = 1  # a room's or a mountpoint's number
_LAST_WORDS = 800  # characters of its log
_HEADER = struct.Struct("!BBHII")

_CONFIGURATION = """
general: {{
    debug_level = 3
    session_timeout = 60
}}
media: {{
    rtp_port_range = "20000-60000"
}}
nat: {{
    ice_lite = true
    ice_enforce_list = "127.0.0.1"
}}
events: {{
    broadcast = false
}}
plugins: {{
    disable = "{plugins}"
}}
transports: {{
    disable = "{transports}"
}}
"""
_WEBSOCKETS = """
general: {{
    json = "compact"
    ws = true
    ws_port = {port}
    ws_ip = "127.0.0.1"
    wss = false
}}
"""


class Janus:
    """Janus with one plugin. See `target.Target`; the room's name does not matter, there is one."""

    def __init__(self, name: str, *, talkers: int) -> None:
        """Prepare; nothing runs yet.

        Raises:
            NotMeasurable: it is not installed, or the plugin cannot do it.
        """
        self.name = name
        self._plugin = name.removeprefix("janus-")
        if shutil.which("janus") is None:
            raise NotMeasurable("Janus is not installed: apt install janus.")
        if self._plugin == "streaming" and talkers > 1:
            raise NotMeasurable("Janus Streaming forwards one voice: --talkers 1.")
        self._handles: dict[str, int] = {}
        self._open_files = contextlib.ExitStack()

    async def start(self, core: int) -> None:
        """Start it on this core, and make its room.

        Raises:
            NotMeasurable: it does not start.
        """
        folder = Path(self._open_files.enter_context(tempfile.TemporaryDirectory(prefix="bench-janus-")))
        port = _free_port(socket.SOCK_STREAM)
        _configure(folder, self._plugin, port)
        self._log = folder / "log"
        allowed = os.sched_getaffinity(0)
        pin_to(core)  # threads inherit it
        try:
            self._process = await asyncio.create_subprocess_exec(
                "janus",
                f"--configs-folder={folder}",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=self._open_files.enter_context(self._log.open("wb")),
                stderr=asyncio.subprocess.STDOUT,
                cwd=folder,
            )
        finally:
            os.sched_setaffinity(0, allowed)
        self._api = JanusApi(port)
        await self._reach()
        handle = await self._api.attach(self._plugin)
        self._voice_port = _free_port(socket.SOCK_DGRAM)
        await self._api.message(handle, self._room())

    async def stop(self) -> None:
        """End it, and wait until it has ended."""
        with contextlib.suppress(OSError, AttributeError):
            await self._api.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_WITHIN_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._open_files.close()

    async def join(self, client: Client, room: str, connection: str, *, speaks: bool = False) -> Mouth:
        """Bring a client into the room. Whoever speaks to a mountpoint does it over plain RTP."""
        if self._plugin == "streaming" and speaks:
            return self._open_files.enter_context(contextlib.closing(PlainSpeaker(self._voice_port)))
        handle = self._handles[connection] = await self._api.attach(self._plugin)
        client.begin()
        if self._plugin == "streaming":
            offered = await self._api.message(handle, {"request": "watch", "id": _ROOM})
            client.take(offered["sdp"])
            await self._api.message(handle, {"request": "start"}, answer=client.answer())
        else:
            body = {"request": "join", "room": _ROOM, "muted": not speaks, "display": connection}
            joined = await self._api.message(handle, body, offer=client.offer())
            client.take(joined["sdp"])
        await client.connect()
        return client

    async def leave(self, room: str, connection: str) -> None:
        """A client is gone."""
        await self._api.detach(self._handles.pop(connection))

    async def begin(self) -> None:
        """It counts nothing that we could ask for."""

    async def inside(self) -> dict[str, Any]:
        """It does not say when it ticks."""
        return {}

    def usage(self) -> Usage:
        """What it has used until now."""
        return usage(self._process.pid)

    async def _reach(self) -> None:
        try:
            async with asyncio.timeout(_START_WITHIN_SECONDS):
                while self._process.returncode is None:
                    try:
                        return await self._api.open()
                    except OSError:
                        await asyncio.sleep(_RETRY_SECONDS)
        except TimeoutError:
            pass
        said = self._log.read_text(errors="replace")[-_LAST_WORDS:]
        await self.stop()
        raise NotMeasurable(f"Janus does not start. It said last:\n{said}")

    def _room(self) -> dict[str, Any]:
        if self._plugin == "audiobridge":
            return {"request": "create", "room": _ROOM, "sampling_rate": 48_000, "audiolevel_event": False}
        voice = {"type": "audio", "mid": "0", "port": self._voice_port, "pt": PAYLOAD_TYPE, "codec": "opus"}
        return {"request": "create", "type": "rtp", "id": _ROOM, "media": [voice]}


class PlainSpeaker:
    """Sends a voice over plain RTP (RFC 3550) to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", port))
        self._sequence = 0

    def speak(self, payload: bytes, timestamp: int) -> None:
        """Send one packet of sound."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        with contextlib.suppress(OSError):  # lost, as on any network
            self._socket.send(_HEADER.pack(0x80, PAYLOAD_TYPE, self._sequence, timestamp & 0xFFFFFFFF, 1) + payload)

    def close(self) -> None:
        """Free the port."""
        self._socket.close()


def _configure(folder: Path, plugin: str, port: int) -> None:
    others = ("echotest", "lua", "duktape", "nosip", "recordplay", "sip", "textroom", "videocall", "videoroom")
    plugins = [f"libjanus_{name}.so" for name in (*others, "voicemail", "audiobridge", "streaming") if name != plugin]
    transports = [f"libjanus_{name}.so" for name in ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")]
    text = _CONFIGURATION.format(plugins=",".join(plugins), transports=",".join(transports))
    (folder / "janus.jcfg").write_text(text)
    (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS.format(port=port))
    (folder / f"janus.plugin.{plugin}.jcfg").write_text("general: {\n}\n")


def _free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
