"""What a backup says of itself: which files it has and their digests, how many rows, and whether today's keys open it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.apps import apps

from accounts.sealing import Unreadable, seal, unseal

_NAME = "manifest.json"
_PURPOSE = "backup"
_KNOWN = "MiTalk"


class NotWhole(Exception):
    """A file is missing or was changed, or the keys are others; says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """See the module."""

    made_at: str
    rows: dict[str, int]  # by table, as of about when the database was written
    digests: dict[str, str]  # SHA-256 by file
    audit_head: str
    sealed: str  # something known, by which keys are told to fit

    def write(self, folder: Path) -> None:
        """Into a backup."""
        (folder / _NAME).write_text(json.dumps(asdict(self), indent=1))

    def demand_whole(self, folder: Path) -> None:
        """Look at every file, and try the keys.

        Raises:
            NotWhole: see the class.
        """
        for name, expected in self.digests.items():
            if not (folder / name).is_file() or digest(folder / name) != expected:
                raise NotWhole(f"{name} is missing or was changed.")
        try:
            unseal(self.sealed, purpose=_PURPOSE)
        except Unreadable as error:
            raise NotWhole(
                "MITALK_DATA_KEYS has none of the keys of this backup: phone numbers, claims and messages could not be read."
            ) from error


def read(folder: Path) -> Manifest:
    """That of a backup.

    Raises:
        NotWhole: there is none, or it cannot be read.
    """
    try:
        return Manifest(**json.loads((folder / _NAME).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise NotWhole(f"{folder} holds no backup: its {_NAME} cannot be read.") from error


def known_sealed() -> str:
    """Something that only these keys open."""
    return seal(_KNOWN, purpose=_PURPOSE)


def count_rows() -> dict[str, int]:
    """How many rows each table of ours has."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.db_table: model._base_manager.count() for model in models if not model._meta.proxy}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
