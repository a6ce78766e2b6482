"""What is kept can be read with its key only, whole and in order; a crash costs the last batch, and any change is seen."""

from pathlib import Path

import pytest

from rooms.audio.evidence.vault import Altered, Writer, new_key, read

BATCHES = [b"first", b"second" * 1000, b"", b"last"]


@pytest.fixture
def key() -> bytes:
    return new_key()


@pytest.fixture
def written(tmp_path: Path, key: bytes) -> Path:
    path = tmp_path / "00000000000001-me"
    writer = Writer(path, key)
    for batch in BATCHES:
        writer.append(batch)
    writer.close()
    return path


def test_batches_come_back_in_order(written: Path, key: bytes) -> None:
    assert list(read(written, key)) == BATCHES
    assert written.stat().st_mode & 0o777 == 0o600
    assert b"second" not in written.read_bytes()


def test_a_file_can_be_read_while_it_is_written(tmp_path: Path, key: bytes) -> None:
    writer = Writer(tmp_path / "growing", key)
    writer.append(b"one")
    assert list(read(tmp_path / "growing", key)) == [b"one"]
    writer.append(b"two")
    assert list(read(tmp_path / "growing", key)) == [b"one", b"two"]
    writer.close()


def test_wherever_a_crash_cuts_it_off_the_batches_before_can_be_read(written: Path, key: bytes) -> None:
    whole = written.read_bytes()
    for length in range(0, len(whole), 7):
        written.write_bytes(whole[:length])
        found = list(read(written, key))
        assert found == BATCHES[: len(found)]
    written.write_bytes(whole[:-1])
    assert list(read(written, key)) == BATCHES[:-1]


def test_another_key_opens_nothing(written: Path) -> None:
    with pytest.raises(Altered):
        list(read(written, new_key()))


@pytest.mark.parametrize("at", [20, 60, -1])
def test_a_changed_byte_is_seen(written: Path, key: bytes, at: int) -> None:
    data = bytearray(written.read_bytes())
    data[at] ^= 1
    written.write_bytes(data)
    with pytest.raises(Altered):
        list(read(written, key))


def test_no_batch_can_be_left_out_nor_come_from_another_file(tmp_path: Path, written: Path, key: bytes) -> None:
    data = written.read_bytes()
    first = 4 + 12 + len(BATCHES[0]) + 16
    written.write_bytes(data[first:])
    with pytest.raises(Altered):
        list(read(written, key))
    other = tmp_path / "00000000000002-me"
    other.write_bytes(data)
    with pytest.raises(Altered):
        list(read(other, key))


def test_nothing_is_written_over_what_is_there(written: Path, key: bytes) -> None:
    with pytest.raises(FileExistsError):
        Writer(written, key)
