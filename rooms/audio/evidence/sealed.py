"""Evidence: what was taken out of a ring because of a report, each under a key of its own, until that key is destroyed."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rooms.audio.evidence import vault
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.packets import VoicePacket, pack, unpack

_PACKETS_A_BATCH = 500


@dataclass(frozen=True)
class SealedFolder:
    """Where evidence is. Synchronous; workers write, those who show it read."""

    folder: Path
    keys: KeyFolder

    def write(self, name: str, packets: Iterable[VoicePacket]) -> Counter[str]:
        """Keep packets; what there was by this name is replaced.

        Returns:
            How many there are of each person. Of nobody, nothing is kept, not even a key.

        Raises:
            OSError: it cannot be written; nothing of it is left.
        """
        counts: Counter[str] = Counter()
        ordered = sorted(packets, key=lambda packet: packet.at_ms)
        if not ordered:
            return counts
        key = self.keys.make(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Batches are bound to the file's name. Its folder's is random: a process has the number of one that was killed, or of
        # one in another container.
        half = self.folder / f".{name}.{os.urandom(6).hex()}" / name
        half.parent.mkdir(mode=0o700)
        try:
            writer = vault.Writer(half, key)
            try:
                for start in range(0, len(ordered), _PACKETS_A_BATCH):
                    writer.append(pack(ordered[start : start + _PACKETS_A_BATCH]))
            finally:
                writer.close()
            half.replace(self.folder / name)
        finally:
            half.unlink(missing_ok=True)
            half.parent.rmdir()
        counts.update(packet.person for packet in ordered)
        return counts

    def read(self, name: str) -> list[VoicePacket]:
        """The packets, as they came.

        Raises:
            FileNotFoundError: it is destroyed, or never was.
            vault.Altered: it was changed.
        """
        key = self.keys.find(name)
        if key is None:
            raise FileNotFoundError(name)
        return [packet for batch in vault.read(self.folder / name, key) for packet in unpack(batch)]

    def destroy(self, name: str) -> None:
        """Delete it: its key first. With it goes what a worker that was killed left half written."""
        self.keys.destroy(name)
        (self.folder / name).unlink(missing_ok=True)
        for half in self.folder.glob(f".{name}.*"):
            shutil.rmtree(half, ignore_errors=True)
