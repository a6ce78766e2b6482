"""Evidence: what was taken out of rings because of a report, each under a key of its own, until that key is destroyed.

A room that moved between machines has a ring on each: what was taken out of one is a part, a file of its own.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rooms.audio.evidence import vault
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.packets import VoicePacket, pack, unpack

_PACKETS_A_BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written: how many packets of each person, the bytes of the file, and when the first and the last came
    (milliseconds since 1970; nothing of silence)."""

    voices: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    first_ms: int | None = None
    last_ms: int | None = None


@dataclass(frozen=True)
class SealedFolder:
    """Where evidence is. Synchronous; workers write, those who show it read."""

    folder: Path
    keys: KeyFolder

    def write(self, name: str, packets: Iterable[VoicePacket], part: str = "") -> Kept:
        """Keep packets as a part of a piece of evidence; what there was of this part is replaced, other parts stay.

        Returns:
            What is kept. Of silence, nothing is, not even a key.

        Raises:
            OSError: it cannot be written; nothing of it is left.
        """
        ordered = sorted(packets, key=lambda packet: packet.at_ms)
        if not ordered:
            return Kept()
        key = self.keys.make(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Batches are bound to the file's name. Its folder's is random: a process has the number of one that was killed, or of
        # one in another container.
        file = self._file(name, part)
        half = self.folder / f".{name}.{os.urandom(6).hex()}" / file.name
        size = 0
        half.parent.mkdir(mode=0o700)
        try:
            writer = vault.Writer(half, key)
            try:
                for start in range(0, len(ordered), _PACKETS_A_BATCH):
                    size += writer.append(pack(ordered[start : start + _PACKETS_A_BATCH]))
            finally:
                writer.close()
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
            half.parent.rmdir()
        voices = Counter(packet.person for packet in ordered)
        return Kept(dict(voices), size, ordered[0].at_ms, ordered[-1].at_ms)

    def read(self, name: str, parts: Iterable[str] = ("",)) -> list[VoicePacket]:
        """The packets of all these parts, as they came; one that lies in two of them is there once.

        Raises:
            FileNotFoundError: it is destroyed, or never was; or one of the parts is not there.
            vault.Altered: it was changed.
        """
        key = self.keys.find(name)
        if key is None:
            raise FileNotFoundError(name)
        packets = [
            packet for part in parts for batch in vault.read(self._file(name, part), key) for packet in unpack(batch)
        ]
        return sorted(dict.fromkeys(packets), key=lambda packet: packet.at_ms)

    def destroy(self, name: str) -> None:
        """Delete it: its key first. With it goes what a worker that was killed left half written."""
        self.keys.destroy(name)
        for file in (self.folder / name, *self.folder.glob(f"{name}.*")):
            file.unlink(missing_ok=True)
        for half in self.folder.glob(f".{name}.*"):
            shutil.rmtree(half, ignore_errors=True)

    def _file(self, name: str, part: str) -> Path:
        return self.folder / (f"{name}.{part}" if part else name)
