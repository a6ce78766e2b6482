"""Disks: can be written by whoever runs MiTalk, and have room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from config.doctor.finding import Finding, fail, ok, warn
from rooms.folders import folders
from rooms.seeing.disks import attempt, nearest, word_of

FAIL_BYTES, WARN_BYTES = 1 << 30, 5 << 30
WARN_SHARE = 0.1
_GIB = 1 << 30


def examine() -> Iterator[Finding]:
    """See the module."""
    for name, folder in folders().items():
        written = _written(name, folder)
        yield written if written is not None else _room(name, folder)


def _written(name: str, folder: Path) -> Finding | None:
    """What hinders writing there; nothing does: None. A folder that nothing was kept in yet is judged by its parent."""
    error = attempt(folder)
    if error is None:
        return None
    there = nearest(folder)
    what = f"{folder} cannot be {'written' if there == folder else 'made'}: {error.strerror}"
    remedy = f"Make room on the disk of {there}, or look into the kernel's log (dmesg) whether it fails."
    if word_of(error) == "forbidden":
        give = f"chown and chmod u+rwx {folder}" if there == folder else f"install -d -m 700 -o THEM {folder}"
        remedy = f"Run the doctor as the user that MiTalk runs as; then: {give}"
    return fail(f"disk.{name}", what, remedy)


def _room(name: str, folder: Path) -> Finding:
    usage = shutil.disk_usage(nearest(folder))
    unit, named = (_GIB, "GiB") if usage.free >= _GIB else (1 << 20, "MiB")
    what = f"{usage.free / unit:.1f} of {usage.total / unit:.1f} {named} are free"
    if usage.free < FAIL_BYTES:
        return fail(f"disk.{name}", what, f"Make room on the disk of {folder}: soon nothing can be kept.")
    if usage.free < min(WARN_BYTES, WARN_SHARE * usage.total):
        return warn(f"disk.{name}", what, f"Make room on the disk of {folder}.")
    return ok(f"disk.{name}", what)
