"""Disks: can be written by whoever runs MiTalk, and have room."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from config.doctor.finding import Finding, fail, ok, warn

FAIL_BYTES, WARN_BYTES = 1 << 30, 5 << 30
WARN_SHARE = 0.1
_GIB = 1 << 30


def examine() -> Iterator[Finding]:
    """See the module."""
    for name, folder in _folders().items():
        written = _written(name, folder)
        yield written if written is not None else _room(name, folder)


def _folders() -> dict[str, Path]:
    return {
        "var": Path(settings.VAR_DIR),
        "media": Path(settings.MEDIA_ROOT),
        "private": Path(settings.PRIVATE_DIR),
        "ring": Path(settings.MITALK_RING_DIR),
        "ring_keys": Path(settings.MITALK_RING_KEYS_DIR),
        "evidence": Path(settings.MITALK_EVIDENCE_DIR),
        "evidence_keys": Path(settings.MITALK_EVIDENCE_KEYS_DIR),
    }


def _written(name: str, folder: Path) -> Finding | None:
    """What hinders writing there; nothing does: None. A folder that nothing was kept in yet is judged by its parent."""
    there = _nearest(folder)
    probe = there / f".doctor-{secrets.token_hex(6)}"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        if there != folder:
            remedy = f"Run the doctor as the user that MiTalk runs as; then: install -d -m 700 -o THEM {folder}"
            return fail(f"disk.{name}", f"{folder} cannot be made: {error.strerror}", remedy)
        remedy = f"Run the doctor as the user that MiTalk runs as; then: chown and chmod u+rwx {folder}"
        return fail(f"disk.{name}", f"{folder} cannot be written: {error.strerror}", remedy)
    return None


def _room(name: str, folder: Path) -> Finding:
    usage = shutil.disk_usage(_nearest(folder))
    unit, named = (_GIB, "GiB") if usage.free >= _GIB else (1 << 20, "MiB")
    what = f"{usage.free / unit:.1f} of {usage.total / unit:.1f} {named} are free"
    if usage.free < FAIL_BYTES:
        return fail(f"disk.{name}", what, f"Make room on the disk of {folder}: soon nothing can be kept.")
    if usage.free < min(WARN_BYTES, WARN_SHARE * usage.total):
        return warn(f"disk.{name}", what, f"Make room on the disk of {folder}.")
    return ok(f"disk.{name}", what)


def _nearest(folder: Path) -> Path:
    while (
        not os.path.exists(folder) and folder != folder.parent
    ):  # unlike Path's, it raises nothing where we may not look
        folder = folder.parent
    return folder
