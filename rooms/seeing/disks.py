"""Whether folders can be written, as the last attempt to write there went: a state and no guess from what is free.

Whoever writes there anyway says how it went; where nobody did lately, something small is written and deleted again.
"""

import contextlib
import errno
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

OK = "ok"
TRIED_EVERY_SECONDS = 10.0
PROBE = ".probe-"  # how its files begin
PROBE_BYTES = 1 << 16  # a few bytes would find room where nothing else does
_WORDS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EIO: "broken",
}


class Disks:
    """Folders by name. May be used in any thread; `look` waits for the disk."""

    def __init__(self, folders: Mapping[str, Path], clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = dict(folders)
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[str, str] = {}
        self._tried_at: dict[str, float] = {}

    def look(self) -> dict[str, str]:
        """How each is, by an attempt that is not older than some seconds."""
        for name, folder in self._folders.items():
            if self._clock() - self._tried_at.get(name, float("-inf")) >= TRIED_EVERY_SECONDS:
                self.note(name, attempt(folder))
        return self.states()

    def note(self, name: str, error: OSError | None) -> None:
        """Somebody wrote there, or could not."""
        word = word_of(error)
        with self._lock:
            self._tried_at[name] = self._clock()
            before, self._states[name] = self._states.get(name, OK), word
        if word != before:
            log = logger.info if word == OK else logger.error
            log("disk.writable_again" if word == OK else "disk.not_writable", extra={"part": name, "state": word})

    def states(self) -> dict[str, str]:
        """How each was found last; those that nobody tried are not in it."""
        with self._lock:
            return dict(self._states)


def attempt(folder: Path) -> OSError | None:
    """Write something there and delete it; what hindered it. A folder that is not there yet is judged by its parent."""
    probe = nearest(folder) / f"{PROBE}{secrets.token_hex(6)}"
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with contextlib.suppress(OSError):
                probe.unlink()  # at once: whoever is killed meanwhile leaves nothing
            _write(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error
    return None


def _write(descriptor: int) -> None:
    left = bytes(PROBE_BYTES)
    while left:
        left = left[os.write(descriptor, left) :]  # a full disk takes a part of it first
    os.fsync(descriptor)  # some say only now that there is no room


def nearest(folder: Path) -> Path:
    """The folder, or what of its path is there already."""
    while (
        not os.path.exists(folder) and folder != folder.parent
    ):  # unlike Path's, it raises nothing where we may not look
        folder = folder.parent
    return folder


def word_of(error: OSError | None) -> str:
    """How a disk is that answered so, in a word."""
    return OK if error is None else _WORDS.get(error.errno or 0, "failing")


def said(states: Mapping[str, str]) -> str:
    """All of them in a line: "ok", or each that is not with its word."""
    wrong = [f"{name} {state}" for name, state in sorted(states.items()) if state != OK]
    return ", ".join(wrong) or OK
