"""A room that moved is sealed from the ring of every machine that carried it: each its part, put together when it is read."""

import time
from pathlib import Path

import pytest

from rooms.audio.evidence.orders import Orders, SealOrder
from tests.audio.evidence.kept import START_MS, a_ring, a_sealed_folder, batch, files, said
from tests.audio.evidence.test_keeper import EVER, ROOM, Backstage, just_said, keeping, often, until  # noqa: F401


def test_parts_are_read_as_one_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(5), said(6), said(7, "amara")], "second")
    sealed.write("one", [said(1), said(2)], "first")
    assert sealed.read("one", ["second", "first"]) == [said(1), said(2), said(5), said(6), said(7, "amara")]


def test_sealing_a_part_again_replaces_it_and_no_other(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1)], "first")
    sealed.write("one", [said(5)], "second")
    sealed.write("one", [said(1), said(2)], "first")
    assert sealed.read("one", ["first", "second"]) == [said(1), said(2), said(5)]


def test_what_lies_in_two_parts_is_heard_once(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1), said(2)], "first")
    sealed.write("one", [said(2), said(3)], "second")
    assert sealed.read("one", ["first", "second"]) == [said(1), said(2), said(3)]


def test_a_part_that_was_taken_away_is_missed(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1)], "first")
    sealed.write("one", [said(5)], "second")
    (tmp_path / "evidence" / "one.second").unlink()
    with pytest.raises(FileNotFoundError):
        sealed.read("one", ["first", "second"])


def test_it_is_destroyed_with_all_its_parts_and_no_others(tmp_path: Path) -> None:
    sealed = a_sealed_folder(tmp_path)
    sealed.write("one", [said(1)], "first")
    sealed.write("one", [said(5)], "second")
    sealed.write("other", [said(5)], "second")
    sealed.destroy("one")
    assert {path.name for path in files(tmp_path)} == {"other", "other.second"}


def test_workers_of_one_machine_have_one_ring_and_those_of_another_their_own(tmp_path: Path) -> None:
    here, beside, elsewhere = a_ring(tmp_path / "a"), a_ring(tmp_path / "a"), a_ring(tmp_path / "b")
    for ring in (here, beside, elsewhere):
        ring.add(ROOM, batch(1), START_MS)
    assert here.mark(ROOM) == beside.mark(ROOM) != elsewhere.mark(ROOM)
    assert here.mark("unknown") == ""


async def test_two_machines_seal_into_the_folder_that_they_share(tmp_path: Path) -> None:
    order = Orders(seal=(SealOrder("one", ROOM, EVER),))
    parts = []
    for machine, person in (("a", "lin"), ("b", "amara")):
        backstage = Backstage()
        a_ring(tmp_path / machine).add(ROOM, just_said(person), int(time.time() * 1000))
        shared = a_sealed_folder(tmp_path)
        async with keeping(tmp_path / machine, backstage, shared):
            backstage.orders = order
            await until(lambda backstage=backstage: backstage.sealed)
        parts.append(backstage.sealed[0].ring)
    assert [packet.person for packet in a_sealed_folder(tmp_path).read("one", parts)] == ["lin", "amara"]
