"""The installation under measurement: `manage.py run_local` with a folder, ports and a core of its own."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings

from rooms.audio.bench.figures import pin_to
from rooms.bench.usage import Usage, children, usage

_READY = "MiTalk is running"
_READY_WITHIN_SECONDS = 90.0
_MANAGE_WITHIN_SECONDS = 120.0
_STOP_WITHIN_SECONDS = 15.0
_LINES_KEPT = 60


class ServerFailed(RuntimeError):
    """The installation cannot be used; the message says what it was asked for."""


class Server:
    """An async context manager. DATABASE_URL and REDIS_URL of the environment choose the engines.

    `core` is for everything of the server, `clients_core` for this process; `environment` is settings besides the usual.
    """

    def __init__(self, *, core: int, clients_core: int, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        self._core, self._clients_core = core, clients_core
        self.port = _free_port(socket.SOCK_STREAM)
        self.origin = f"http://localhost:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="mitalk-bench-", ignore_cleanup_errors=True)
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "MITALK_VAR_DIR": self._folder.name,
            "PORT": str(self.port),
            "MITALK_UDP_PORT": str(_free_port(socket.SOCK_DGRAM)),
            "MITALK_PUBLIC_IP": "127.0.0.1",
            "MITALK_UDP_BIND": "127.0.0.1",
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._ready = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Server":
        return self

    async def __aexit__(self, *exception: object) -> None:
        try:
            await self._stop()
        finally:
            self._folder.cleanup()

    async def manage(self, *arguments: str) -> str:
        """What a command of manage.py prints there.

        Raises:
            ServerFailed: it failed, or took too long.
        """
        process = await self._spawn(*arguments, stderr=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(_MANAGE_WITHIN_SECONDS):
                output, errors = await process.communicate()
        except TimeoutError as error:
            raise ServerFailed(f"{arguments[0]} took more than {_MANAGE_WITHIN_SECONDS:.0f} s") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()  # if it still runs
        if process.returncode != 0:
            raise ServerFailed(f"{arguments[0]} failed: {errors.decode(errors='replace').strip()}")
        return output.decode()

    async def start(self) -> None:
        """Start everything, and wait until it says that it runs.

        Raises:
            ServerFailed: it ended, or did not say so in time.
        """
        self._process = await self._spawn("run_local", "--no-demo", stderr=asyncio.subprocess.STDOUT)
        self._reading = asyncio.create_task(self._read(self._process))
        waiting = asyncio.create_task(self._ready.wait())
        await asyncio.wait({waiting, self._reading}, timeout=_READY_WITHIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not self._ready.is_set():
            raise ServerFailed("MiTalk did not start")

    def last_words(self) -> str:
        """What it printed last."""
        return "".join(self._lines)

    def usage(self, *words: str) -> Usage:
        """What its processes have used whose command lines hold one of these words.

        Raises:
            ServerFailed: there is no such process.
        """
        assert self._process is not None
        pids = [pid for word in words for pid in children(self._process.pid, word)]
        if not pids:
            raise ServerFailed(f"nothing runs {' or '.join(words)}")
        return usage(pids)

    async def _spawn(self, *arguments: str, stderr: int) -> asyncio.subprocess.Process:
        pin_to(self._core)  # a child inherits it, and its own children from it
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "manage.py",
                *arguments,
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is for this process, which ends the server
            )
        finally:
            pin_to(self._clients_core)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self._lines.append(line.decode(errors="replace"))
            if _READY in self._lines[-1]:
                self._ready.set()

    async def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(_STOP_WITHIN_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()  # its children die with it
            await process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
