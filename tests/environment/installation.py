"""A real installation for tests: `manage.py run_local` on ports and folders of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.environment import migrated
from tests.environment.backstage import Backstage
from tests.environment.engines import Redis, copy_database
from tests.environment.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
LOSSY = "tests.environment.lossy_settings"
_READY_WITHIN_SECONDS = 180.0
_STOP_WITHIN_SECONDS = 15.0


class Installation:
    """Web, audio and jobs as processes. Where DATABASE_URL and REDIS_URL name engines, it has a database and a Redis of its
    own: others of the same run neither share its workers nor take its tasks.

    `fresh`: it makes its own tables, as on a machine where it never ran.
    """

    def __init__(
        self, *, demo: bool = False, fresh: bool = False, webs: int = 1, workers: int = 1, **environment: str
    ) -> None:
        self.port = free_ports(webs)
        self.udp_port = free_ports(workers, socket.SOCK_DGRAM)
        self.url = f"http://localhost:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="mitalk-", ignore_cleanup_errors=True)
        self._engines_folder = tempfile.TemporaryDirectory(prefix="mitalk-redis-")
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "MITALK_VAR_DIR": self._folder.name,
            "PORT": str(self.port),
            "MITALK_UDP_PORT": str(self.udp_port),
            "MITALK_WEB_PROCESSES": str(webs),
            "MITALK_AUDIO_WORKERS": str(workers),
            "MITALK_UDP_BIND": "127.0.0.1",  # what is tested is for nobody else
            **environment,
        }
        self._redis: Redis | None = None
        self._has_own_data = "DATABASE_URL" not in environment and "MITALK_VAR_DIR" not in environment
        if self._has_own_data:
            self._take_data(fresh)
        self._command = [sys.executable, "manage.py", "run_local", *([] if demo else ["--no-demo"])]
        self._lines: list[str] = []
        self.backstage = Backstage(self.environment)
        self.process: subprocess.Popen[str] | None = None

    def _take_data(self, fresh: bool) -> None:
        if not os.environ.get("DATABASE_URL"):
            if not fresh:
                migrated.copy_sqlite(Path(self._folder.name))
            return
        self._redis = Redis(Path(self._engines_folder.name))
        self.environment["REDIS_URL"] = self._redis.url
        self.environment["DATABASE_URL"] = copy_database(os.environ["DATABASE_URL"])

    def __enter__(self) -> "Installation":
        if self._redis is not None:
            self._redis.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.backstage.close()
        if self._has_own_data and self.process is not None:
            self.process.kill()  # its children end with it; how it ends when asked to is in tests/operating
            self.process.wait(_STOP_WITHIN_SECONDS)
        else:
            self.stop()  # who comes next to this database finds nobody who seems to live
        if self._redis is not None:
            self._redis.stop()
        self._folder.cleanup()
        self._engines_folder.cleanup()

    def start(self) -> None:
        """Start, and wait until it says that it runs."""
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.until(lambda: "MiTalk is running" in self.output(), "started", within=_READY_WITHIN_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does; its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(_STOP_WITHIN_SECONDS)

    def output(self) -> str:
        """Everything it has printed."""
        return "".join(self._lines)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py in it; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pids(self, name: str = "") -> list[int]:
        """The process ids of its children, or of those whose command line holds `run_<name>` or `name`."""
        assert self.process is not None
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and name in _command_line(folder) and _parent(folder) == self.process.pid:
                found.append(int(folder.name))
        return found

    def worker_on(self, udp_port: int) -> list[int]:
        """The process ids of the audio worker on a port: control, and media, its child. None while it does not run."""
        wanted = f"MITALK_UDP_PORT={udp_port}".encode()
        found = [pid for pid in self.pids("run_audio") if wanted in _environment(pid)]
        return found + [int(child) for pid in found for child in _children(pid)]

    def web_on(self, port: int) -> list[int]:
        """The process id of the web process on a port; none while it does not run."""
        return self.pids(f"run_web --port {port}")

    def threads(self, name: str) -> int:
        """How many threads the child that runs `run_<name>` has."""
        (pid,) = self.pids(f"run_{name}")
        return len(list(Path(f"/proc/{pid}/task").iterdir()))

    def kill(self, name: str) -> None:
        """kill -9 the child that runs `run_<name>`."""
        (pid,) = self.pids(f"run_{name}")
        os.kill(pid, signal.SIGKILL)

    def lose_on_the_bus(self, *kinds: str) -> None:
        """From now on messages of these kinds are lost between its processes; none: no more. Needs LOSSY."""
        assert self.environment["DJANGO_SETTINGS_MODULE"] == LOSSY
        (Path(self._folder.name) / "bus-loses.json").write_text(json.dumps(kinds))

    def until(self, condition, what: str, *, within: float = 15.0) -> None:
        """Wait for a condition."""
        assert self.process is not None
        end = time.monotonic() + within
        while not condition():
            assert self.process.poll() is None, f"ended while waiting for: {what}\n{self.output()}"
            assert time.monotonic() < end, f"not within {within} s: {what}\n{self.output()[-4000:]}"
            time.sleep(0.05)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line)


def _command_line(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _children(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
