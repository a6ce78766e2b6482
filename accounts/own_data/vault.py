"""Files that nobody reads but by us: encrypted, under random names, in a storage that no address leads to."""

import secrets

from cryptography.fernet import InvalidToken
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from accounts.sealing import EXPORT, Unreadable, file_cipher


def _storage() -> Storage:
    return storages["private"]


def put(content: bytes) -> str:
    """Keep a file; its name."""
    name = f"exports/{secrets.token_urlsafe(24)}"
    return _storage().save(name, ContentFile(file_cipher(EXPORT).encrypt(content)))


def get(name: str) -> bytes:
    """What is in it.

    Raises:
        FileNotFoundError: it is gone.
        Unreadable: it was written with a key that we have no more.
    """
    with _storage().open(name, "rb") as file:
        try:
            return file_cipher(EXPORT).decrypt(file.read())
        except InvalidToken as error:
            raise Unreadable("This was sealed with another key.") from error


def remove(name: str) -> None:
    """Delete it; twice changes nothing."""
    if name:
        _storage().delete(name)


def names() -> list[str]:
    """Every file that is there."""
    try:
        _folders, files = _storage().listdir("exports")
    except FileNotFoundError:
        return []
    return [f"exports/{name}" for name in files]


def age_seconds(name: str, now: float) -> float:
    """How long ago it was written."""
    return now - _storage().get_modified_time(name).timestamp()
