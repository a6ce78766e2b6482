"""What processes hold of the system, as the kernel counts it: memory, descriptors, sockets, UDP ports, threads."""

import contextlib
import resource
from collections import Counter
from collections.abc import Iterable, Iterator
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
    """Megabytes in memory, open descriptors, sockets and UDP ports among them, and threads of these processes together."""
    whole: Counter[str] = Counter()
    udp = _udp_sockets()
    for pid in pids:
        folder = _PROC / str(pid)
        pages = int((folder / "statm").read_text().split()[1])
        whole["memory_mb"] += pages * resource.getpagesize() >> 20
        whole["threads"] += len(list((folder / "task").iterdir()))
        links = list(_links(folder))
        whole["descriptors"] += len(links)
        whole["sockets"] += sum(link.startswith("socket:") for link in links)
        whole["udp_ports"] += sum(link in udp for link in links)
    return whole


def _links(folder: Path) -> Iterator[str]:
    for descriptor in (folder / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            yield str(descriptor.readlink())


def _udp_sockets() -> set[str]:
    """As descriptors name them."""
    tables = [(_PROC / "net" / name).read_text().splitlines()[1:] for name in ("udp", "udp6")]
    return {f"socket:[{line.split()[9]}]" for table in tables for line in table}
