"""What has to be read again is kept encrypted: whoever reads the tables without the secret reads nothing."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was sealed with a secret that is not known here, for another purpose, or changed."""


def seal(text: str, *, purpose: str) -> str:
    """Encrypt; only `unseal` for the same purpose reads it again."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Read what was sealed by today's secret or a former one.

    Raises:
        Unreadable: it cannot be.
    """
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([_key(str(secret), purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mitalk.sealing.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
