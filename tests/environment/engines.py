"""A PostgreSQL and a Redis of the tests' own: private folders, free ports, gone at the end."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.environment import migrated
from tests.environment.part import Part
from tests.environment.ports import free_port
from tests.environment.programs import find

_LOSES_NOTHING = ("fsync=off", "full_page_writes=off")  # as long as the machine itself goes on
_FAST = (*_LOSES_NOTHING, "synchronous_commit=off")


@contextmanager
def engines() -> Iterator[dict[str, str]]:
    """The environment (DATABASE_URL, REDIS_URL) of running engines."""
    with engines_folder() as folder:
        database, redis = PostgreSQL(folder, tables=True), Redis(folder)
        try:
            database.start()
            redis.start()
            yield {"DATABASE_URL": database.url, "REDIS_URL": redis.url}
        finally:
            redis.stop()
            database.stop()


def copy_database(address: str) -> str:
    """The address of a new database with the same tables, on the same server. Nobody may be connected to the first."""
    server, name = urlsplit(address), f"copy_{secrets.token_hex(4)}"
    where = ["-h", str(server.hostname), "-p", str(server.port), "-U", str(server.username)]
    subprocess.run(["createdb", *where, "-T", server.path.lstrip("/"), name], check=True)
    return server._replace(path=f"/{name}").geturl()


@contextmanager
def engines_folder() -> Iterator[Path]:
    """A folder in which PostgreSQL's user may have one of its own."""
    with tempfile.TemporaryDirectory(prefix="mitalk-engines-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


LOOPBACK = "127.0.0.1"


class PostgreSQL:
    """A database server. `durable`: what it has acknowledged outlives `kill`. `tables`: with them all, migrated. `inside`:
    what its command begins with, to run elsewhere than here."""

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = False,
        tables: bool = False,
        address: str = LOOPBACK,
        inside: Sequence[str] = (),
    ) -> None:
        server = find("postgres")
        assert server is not None
        self._programs = Path(server).parent
        self._folder, self._port, self._address = folder / "postgresql", free_port(), address
        self._as_user, self._tables = _not_as_root(), tables
        settings = (*(_LOSES_NOTHING if durable else _FAST), "max_connections=200")
        options = [argument for setting in settings for argument in ("-c", setting)]
        where = ["-D", str(self.data), "-p", str(self._port), "-k", str(self._folder), "-h", address]
        command = [*inside, *self._as_user, server, *where, *options]
        self._part = Part("postgresql", command, self._folder / "log", ready=self._answers)
        self.url = f"postgres://mitalk@{address}:{self._port}/mitalk"

    @property
    def port(self) -> int:
        """The TCP port it listens to."""
        return self._port

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self._folder / "data"

    def start(self) -> float:
        """Start it; the first time with a database of its own. The seconds that took."""
        if self.data.exists():
            return self._part.start()
        if self._tables:
            return self._start_from_template()
        return self._start_empty()

    def _start_empty(self) -> float:
        self._make_folder()
        took = self._part.start()
        createdb = [str(self._programs / "createdb"), "-h", self._address, "-p", str(self._port), "-U", "mitalk"]
        subprocess.run([*createdb, "mitalk"], check=True)
        return took

    def _start_from_template(self) -> float:
        self._own_folder()
        _copy(_template(), self.data)
        self._admit()
        return self._part.start()

    def kill(self) -> None:
        """As `pg_ctl stop -m immediate` does: no goodbye to anybody, and recovery at the next start."""
        self._part.stop(signal.SIGQUIT)

    def stop(self) -> None:
        """End it."""
        self._part.stop(signal.SIGINT)

    def said(self) -> str:
        """The end of its log."""
        return self._part.said()

    def _answers(self) -> bool:
        ready = [str(self._programs / "pg_isready"), "-h", self._address, "-p", str(self._port), "-q"]
        return subprocess.run(ready, check=False).returncode == 0

    def _own_folder(self) -> None:
        self._folder.mkdir()
        if self._as_user:
            shutil.chown(self._folder, "postgres")

    def _make_folder(self) -> None:
        self._own_folder()
        initdb = [str(self._programs / "initdb"), "-D", str(self.data), "-U", "mitalk", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*self._as_user, *initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL)
        self._admit()

    def _admit(self) -> None:
        if self._address != LOOPBACK:
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")


def _template() -> Path:
    """A data folder with every table, on which nobody runs."""
    template = migrated.template_of_postgresql()
    if not template.exists():
        with engines_folder() as folder:
            server = PostgreSQL(folder)
            server.start()
            try:
                migrated.migrate(server.url)
            finally:
                server.stop()
            _copy(server.data, template)
    return template


def _copy(this: Path, there: Path) -> None:
    subprocess.run(["cp", "--archive", str(this), str(there)], check=True)  # with whose it is


class Redis:
    """A Redis. `keeps`: what it has is there again after `kill`. `inside`: as PostgreSQL's."""

    def __init__(
        self, folder: Path, *, keeps: bool = False, address: str = LOOPBACK, inside: Sequence[str] = ()
    ) -> None:
        self._port, self._address = free_port(), address
        self._files = folder / "redis"
        self._files.mkdir()
        command = [*inside, "redis-server", "--port", str(self._port), "--bind", address, "--save", ""]
        command += ["--protected-mode", "no"]
        command += ["--dir", str(self._files), "--appendonly", "yes" if keeps else "no", "--appendfsync", "always"]
        self._part = Part("redis", command, folder / "redis.log", ready=self._answers)
        self.url = f"redis://{address}:{self._port}/0"

    @property
    def port(self) -> int:
        """The TCP port it listens to."""
        return self._port

    def start(self) -> float:
        """Start it; the seconds that took."""
        return self._part.start()

    def kill(self) -> None:
        """kill -9."""
        self._part.kill()

    def lose_everything(self) -> None:
        """What it kept on the disk is gone. Call it while it is down."""
        assert not self._part.runs
        shutil.rmtree(self._files)
        self._files.mkdir()

    def stop(self) -> None:
        """End it."""
        self._part.stop()

    def said(self) -> str:
        """The end of its log."""
        return self._part.said()

    def _answers(self) -> bool:
        ping = ["redis-cli", "-h", self._address, "-p", str(self._port), "ping"]
        return subprocess.run(ping, capture_output=True, check=False).stdout == b"PONG\n"


def _not_as_root() -> list[str]:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
