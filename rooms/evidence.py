"""Where this installation keeps rings and evidence, and how its own keys wrap theirs."""

import base64

from django.conf import settings

from accounts.sealing import EVIDENCE, seal, unseal
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.ring import Ring
from rooms.audio.evidence.sealed import SealedFolder


def ring() -> Ring:
    """The rings of this machine."""
    keys = KeyFolder(settings.MITALK_RING_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return Ring(settings.MITALK_RING_DIR, keys, settings.MITALK_RING_SECONDS)


def sealed_folder() -> SealedFolder:
    """The evidence of this installation."""
    keys = KeyFolder(settings.MITALK_EVIDENCE_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return SealedFolder(settings.MITALK_EVIDENCE_DIR, keys)


def _wrap(key: bytes) -> bytes:
    return seal(base64.b64encode(key).decode(), purpose=EVIDENCE).encode()


def _unwrap(wrapped: bytes) -> bytes:
    return base64.b64decode(unseal(wrapped.decode(), purpose=EVIDENCE))
