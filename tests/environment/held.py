"""What processes hold of the system, as the kernel counts it: memory, descriptors, threads."""

import contextlib
import resource
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        with contextlib.suppress(OSError, IndexError):
            if folder.name.isdigit():
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def held(pids: Iterable[int]) -> Counter[str]:
    """Megabytes in memory, open descriptors and threads of these processes together."""
    whole: Counter[str] = Counter()
    for pid in pids:
        folder = _PROC / str(pid)
        pages = int((folder / "statm").read_text().split()[1])
        whole["memory_mb"] += pages * resource.getpagesize() >> 20
        whole["descriptors"] += len(list((folder / "fd").iterdir()))
        whole["threads"] += len(list((folder / "task").iterdir()))
    return whole
