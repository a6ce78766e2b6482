"""PostgreSQL's own programs, told how to reach our database: its password is on no command line."""

import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

_NAMES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
_OPTIONS = {"host": "PGHOST", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


class ProgramFailed(Exception):
    """It could not do it; says why in its own words."""


def environment() -> dict[str, str]:
    """How libpq reaches the database."""
    database = settings.DATABASES["default"]
    told = {variable: str(database.get(name) or "") for name, variable in _NAMES.items()}
    options = database.get("OPTIONS", {})
    told |= {variable: str(options[name]) for name, variable in _OPTIONS.items() if name in options}
    return {**os.environ, **{variable: value for variable, value in told.items() if value}}


def dump(file: Path) -> None:
    """Write the database into a file of pg_dump's custom format.

    Raises:
        ProgramFailed: see the class.
    """
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def restore(file: Path) -> None:
    """Fill an empty database, all of it or nothing.

    Raises:
        ProgramFailed: see the class.
    """
    name = str(settings.DATABASES["default"]["NAME"])
    _run("pg_restore", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={name}", str(file))


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise ProgramFailed(f"{program} is not there: install postgresql-client of the server's version or newer.")
    done = subprocess.run([path, *arguments], env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ProgramFailed(f"{program}: {done.stderr.strip()}")
