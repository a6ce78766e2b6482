"""Files that are written batch by batch and can only be read with their key: AES-256-GCM (NIST SP 800-38D).

A file is a row of batches: four bytes of length (big-endian), a nonce of 12 bytes, the ciphertext. Each is bound to its file
and to its place in it, so that nothing can be left out between two batches, moved, or brought in from another file. A batch
that was cut off by a crash is the last: those before it can be read.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES, _TAG_BYTES = 12, 16
_LENGTH = struct.Struct("!I")


class Altered(ValueError):
    """A batch cannot be opened: the key is another's, or the file was changed."""


def new_key() -> bytes:
    """A key for one room or one piece of evidence."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


class Writer:
    """Appends batches to a new file that only its owner may read.

    Raises:
        OSError: the file cannot be made, or there is one by that name.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._name = path.name
        self._batches = 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def append(self, batch: bytes) -> int:
        """Write one batch, at once.

        Returns:
            The bytes that it takes in the file.

        Raises:
            OSError: it cannot be written. Nothing can be appended then: `close`, and begin another file.
        """
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, batch, _place(self._name, self._batches))
        written = _LENGTH.pack(len(sealed)) + nonce + sealed
        if self._file.write(written) != len(written):
            raise OSError("the disk took a part of a batch only")
        self._batches += 1
        return len(written)

    def close(self) -> None:
        """Write no more."""
        self._file.close()


def read(path: Path, key: bytes) -> Iterator[bytes]:
    """The batches of a file, in order; one that was cut off is left out.

    Raises:
        Altered: see there.
        OSError: the file cannot be read.
    """
    cipher, data, start, batches = AESGCM(key), path.read_bytes(), 0, 0
    while start + _LENGTH.size + _NONCE_BYTES + _TAG_BYTES <= len(data):
        (length,) = _LENGTH.unpack_from(data, start)
        nonce_at = start + _LENGTH.size
        end = nonce_at + _NONCE_BYTES + length
        if end > len(data):
            return
        nonce, sealed = data[nonce_at : nonce_at + _NONCE_BYTES], data[nonce_at + _NONCE_BYTES : end]
        try:
            yield cipher.decrypt(nonce, sealed, _place(path.name, batches))
        except InvalidTag as error:
            raise Altered(path.name) from error
        start, batches = end, batches + 1


def _place(name: str, batch: int) -> bytes:
    return f"{name}:{batch}".encode()
