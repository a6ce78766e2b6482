"""Makes a backup, and keeps the newest ones."""

import contextlib
import os
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from accounts.audit import sealing
from config.backups import manifest, postgresql
from config.backups.manifest import Manifest
from rooms.seeing.disks import PROBE

PREFIX = "mitalk-"
_UNFINISHED = ".unfinished"
DATABASE = "database.dump"


def files_kept() -> dict[str, Path]:
    """The folders that belong in a backup, by the name of their archive."""
    return {"media.tar": Path(settings.MEDIA_ROOT), "private.tar": Path(settings.PRIVATE_DIR)}


def finished(folder: Path) -> list[Path]:
    """The backups in a folder, the newest last."""
    found = folder.glob(f"{PREFIX}*")
    return sorted(path for path in found if path.is_dir() and path.suffix != _UNFINISHED)


def make(folder: Path, now: datetime | None = None) -> Path:
    """Write a backup, readable by its owner only. It has its name once it is whole.

    Raises:
        ProgramFailed: the database could not be written.
        OSError: the folder cannot be written.
    """
    made_at = now or datetime.now(UTC)
    whole = folder / f"{PREFIX}{made_at:%Y%m%dT%H%M%SZ}"
    part = whole.with_suffix(_UNFINISHED)
    before = os.umask(0o077)
    try:
        part.mkdir(parents=True)
        _fill(part, made_at)
        part.rename(whole)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    finally:
        os.umask(before)
    return whole


def _fill(part: Path, made_at: datetime) -> None:
    sealing.seal_entries()  # so that a cut-off end of the log is seen after a restore
    rows, head = manifest.count_rows(), sealing.examine("").head
    # Rows first: a file that no row names is swept some day, a row without its file is a hole.
    postgresql.dump(part / DATABASE)
    for name, source in files_kept().items():
        _pack(source, part / name)
    names = [DATABASE, *files_kept()]
    digests = {name: manifest.digest(part / name) for name in names}
    Manifest(made_at.isoformat(), rows, digests, head, manifest.known_sealed()).write(part)


def _pack(source: Path, archive: Path) -> None:
    with tarfile.open(archive, "w") as packed:
        for path in sorted(path for path in source.rglob("*") if not path.name.startswith(PROBE)):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile, as people's photos and exports are
                packed.add(path, arcname=str(path.relative_to(source)), recursive=False)


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups, and what never became one.

    Returns:
        What was deleted.
    """
    old = finished(folder)[:-keep] + list(folder.glob(f"{PREFIX}*{_UNFINISHED}"))
    for path in old:
        shutil.rmtree(path)
    return old
