"""What the server has used, as the kernel counts it: the process and all its descendants, seen from outside.

CPU comes from each process's own clock (`clock_getcpuclockid(3)`): user and system time of all its threads, in nanoseconds.
"""

import contextlib
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1 << 20
_SCHEDULED_CLOCK = 2  # CPUCLOCK_SCHED of linux/posix-timers.h: user and system time
_GONE = (FileNotFoundError, ProcessLookupError, OSError)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of some processes, until a moment."""

    cpu_seconds: float = 0.0  # user and system
    waited_seconds: float = 0.0  # that threads were ready to run while others had the core
    resident_mb: float = 0.0  # pages that processes share are counted in each
    descriptors: int = 0
    threads: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Of both."""
        return Usage(
            self.cpu_seconds + other.cpu_seconds,
            self.waited_seconds + other.waited_seconds,
            self.resident_mb + other.resident_mb,
            self.descriptors + other.descriptors,
            self.threads + other.threads,
        )

    def since(self, earlier: "Usage") -> "Usage":
        """Times since then; memory, descriptors and threads as they are now."""
        return Usage(
            self.cpu_seconds - earlier.cpu_seconds,
            self.waited_seconds - earlier.waited_seconds,
            self.resident_mb,
            self.descriptors,
            self.threads,
        )


def usage(root: int) -> Usage:
    """What the process with this id and all its descendants have used. One that has ended counts nothing."""
    whole = Usage()
    for pid in _with_descendants(root):
        with contextlib.suppress(*_GONE):
            whole += _of(pid)
    return whole


def core_seconds(core: int) -> float:
    """For how long one core has worked for processes, whosever they are: interrupts are not among it. To 10 ms."""
    wanted = f"cpu{core}"
    for line in (_PROC / "stat").read_text().splitlines():
        name, *fields = line.split()
        if name == wanted:
            user, nice, system = map(int, fields[:3])
            return (user + nice + system) / _TICKS_A_SECOND
    return 0.0


def _with_descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(*_GONE):
                # What follows the name, which may itself hold spaces and brackets: state, parent, …
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found, unseen = [], [root]
    while unseen:
        pid = unseen.pop()
        found.append(pid)
        unseen += children.get(pid, [])
    return found


def _of(pid: int) -> Usage:
    folder = _PROC / str(pid)
    waited, threads = 0, 0
    for thread in (folder / "task").iterdir():
        with contextlib.suppress(*_GONE):
            waited += int((thread / "schedstat").read_text().split()[1])
            threads += 1
    return Usage(
        cpu_seconds=time.clock_gettime((~pid << 3) | _SCHEDULED_CLOCK),
        waited_seconds=waited / 1e9,
        resident_mb=int((folder / "statm").read_text().split()[1]) * resource.getpagesize() / _MEGABYTE,
        descriptors=len(list((folder / "fd").iterdir())),
        threads=threads,
    )
