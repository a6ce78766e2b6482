"""What is kept but not readable: encrypted values (`seal`), and keyed hashes by which a value is found again.

Both hang on `settings.DATA_KEYS`: the first makes new ones, all of them open old ones. Put a new key in front to rotate,
run `manage.py reseal`, and keep the former key as long as there are keyed hashes without a sealed value beside them
(`NeverInvite`, `BoundContact`).
"""

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PHONE, MESSAGE, PROOF, EXPORT, CLAIM, EVIDENCE = "phone", "message", "proof", "export", "claim", "evidence"  # purposes


class Unreadable(Exception):
    """It was sealed with a key that is not among `DATA_KEYS`, for another purpose, or is no sealed value."""


def seal(value: str, *, purpose: str) -> str:
    """A value, encrypted with the first key; only `unseal` for the same purpose reads it again."""
    return _fernet(_secrets(), purpose).encrypt(value.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The value again.

    Raises:
        Unreadable: with none of the keys.
    """
    try:
        return _fernet(_secrets(), purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("This was sealed with another key.") from error


def reseal(sealed: str, *, purpose: str) -> str:
    """The same value under today's key.

    Raises:
        Unreadable: with none of the keys.
    """
    return seal(unseal(sealed, purpose=purpose), purpose=purpose)


def file_cipher(purpose: str) -> MultiFernet:
    """What encrypts whole files, by the same keys."""
    return _fernet(_secrets(), purpose)


def keyed_hashes(what: str, value: str) -> list[str]:
    """The hashes (HMAC-SHA-256, hexadecimal) by which a value of a kind may be stored: today's key's first."""
    return [
        hmac.new(_derived(secret, f"hash.{what}"), value.encode(), hashlib.sha256).hexdigest() for secret in _secrets()
    ]


def _secrets() -> tuple[str, ...]:
    if not settings.DATA_KEYS:
        raise ImproperlyConfigured("MITALK_DATA_KEYS is not set: nothing can be sealed.")
    return tuple(settings.DATA_KEYS)


@functools.lru_cache(maxsize=32)
def _fernet(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret, f"seal.{purpose}"))) for secret in secrets])


@functools.lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mitalk.{purpose}".encode()).derive(secret.encode())
