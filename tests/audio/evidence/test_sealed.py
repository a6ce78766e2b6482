"""Evidence is sealed whole or not at all, opens with its own key, and is gone with it."""

from pathlib import Path

import pytest

from rooms.audio.evidence import vault
from rooms.audio.evidence.sealed import Kept
from tests.audio.evidence.kept import a_sealed_folder, files, said


def test_what_is_sealed_is_read_in_the_order_in_which_it_came(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    packets = [said(second, person) for person in ("lin", "amara") for second in range(600)]
    assert sealed.write("one", packets).voices == {"lin": 600, "amara": 600}
    found = sealed.read("one")
    assert sorted(found, key=lambda packet: (packet.person, packet.at_ms)) == sorted(
        packets, key=lambda packet: (packet.person, packet.at_ms)
    )
    assert [packet.at_ms for packet in found] == sorted(packet.at_ms for packet in found)


def test_sealing_again_replaces(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1)])
    sealed.write("one", [said(1), said(2)])
    assert sealed.read("one") == [said(1), said(2)]
    assert len(files(tmp_path)) == 2


def test_of_silence_nothing_is_kept_not_even_a_key(tmp_path: Path) -> None:
    assert a_sealed_folder(tmp_path).write("one", []) == Kept()
    assert files(tmp_path) == []


def test_a_full_disk_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: vault.Writer, batch: bytes) -> int:
        raise OSError("no space left on device")

    sealed = a_sealed_folder(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(vault.Writer, "append", full)
        with pytest.raises(OSError, match="no space"):
            sealed.write("one", [said(1)])
    assert files(tmp_path / "evidence") == []
    assert sealed.write("one", [said(1)]).voices == {"lin": 1}


def test_destroyed_evidence_is_gone(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1)])
    sealed.write("two", [said(2)])
    sealed.destroy("one")
    with pytest.raises(FileNotFoundError):
        sealed.read("one")
    sealed.destroy("one")
    assert sealed.read("two") == [said(2)]
    assert len(files(tmp_path)) == 2
