"""Files that no address leads to: outside of what is served, under random names, each encrypted with a key of its own.

The key is kept sealed beside whatever the file belongs to (`accounts.sealing`), so a new key of the installation's means
sealing a line again and not a file, and a file whose row is gone can be read by nobody.
"""

import base64
import os
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accounts.sealing import Unreadable, seal, unseal

PURPOSE = "file"
_NONCE_BYTES = 12
_STRAY_AFTER_SECONDS = 3600.0  # a file is written before its row is committed


@dataclass(frozen=True, slots=True)
class Kept:
    """What finds and opens a file again."""

    name: str
    sealed_key: str


def keep(content: bytes) -> Kept:
    """Write a file."""
    name, key, nonce = secrets.token_hex(16), AESGCM.generate_key(256), os.urandom(_NONCE_BYTES)
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(nonce + AESGCM(key).encrypt(nonce, content, name.encode()))
    return Kept(name, seal(base64.b64encode(key).decode(), purpose=PURPOSE))


def read(kept: Kept) -> bytes:
    """What is in it.

    Raises:
        FileNotFoundError: it is gone.
        Unreadable: it was changed, or its key was sealed with another.
    """
    key = base64.b64decode(unseal(kept.sealed_key, purpose=PURPOSE))
    content = (_folder() / kept.name).read_bytes()
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], kept.name.encode())
    except InvalidTag as error:
        raise Unreadable("This file was changed.") from error


def discard(name: str) -> None:
    """Delete a file, if it is there."""
    (_folder() / name).unlink(missing_ok=True)


def discard_strays(known: Collection[str], *, now: float | None = None) -> int:
    """Delete files that belong to nothing: their transaction failed, or the process ended before they were deleted.

    Returns:
        How many.
    """
    now = time.time() if now is None else now
    folder = _folder()
    strays = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name not in known and path.stat().st_mtime < now - _STRAY_AFTER_SECONDS
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def _folder() -> Path:
    return Path(settings.PRIVATE_DIR) / "claims"
