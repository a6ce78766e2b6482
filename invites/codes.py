"""Invite codes: made once, shown once, kept only as a keyed hash."""

import re
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

# Without 0/O, 1/I/L and U: what is read aloud or typed from paper arrives whole. 30 letters: 24 of them hold 117 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 24


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_typed(code: str) -> str:
    """A code as people paste it, in one spelling: no spaces or dashes, upper case; empty if it cannot be one."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""


def hashes(code: str) -> list[str]:
    """The keyed hashes (HMAC-SHA-256, hexadecimal) by which a code may be stored: today's key first, then former ones."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("mitalk.invites.code", code, secret=key, algorithm="sha256").hexdigest() for key in keys]
