"""Rings and evidence for tests, and what is said in them."""

from pathlib import Path

from rooms.audio.evidence.keys import KeyFolder
from rooms.audio.evidence.packets import VoicePacket, pack
from rooms.audio.evidence.ring import Ring
from rooms.audio.evidence.sealed import SealedFolder

START_MS = 1_700_000_000_000


def wrap(key: bytes) -> bytes:
    return bytes(byte ^ 0x5A for byte in key)


def key_folder(folder: Path) -> KeyFolder:
    return KeyFolder(folder, wrap=wrap, unwrap=wrap)


def a_ring(folder: Path, keep_seconds: int = 60) -> Ring:
    return Ring(folder / "ring", key_folder(folder / "ring-keys"), keep_seconds)


def a_sealed_folder(folder: Path) -> SealedFolder:
    return SealedFolder(folder / "evidence", key_folder(folder / "evidence-keys"))


def said(second: int, person: str = "lin") -> VoicePacket:
    return VoicePacket(person, START_MS + 1000 * second, 48_000 * second, f"{person} at {second}".encode())


def batch(second: int, *people: str) -> bytes:
    return pack([said(second, person) for person in people or ("lin",)])


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
