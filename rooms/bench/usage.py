"""What processes have used so far, as the kernel counts it."""

import contextlib
import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one process or several, until a moment."""

    cpu_seconds: float = 0.0  # user and system, of all threads
    waited_seconds: float = 0.0  # that the first thread was ready to run while others had its core
    resident_mb: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Of both."""
        return Usage(
            self.cpu_seconds + other.cpu_seconds,
            self.waited_seconds + other.waited_seconds,
            self.resident_mb + other.resident_mb,
        )

    def __sub__(self, earlier: "Usage") -> "Usage":
        """What was used since then; memory is what it is now."""
        return Usage(
            self.cpu_seconds - earlier.cpu_seconds, self.waited_seconds - earlier.waited_seconds, self.resident_mb
        )


def usage(pids: Iterable[int]) -> Usage:
    """What these processes have used. One that has ended counts nothing."""
    whole = Usage()
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            whole += _of(_PROC / str(pid))
    return whole


def children(parent: int, words: str) -> list[int]:
    """The children of a process whose command line holds these words."""
    found = []
    for folder in _PROC.iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if folder.name.isdigit() and int(_fields(folder)[1]) == parent and words in _command_line(folder):
                found.append(int(folder.name))
    return found


def _of(folder: Path) -> Usage:
    fields = _fields(folder)
    waited = int((folder / "schedstat").read_text().split()[1])
    pages = int((folder / "statm").read_text().split()[1])
    return Usage(
        cpu_seconds=(int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND,
        waited_seconds=waited / 1e9,
        resident_mb=pages * resource.getpagesize() / _MEGABYTE,
    )


def _fields(folder: Path) -> list[str]:
    """What follows the name in `stat`, which may itself hold spaces: state, parent, …"""
    return (folder / "stat").read_text().rsplit(")", 1)[1].split()


def _command_line(folder: Path) -> str:
    return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
