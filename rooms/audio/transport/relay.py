"""Mix frames on the wire between workers: sealed by the one that mixes a room, opened by those that share it.

A stage may be private, so frames are encrypted as well as authenticated (AES-GCM), each share with a key of its own: that of
one room, one epoch, one share and one process that mixes, derived from a secret that all workers of an installation have.
Whatever does not come from the address of the room's worker of now is dropped before any of that. See docs/decisions/0026.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rooms.audio.core import relay
from rooms.audio.core.relay import KEY_ID_BYTES, Frame, Header, ReplayWindow

Address = tuple[str, int]

_KEY_BYTES = 32
_MOST_PAYLOAD_BYTES = 600  # of Opus; see `fanout.MOST_PAYLOAD_BYTES`
_TAG_BYTES = 16
_SEQUENCES_A_SECOND = 1_000  # more than there are frames: a sender that begins again goes on behind all it ever sent


@dataclass(frozen=True, slots=True)
class RelayKey:
    """The key of one share of a room in one epoch, and the name by which frames say that they are sealed with it."""

    key_id: bytes
    key: bytes
    epoch: int


def secret_of(installation: str) -> bytes:
    """The workers' secret, derived from the installation's."""
    return _derive(installation.encode(), "mitalk relay", _KEY_BYTES)


def key_of(secret: bytes, room: str, epoch: int, share: int, mixer: str) -> RelayKey:
    """The key of a share, which its worker and the room's derive alike. `mixer` is the id of the worker that mixes: each
    process has another, so that no nonce comes twice even when a restored database counts epochs and shares once more."""
    derived = _derive(secret, f"{room}|{epoch}|{share}|{mixer}", KEY_ID_BYTES + _KEY_BYTES)
    return RelayKey(derived[:KEY_ID_BYTES], derived[KEY_ID_BYTES:], epoch)


def _derive(secret: bytes, what: str, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=what.encode()).derive(secret)


class Sealer:
    """Makes the datagrams to one share."""

    def __init__(self, key: RelayKey, clock: Callable[[], float] = time.monotonic) -> None:
        self.key = key
        self._aead = AESGCM(key.key)
        # By a clock that never goes back within a boot, while each process has another key: no nonce comes twice.
        self._sequence = int(clock() * _SEQUENCES_A_SECOND)

    def seal(self, payload: bytes, timestamp: int, *, marker: bool) -> bytes:
        """One datagram."""
        self._sequence += 1
        header = Header(self.key.key_id, self.key.epoch, self._sequence, timestamp, marker).pack()
        return header + self._aead.encrypt(relay.nonce(self.key.epoch, self._sequence), payload, header)


class Opener:
    """Takes the datagrams of one share, each once."""

    def __init__(self, key: RelayKey, home: Address) -> None:
        self.key = key
        self.home = home
        self._aead = AESGCM(key.key)
        self._window = ReplayWindow()

    def open(self, header: Header, datagram: bytes) -> Frame | None:
        """The frame, unless it is forged, of another epoch, or came before."""
        if header.epoch != self.key.epoch or not self._window.is_new(header.sequence):
            return None
        if len(datagram) > relay.HEADER_BYTES + _MOST_PAYLOAD_BYTES + _TAG_BYTES:
            return None
        associated, sealed = datagram[: relay.HEADER_BYTES], datagram[relay.HEADER_BYTES :]
        try:
            payload = self._aead.decrypt(relay.nonce(header.epoch, header.sequence), sealed, associated)
        except InvalidTag:
            return None
        self._window.note(header.sequence)
        return Frame(header.sequence, header.timestamp, header.marker, payload)
