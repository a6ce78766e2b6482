"""What the machine gives: open files of our processes, room for bursts of UDP, the mixer's inner loops in C."""

import resource
from collections.abc import Iterator
from pathlib import Path

from config.doctor.finding import Finding, ok, warn
from rooms.audio import native

LEAST_FILES = 8_192  # a web process has a socket for each page in a room
UDP_BUFFER_BYTES = 4 << 20  # what an audio worker asks for (rooms.audio.transport.ice_lite)
_PROC = Path("/proc")
_COMMANDS = ("run_web", "run_audio")


def examine() -> Iterator[Finding]:
    """See the module."""
    yield _files()
    yield _buffers()
    yield _loops()


def _files() -> Finding:
    """Of our processes on this machine; without any, of this one."""
    limits = dict(_running()) or {"this shell": _own()}
    name, least = min(limits.items(), key=lambda item: item[1])
    what = f"{name} may open {least} files"
    if least < LEAST_FILES:
        remedy = f"LimitNOFILE=65536 in its unit, or ulimit -n 65536: {LEAST_FILES} pages in rooms take as many."
        return warn("limits.files", what, remedy)
    return ok("limits.files", what)


def _own() -> int:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 30


def _running() -> Iterator[tuple[str, int]]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            command = next((word for word in _COMMANDS if word in arguments), None)
            if command is None:
                continue
            line = next(line for line in (folder / "limits").read_text().splitlines() if line.startswith("Max open"))
        except (OSError, StopIteration):
            continue  # it ended meanwhile, or is another user's
        soft = line.split()[3]
        yield f"{command} ({folder.name})", 1 << 30 if soft == "unlimited" else int(soft)


def _buffers() -> Finding:
    small = []
    for name in ("rmem_max", "wmem_max"):
        try:
            given = int((_PROC / "sys/net/core" / name).read_text())
        except OSError:
            remedy = (
                f"On the machine itself, not in its container: sysctl net.core.rmem_max, {UDP_BUFFER_BYTES} or more."
            )
            return warn("limits.udp_buffers", "cannot be seen from here", remedy)
        if given < UDP_BUFFER_BYTES:
            small.append(f"net.core.{name}={given}")
    if small:
        remedy = (
            f"sysctl -w net.core.rmem_max={UDP_BUFFER_BYTES} net.core.wmem_max={UDP_BUFFER_BYTES} (deploy/sysctl.conf)"
        )
        return warn("limits.udp_buffers", f"small for many listeners: {', '.join(small)}", remedy)
    return ok("limits.udp_buffers", f"{UDP_BUFFER_BYTES >> 20} MiB or more")


def _loops() -> Finding:
    if native.loops() is None:
        remedy = "Install gcc and run python -m rooms.audio.native, as who may write beside the source."
        return warn("limits.native", "the mixer runs in Python alone, at several times the cost", remedy)
    return ok("limits.native", "the mixer's inner loops are in C")
