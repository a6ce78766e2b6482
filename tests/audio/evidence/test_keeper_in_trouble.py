"""One order that cannot be carried out costs itself: others are sealed, and what is old is deleted, all the same."""

import os
import time
from pathlib import Path

from rooms.audio.evidence.orders import Orders, SealOrder
from tests.audio.evidence.kept import a_ring, a_sealed_folder, files, said
from tests.audio.evidence.test_keeper import EVER, ROOM, Backstage, just_said, keeping, often, until  # noqa: F401


async def test_the_others_are_sealed(tmp_path: Path) -> None:
    a_ring(tmp_path).add(ROOM, just_said(), int(time.time() * 1000))
    (tmp_path / "evidence" / f"broken.{a_ring(tmp_path).mark(ROOM)}").mkdir(
        parents=True
    )  # nothing can be put in its place
    backstage = Backstage()
    backstage.orders = Orders(seal=(SealOrder("broken", ROOM, EVER), SealOrder("one", ROOM, EVER)))
    async with keeping(tmp_path, backstage):
        await until(lambda: backstage.sealed)
    assert backstage.sealed[0].name == "one"


async def test_what_is_old_is_deleted(tmp_path: Path) -> None:
    a_ring(tmp_path).add("long-over", just_said(), int(time.time() * 1000))
    a_ring(tmp_path).add(ROOM, just_said(), int(time.time() * 1000))
    (tmp_path / "evidence" / f"broken.{a_ring(tmp_path).mark(ROOM)}").mkdir(parents=True)
    backstage = Backstage()
    backstage.orders = Orders(seal=(SealOrder("broken", ROOM, EVER),), destroy=frozenset({"long-over"}))
    async with keeping(tmp_path, backstage):
        await until(lambda: not files(tmp_path / "ring" / "long-over"))


def test_what_a_killed_worker_left_half_is_in_nobodys_way_and_goes_with_the_rest(tmp_path: Path) -> None:
    """In a container each worker has the same process id as the one before."""
    half = tmp_path / "evidence" / f".one.{os.getpid()}"
    half.mkdir(parents=True)
    (half / "one").write_bytes(b"half")
    sealed = a_sealed_folder(tmp_path)
    assert sealed.write("one", [said(1)]).voices == {"lin": 1}
    assert sealed.read("one") == [said(1)]
    sealed.destroy("one")
    assert files(tmp_path) == []
