"""The ring of every room on this machine: files of some seconds each, the oldest of which are deleted as new ones come.

Any audio worker of the machine may write, read and sweep here, whichever began a room: what a worker that was killed left is
still a room's last minutes. Files are written as soon as a batch comes, so a crash loses what had not been handed over yet.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rooms.audio.evidence import vault
from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.packets import Malformed, VoicePacket, unpack

logger = logging.getLogger(__name__)

FILE_SECONDS = 10
_HANDED_OVER_WITHIN_MS = 5_000  # a packet lies in a file that began later than it came
MOST_BYTES = 48 << 20  # of one room: ten speakers at 64 kb/s for ten minutes
_KEY_OF_ROOM = "room-"


@dataclass(eq=False, slots=True)
class _Written:
    """The file that is being written of a room."""

    writer: vault.Writer
    began_ms: int
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, in milliseconds since 1970; both ends belong to it."""

    from_ms: int
    until_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether a moment is in it."""
        return self.from_ms <= at_ms <= self.until_ms

    def later(self, by_ms: int) -> "Span":
        """The same by a clock that is so far ahead."""
        return Span(self.from_ms + by_ms, self.until_ms + by_ms)


@dataclass(eq=False)
class Ring:
    """See the module. Synchronous, and as slow as the disk: for a thread of its own.

    Args:
        folder: where; memory, if the system keeps it there (/dev/shm).
        keep_seconds: how much of a room that is live.
    """

    folder: Path
    keys: KeyFolder
    keep_seconds: int
    _written: dict[str, _Written] = field(default_factory=dict)
    _suffix: str = field(default_factory=lambda: os.urandom(6).hex())  # this worker's files

    def add(self, room: str, batch: bytes, now_ms: int) -> None:
        """Keep what `packets.pack` made of what was just said in a room.

        Raises:
            OSError: the disk is full, or not there. The next batch begins a new file.
        """
        written = self._written.get(room)
        if written is None or now_ms - written.began_ms >= 1000 * FILE_SECONDS:
            self._close(room)
            written = self._written[room] = _Written(self._begin(room, now_ms), now_ms)
        try:
            written.bytes += written.writer.append(batch)
        except OSError:
            self._close(room)
            raise

    def prune(self, room: str, now_ms: int) -> None:
        """Delete what is older than is kept, and the oldest of what is too much."""
        files = self._files(room)
        sizes = {path: path.stat().st_size for path in files}
        for path in files[:-1]:
            too_old = _began(path) + 1000 * (FILE_SECONDS + self.keep_seconds) < now_ms
            if too_old or sum(sizes.values()) > MOST_BYTES:
                path.unlink(missing_ok=True)
                del sizes[path]
        if files and _began(files[-1]) + 1000 * (FILE_SECONDS + self.keep_seconds) < now_ms:
            self._close(room)
            files[-1].unlink(missing_ok=True)

    def read(self, room: str, span: Span) -> Iterator[VoicePacket]:
        """What was said in a room in a span of time, in the order in which it was kept. A file that was altered is left out,
        and logged."""
        key = self.keys.find(_KEY_OF_ROOM + room)
        if key is None:
            return
        for path in self._files(room):
            began = _began(path)
            if began > span.until_ms + _HANDED_OVER_WITHIN_MS or began + 2000 * FILE_SECONDS < span.from_ms:
                continue
            try:
                for batch in vault.read(path, key):
                    yield from (packet for packet in unpack(batch) if span.holds(packet.at_ms))
            except FileNotFoundError:
                continue  # pruned meanwhile
            except (vault.Altered, Malformed):
                logger.exception("evidence.file_unreadable")

    def rooms(self) -> set[str]:
        """The rooms of which something is kept here, and those of which only a key is."""
        folders = {path.name for path in self.folder.iterdir() if path.is_dir()} if self.folder.is_dir() else set()
        keys = {name.removeprefix(_KEY_OF_ROOM) for name in self.keys.names() if name.startswith(_KEY_OF_ROOM)}
        return folders | keys

    def mark(self, room: str) -> str:
        """What tells the ring of a room here from that on another machine; workers of one machine give the same."""
        return self.keys.mark(_KEY_OF_ROOM + room)

    def destroy(self, room: str) -> None:
        """Delete all of a room: its key first."""
        self.keys.destroy(_KEY_OF_ROOM + room)
        self._close(room)
        shutil.rmtree(self.folder / room, ignore_errors=True)

    def close(self) -> None:
        """Write no more."""
        for room in list(self._written):
            self._close(room)

    def _begin(self, room: str, now_ms: int) -> vault.Writer:
        if not room:
            raise ValueError("no name of a key: a room has one")
        key = self.keys.make(_KEY_OF_ROOM + room)
        folder = self.folder / room
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return vault.Writer(folder / f"{now_ms:014d}-{self._suffix}", key)

    def _close(self, room: str) -> None:
        written = self._written.pop(room, None)
        if written is not None:
            written.writer.close()

    def _files(self, room: str) -> list[Path]:
        folder = self.folder / room
        return sorted(folder.iterdir()) if folder.is_dir() else []


def _began(path: Path) -> int:
    return int(path.name.partition("-")[0])
