"""Restores a backup into an installation that is empty, and nothing else: it overwrites nobody."""

import tarfile
from pathlib import Path

from django.db import connection

from accounts import sessions
from accounts.audit import append_only, sealing
from config.backups import manifest, postgresql
from config.backups.making import DATABASE, files_kept


class NotEmpty(Exception):
    """Something is there that would be overwritten; says what."""


def restore(folder: Path) -> list[str]:
    """Fill database and folders from a backup. Nobody is signed in by it: of the sessions in it some were ended since, by
    people whose browser was robbed, and nobody knows any more which.

    Returns:
        What was found wrong with the audit log; nothing is as it should be.

    Raises:
        NotWhole: the backup is not, or the keys do not fit; nothing was done.
        NotEmpty: see the class; nothing was done.
        ProgramFailed: the database could not be filled; it is empty still.
    """
    said = manifest.read(folder)
    said.demand_whole(folder)
    _demand_empty()
    connection.close()
    postgresql.restore(folder / DATABASE)
    append_only.protect()
    sessions.end_all()
    for name, target in files_kept().items():
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tarfile.open(folder / name) as archive:
            archive.extractall(target, filter="data")
    sealing.seal_entries()  # what the last minute before the backup had written
    findings = sealing.examine(said.audit_head).findings
    return [f"{finding.what}: {finding.where}" for finding in findings]


def _demand_empty() -> None:
    tables = connection.introspection.table_names()
    if tables:
        raise NotEmpty(
            f"The database has {len(tables)} tables. Restore into a new one: createdb, and another DATABASE_URL."
        )
    for target in files_kept().values():
        if target.is_dir() and any(target.iterdir()):
            raise NotEmpty(f"{target} is not empty. Move it away first.")
