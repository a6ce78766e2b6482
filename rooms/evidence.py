"""Where this installation keeps rings and evidence, how its own keys wrap theirs, and evidence as sound."""

import base64

from django.conf import settings

from accounts.sealing import EVIDENCE, seal, unseal
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.ring import Ring
from rooms.audio.evidence.sealed import SealedFolder
from rooms.audio.hearing import Track, as_wav, peaks, track_of

__all__ = ["Track", "as_wav", "peaks", "ring", "sealed_folder", "tracks"]


def ring() -> Ring:
    """The rings of this machine."""
    keys = KeyFolder(settings.MITALK_RING_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return Ring(settings.MITALK_RING_DIR, keys, settings.MITALK_RING_SECONDS)


def sealed_folder() -> SealedFolder:
    """The evidence of this installation."""
    keys = KeyFolder(settings.MITALK_EVIDENCE_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return SealedFolder(settings.MITALK_EVIDENCE_DIR, keys)


def tracks(name: str, began_ms: int) -> dict[str, Track]:
    """The voices of a piece of evidence, by participant; all begin at that moment (milliseconds since 1970).

    Raises:
        FileNotFoundError: it is destroyed.
        Altered: it was changed (rooms.audio.evidence.vault).
    """
    packets = sealed_folder().read(name)
    people = dict.fromkeys(packet.person for packet in packets)
    return {person: track_of([packet for packet in packets if packet.person == person], began_ms) for person in people}


def _wrap(key: bytes) -> bytes:
    return seal(base64.b64encode(key).decode(), purpose=EVIDENCE).encode()


def _unwrap(wrapped: bytes) -> bytes:
    return base64.b64decode(unseal(wrapped.decode(), purpose=EVIDENCE))
