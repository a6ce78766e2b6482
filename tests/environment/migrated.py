"""Databases with every table and no rows, made once for a run of tests and copied from then on: to make one takes ten
seconds of a core, and every installation needs one. What starts without has to make its own, as a fresh machine does."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "mitalk.sqlite3"


FOLDER = "MITALK_TEST_MIGRATED_DIR"  # where those of all stages are kept


@functools.cache
def folder() -> Path:
    """Where they are: of the run, or else of this process."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER])
    made = tempfile.TemporaryDirectory(prefix="mitalk-migrated-")
    atexit.register(made.cleanup)
    Path(made.name).chmod(0o755)  # PostgreSQL's user has a part of it
    return Path(made.name)


def copy_sqlite(var: Path) -> None:
    """Give the installation of this folder its database."""
    template = folder() / NAME
    if not template.exists():
        migrate()
    shutil.copy(template, var / NAME)


def template_of_postgresql() -> Path:
    """Where PostgreSQL's data folder with a migrated database is kept, once there is one."""
    return folder() / "postgresql"


def migrate(database: str = "") -> None:
    """Make the tables of the database at this address; without one, SQLite's."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = kept | {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "MITALK_VAR_DIR": str(folder())}
    if database:
        environment["DATABASE_URL"] = database
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
