"""A PostgreSQL and a Redis of the tests' own: private folders, free ports, gone at the end."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.environment.ports import free_port
from tests.environment.programs import find

_READY_WITHIN_SECONDS = 30.0


@contextmanager
def engines() -> Iterator[dict[str, str]]:
    """The environment (DATABASE_URL, REDIS_URL) of running engines."""
    with tempfile.TemporaryDirectory(prefix="mitalk-engines-") as folder:
        Path(folder).chmod(0o755)
        with _postgresql(Path(folder) / "postgresql") as database, _redis(Path(folder)) as redis:
            yield {"DATABASE_URL": database, "REDIS_URL": redis}


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    server = find("postgres")
    assert server is not None
    programs = Path(server).parent
    as_user = _not_as_root()
    folder.mkdir()
    if as_user:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "mitalk", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*as_user, *initdb], check=True, stdout=subprocess.DEVNULL)
    settings = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
    options = [argument for setting in settings for argument in ("-c", setting)]
    command = [server, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", *options]
    with _running([*as_user, *command], folder / "log"):
        ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q"]
        _wait(lambda: subprocess.run(ready, check=False).returncode == 0, folder / "log")
        createdb = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "mitalk", "mitalk"]
        subprocess.run(createdb, check=True)
        yield f"postgres://mitalk@127.0.0.1:{port}/mitalk"


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _running(command, folder / "redis.log"):
        ping = ["redis-cli", "-p", str(port), "ping"]
        _wait(lambda: subprocess.run(ping, capture_output=True, check=False).stdout == b"PONG\n", folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _not_as_root() -> list[str]:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _wait(ready, log: Path) -> None:
    end = time.monotonic() + _READY_WITHIN_SECONDS
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"It did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)
