"""The ring holds the last minutes of a room and nothing older, is read across workers, and is gone with its key."""

from pathlib import Path

import pytest

from rooms.audio.evidence import ring as rings
from rooms.audio.evidence.ring import Span
from tests.audio.evidence.kept import START_MS, a_ring, batch, files, said

ROOM = "a-room"


def span(first: int, last: int) -> Span:
    return Span(START_MS + 1000 * first, START_MS + 1000 * last)


def talk(ring: rings.Ring, seconds: range, room: str = ROOM) -> None:
    for second in seconds:
        ring.add(room, batch(second), START_MS + 1000 * second)
        ring.prune(room, START_MS + 1000 * second)


def seconds_of(ring: rings.Ring) -> list[int]:
    return [(packet.at_ms - START_MS) // 1000 for packet in ring.read(ROOM, span(0, 10_000))]


def test_a_span_is_read_across_files(tmp_path: Path) -> None:
    ring = a_ring(tmp_path)
    talk(ring, range(35))
    assert list(ring.read(ROOM, span(8, 12))) == [said(second) for second in range(8, 13)]
    assert len(files(tmp_path / "ring")) == 4


def test_what_was_handed_over_late_lies_in_a_later_file(tmp_path: Path) -> None:
    ring = a_ring(tmp_path)
    ring.add(ROOM, batch(9), START_MS + 10_500)
    assert list(ring.read(ROOM, span(0, 10))) == [said(9)]


def test_nothing_older_than_is_kept_stays(tmp_path: Path) -> None:
    ring = a_ring(tmp_path, keep_seconds=60)
    talk(ring, range(300))
    oldest = min(seconds_of(ring))
    assert 299 - 60 - rings.FILE_SECONDS <= oldest <= 299 - 60
    assert len(files(tmp_path / "ring")) <= 8


def test_where_everybody_falls_silent_it_ends_too(tmp_path: Path) -> None:
    ring = a_ring(tmp_path, keep_seconds=60)
    talk(ring, range(5))
    ring.prune(ROOM, START_MS + 1000 * 80)
    assert files(tmp_path / "ring") == []
    talk(ring, range(100, 102))
    assert seconds_of(ring) == [100, 101]


def test_a_room_takes_no_more_than_its_share_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "MOST_BYTES", 2_000)
    ring = a_ring(tmp_path, keep_seconds=10_000)
    talk(ring, range(300))
    assert sum(path.stat().st_size for path in files(tmp_path / "ring")) < 3_000
    assert max(seconds_of(ring)) == 299


def test_another_worker_of_the_machine_goes_on_with_a_room(tmp_path: Path) -> None:
    killed, another = a_ring(tmp_path), a_ring(tmp_path)
    talk(killed, range(15))
    talk(another, range(15, 20))
    assert seconds_of(another) == list(range(20))
    assert a_ring(tmp_path).rooms() == {ROOM}


def test_what_is_destroyed_is_gone_with_its_key(tmp_path: Path) -> None:
    ring = a_ring(tmp_path)
    talk(ring, range(5))
    talk(ring, range(5), room="another")
    copy = (next((tmp_path / "ring" / ROOM).iterdir())).read_bytes()
    ring.destroy(ROOM)
    assert seconds_of(ring) == []
    assert ring.rooms() == {"another"}
    assert [path for path in tmp_path.rglob("*") if ROOM in path.name] == []
    talk(ring, range(6, 7))
    (tmp_path / "ring" / ROOM / f"{START_MS:014d}-copy").write_bytes(copy)  # as from a backup
    assert seconds_of(ring) == [6]


def test_keys_lie_apart_and_are_wrapped(tmp_path: Path) -> None:
    ring = a_ring(tmp_path)
    talk(ring, range(2))
    (key,) = files(tmp_path / "ring-keys")
    assert key.stat().st_mode & 0o777 == 0o600
    stored = key.read_bytes()
    assert ring.keys.find(key.name) not in (None, stored)
    assert all(stored not in path.read_bytes() for path in files(tmp_path / "ring"))


def test_a_room_whose_name_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    ring = a_ring(tmp_path)
    for name in ("../evil", "a/b", "", "."):
        with pytest.raises(ValueError, match="no name of a key"):
            ring.add(name, batch(0), START_MS)
    assert files(tmp_path) == []
