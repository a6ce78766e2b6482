"""Where this installation keeps rings and evidence, how its own keys wrap theirs, and evidence as sound."""

import base64
from collections.abc import Iterable

from django.conf import settings

from accounts.sealing import EVIDENCE, Unreadable, seal, unseal
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.packets import Malformed, VoicePacket
from rooms.audio.evidence.ring import Ring
from rooms.audio.evidence.sealed import SealedFolder
from rooms.audio.evidence.vault import Altered
from rooms.audio.hearing import Track, as_wav, peaks, track_of

__all__ = ["Track", "Unheard", "as_wav", "packets_of", "peaks", "ring", "sealed_folder", "tracks"]


def ring() -> Ring:
    """The rings of this machine."""
    keys = KeyFolder(settings.MITALK_RING_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return Ring(settings.MITALK_RING_DIR, keys, settings.MITALK_RING_SECONDS)


def sealed_folder() -> SealedFolder:
    """The evidence of this installation."""
    keys = KeyFolder(settings.MITALK_EVIDENCE_KEYS_DIR, wrap=_wrap, unwrap=_unwrap)
    return SealedFolder(settings.MITALK_EVIDENCE_DIR, keys)


class Unheard(Exception):
    """Evidence is destroyed, was changed, or its key was wrapped with a key that the installation has no more."""


def packets_of(name: str, parts: Iterable[str], person: str) -> list[VoicePacket]:
    """What one person said in these parts of a piece of evidence, as it came.

    Raises:
        Unheard: it cannot be heard.
    """
    return [packet for packet in _read(name, parts) if packet.person == person]


def tracks(name: str, parts: Iterable[str], began_ms: int) -> dict[str, Track]:
    """The voices of these parts of a piece of evidence, by participant; all begin at that moment (milliseconds since 1970).

    Raises:
        Unheard: they cannot be heard.
    """
    packets = _read(name, parts)
    people = dict.fromkeys(packet.person for packet in packets)
    return {person: track_of([packet for packet in packets if packet.person == person], began_ms) for person in people}


def _read(name: str, parts: Iterable[str]) -> list[VoicePacket]:
    try:
        return sealed_folder().read(name, parts)
    except (FileNotFoundError, Altered, Malformed, Unreadable) as error:
        raise Unheard(name) from error


def _wrap(key: bytes) -> bytes:
    return seal(base64.b64encode(key).decode(), purpose=EVIDENCE).encode()


def _unwrap(wrapped: bytes) -> bytes:
    return base64.b64decode(unseal(wrapped.decode(), purpose=EVIDENCE))
