"""MiTalk as many processes, each of which a test kills, freezes and starts by itself: nobody starts again what died.

PostgreSQL, Redis, web processes, audio workers, jobs and the clock. `engines=False`: one machine's SQLite and Unix socket.
"""

import contextlib
import functools
import os
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.environment import migrated
from tests.environment.backstage import Backstage
from tests.environment.engines import PostgreSQL, Redis, engines_folder
from tests.environment.part import Part
from tests.environment.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.environment.production_settings"
_WORKER = ("-m", "celery", "--quiet", "-A", "config", "worker", "--pool", "threads", "-c", "2", "--loglevel", "WARNING")
_BEAT = ("-m", "celery", "--quiet", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile=")


class Production:
    """A context manager. Parts are started in order; what a test left dead, `mend` starts again."""

    def __init__(
        self, *, engines: bool = True, webs: int = 2, redis_keeps: bool = False, jobs: bool = True, **settings: str
    ) -> None:
        self._stack = contextlib.ExitStack()
        self._engines = engines
        self._webs, self._with_jobs, self._redis_keeps = webs, jobs, redis_keeps
        self._settings = settings
        self.database: PostgreSQL
        self.redis: Redis
        self.backstage: Backstage

    def __enter__(self) -> "Production":
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def parts(self) -> list[Part]:
        """All of them but the engines."""
        return [*self.webs, self.audio, *([self.jobs, self.clock] if self._with_jobs else [])]

    @property
    def webs_at(self) -> list[str]:
        """Host and port of each web process."""
        return [f"127.0.0.1:{port}" for port in self.ports]

    def mend(self) -> None:
        """Start what does not run."""
        for part in self.parts:
            if not part.runs:
                part.start()

    def said(self) -> str:
        """What all parts said last."""
        return "\n".join(f"── {part.name}\n{part.said()}" for part in self.parts)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def another_clock(self) -> Part:
        """One more beat, which nobody meant to start."""
        return self._part("clock-2", *_BEAT, f"--schedule={self.folder / 'beat-2'}")

    def _start(self) -> None:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mitalk-production-")))
        self.ports = [free_port() for _ in range(self._webs)]
        self.url = f"http://localhost:{self.ports[0]}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "MITALK_VAR_DIR": str(self.folder),
            "PORT": str(self.ports[0]),
            "MITALK_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
            "MITALK_UDP_BIND": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
            **(self._start_engines() if self._engines else {}),
            **self._settings,
        }
        if not self._engines:
            migrated.copy_sqlite(self.folder)
        self.backstage = Backstage(self.environment)
        self._stack.callback(self.backstage.close)
        self._start_parts()

    def _start_parts(self) -> None:
        self.webs = [
            self._part(f"web-{number}", "manage.py", "run_web", "--port", str(port), ready=answers(port))
            for number, port in enumerate(self.ports, start=1)
        ]
        self.audio = self._part("audio", "manage.py", "run_audio", ready=self._has_worker)
        self.jobs = self._part("jobs", *_WORKER, "--without-mingle", "--without-gossip")
        self.clock = self._part("clock", *_BEAT)
        for part in self.parts:
            part.start()

    def _start_engines(self) -> dict[str, str]:
        folder = self._stack.enter_context(engines_folder())
        self.database, self.redis = (
            PostgreSQL(folder, durable=True, tables=True),
            Redis(folder, keeps=self._redis_keeps),
        )
        for engine in (self.database, self.redis):
            self._stack.callback(engine.stop)
            engine.start()
        return {"DATABASE_URL": self.database.url, "REDIS_URL": self.redis.url}

    def _part(
        self, name: str, *arguments: str, ready=lambda: True, inside: Sequence[str] = (), **environment: str
    ) -> Part:
        part = Part(
            name,
            [*inside, sys.executable, *arguments],
            self.folder / f"{name}.log",
            ready=ready,
            environment=self.environment | environment,
            folder=ROOT,
        )
        self._stack.callback(part.end)
        return part

    def _has_worker(self) -> bool:
        return bool(self.backstage.ask("live_workers"))


def answers(port: int, address: str = "localhost"):
    """Whether a web process there serves pages, as something to be called."""
    page = urllib.request.Request(f"http://{address}:{port}/", headers={"Host": "localhost"})
    return functools.partial(_is_up, page)


def _is_up(page: urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(page, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
