"""Keys of what is kept, each wrapped in a file of its own, in a folder apart from what they open and outside of backups. To
destroy a key is to delete all that it opens, wherever copies of that may be."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from rooms.audio.evidence.vault import new_key

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARK_LETTERS = 16


class KeyFolder:
    """`wrap` and `unwrap` are the installation's: without its own key a stolen folder opens nothing."""

    def __init__(self, folder: Path, *, wrap: Callable[[bytes], bytes], unwrap: Callable[[bytes], bytes]) -> None:
        self._folder = folder
        self._wrap, self._unwrap = wrap, unwrap

    def make(self, name: str) -> bytes:
        """The key of this name; a new one if there is none. Two processes that ask at once get the same.

        Raises:
            OSError: it cannot be written.
        """
        path = self._path(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = new_key()
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._wrap(key))
                file.flush()
                os.fsync(file.fileno())
            os.link(fresh, path)  # all of it or nothing, and never over another's
        except FileExistsError:
            found = self.find(name)
            return key if found is None else found
        finally:
            fresh.unlink()
        return key

    def find(self, name: str) -> bytes | None:
        """The key of this name, or None if it is destroyed."""
        try:
            return self._unwrap(self._path(name).read_bytes())
        except FileNotFoundError:
            return None

    def mark(self, name: str) -> str:
        """What tells this key from another of that name, in another folder; nothing, if there is none. It opens nothing."""
        try:
            return hashlib.sha256(self._path(name).read_bytes()).hexdigest()[:_MARK_LETTERS]
        except FileNotFoundError:
            return ""

    def destroy(self, name: str) -> None:
        """Delete what this key opens."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Of all keys there are."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if not path.name.startswith("."))

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"no name of a key: {name!r}")
        return self._folder / name
