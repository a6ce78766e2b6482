"""The keeper writes what it is given, seals what was reported, deletes what is over, and is harmless when it cannot."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rooms.audio import keeper as keepers
from rooms.audio.evidence.orders import Orders, Sealed, SealOrder
from rooms.audio.evidence.packets import VoicePacket, pack
from rooms.audio.evidence.ring import Span
from rooms.audio.evidence.sealed import SealedFolder
from rooms.audio.keeper import Keeper
from tests.audio.evidence.kept import a_ring, a_sealed_folder, files

ROOM = "a-room"
EVER = Span(0, 1 << 50)


class Backstage:
    """Stands for the database."""

    def __init__(self) -> None:
        self.orders = Orders()
        self.sealed: list[Sealed] = []
        self.asked: Mapping[str, str] = {}
        self.away = False

    def ask(self, rings: Mapping[str, str]) -> Orders:
        self.asked = rings
        if self.away:
            raise ConnectionError("the database is away")
        return self.orders

    def take(self, sealed: Sealed) -> None:
        self.sealed.append(sealed)
        self.orders = Orders()


@asynccontextmanager
async def keeping(
    folder: Path, backstage: Backstage, sealed_folder: SealedFolder | None = None
) -> AsyncIterator[Keeper]:
    keeper = Keeper(
        a_ring(folder), sealed_folder or a_sealed_folder(folder), orders=backstage.ask, sealed=backstage.take
    )
    running = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        keeper.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepers, "TEND_SECONDS", 0.05)


def just_said(person: str = "lin") -> bytes:
    return pack([VoicePacket(person, int(time.time() * 1000), 0, b"opus")])


@pytest.mark.parametrize("ahead_ms", [600_000, -600_000])
async def test_what_is_sealed_by_a_wrong_clock_goes_by_everybodys_time(tmp_path: Path, ahead_ms: int) -> None:
    backstage, true_ms = Backstage(), int(time.time() * 1000) - ahead_ms
    async with keeping(tmp_path, backstage) as keeper:
        keeper.keep(ROOM, just_said())
        await until(lambda: files(tmp_path / "ring"))
        around = Span(true_ms - 60_000, true_ms + 60_000)
        backstage.orders = Orders(seal=(SealOrder("one", ROOM, around, ahead_ms),))
        await until(lambda: backstage.sealed)
    (packet,) = a_sealed_folder(tmp_path).read("one", [backstage.sealed[0].ring])
    assert around.holds(packet.at_ms)


async def test_a_report_seals_what_was_said_and_nothing_else_is_left(tmp_path: Path) -> None:
    backstage = Backstage()
    async with keeping(tmp_path, backstage) as keeper:
        for person in ("lin", "amara", "lin"):
            keeper.keep(ROOM, just_said(person))
        await until(lambda: files(tmp_path / "ring"))
        backstage.orders = Orders(seal=(SealOrder("one", ROOM, EVER),))
        await until(lambda: backstage.sealed)
        (sealed,) = backstage.sealed
        assert sealed.kept.voices == {"lin": 2, "amara": 1}
        assert sealed.kept.bytes == sum(path.stat().st_size for path in files(tmp_path / "evidence"))
        backstage.orders = Orders(destroy=frozenset({ROOM}))
        await until(lambda: not files(tmp_path / "ring"))
    assert {packet.person for packet in a_sealed_folder(tmp_path).read("one", [sealed.ring])} == {"lin", "amara"}
    assert len(files(tmp_path)) == 2


async def test_what_a_killed_worker_left_is_sealed_by_the_next(tmp_path: Path) -> None:
    left = a_ring(tmp_path)
    left.add(ROOM, just_said(), int(time.time() * 1000))
    backstage = Backstage()
    backstage.orders = Orders(seal=(SealOrder("one", ROOM, EVER), SealOrder("two", "of another machine", EVER)))
    async with keeping(tmp_path, backstage):
        await until(lambda: backstage.sealed)
    assert backstage.asked == {ROOM: left.mark(ROOM)}
    assert [(sealed.name, sealed.kept.voices) for sealed in backstage.sealed] == [("one", {"lin": 1})]


async def test_leftovers_of_rooms_that_ended_are_swept_at_the_start(tmp_path: Path) -> None:
    a_ring(tmp_path).add(ROOM, just_said(), int(time.time() * 1000))
    backstage = Backstage()
    backstage.orders = Orders(destroy=frozenset({ROOM}))
    async with keeping(tmp_path, backstage):
        await until(lambda: not files(tmp_path))


async def test_without_the_database_nothing_grows_old_and_an_ended_room_keeps_its_last_minutes(tmp_path: Path) -> None:
    long_ago = int(time.time() * 1000) - 3_600_000
    a_ring(tmp_path).add("ended", just_said(), long_ago)
    backstage = Backstage()
    backstage.orders = Orders(ended=frozenset({"ended"}))
    async with keeping(tmp_path, backstage):
        await until(lambda: backstage.asked)
        backstage.away = True
        a_ring(tmp_path).add(ROOM, just_said(), long_ago)
        await until(lambda: not files(tmp_path / "ring" / ROOM))
        assert files(tmp_path / "ring" / "ended")


async def test_a_full_disk_costs_what_it_cannot_take_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(tmp_path, Backstage()) as keeper:
        with monkeypatch.context() as broken:

            def full(*arguments: object) -> None:
                raise OSError("no space left on device")

            broken.setattr(type(keeper._ring), "add", full)
            keeper.keep(ROOM, just_said())
            await until(lambda: "evidence.not_kept" in caplog.text)
        keeper.keep(ROOM, just_said())
        await until(lambda: files(tmp_path / "ring"))


async def test_a_room_that_cannot_be_kept_costs_the_others_nothing(tmp_path: Path) -> None:
    async with keeping(tmp_path, Backstage()) as keeper:
        for room in ("a/b", ROOM):  # the first is no name for a folder
            keeper.keep(room, just_said())
        await until(lambda: files(tmp_path / "ring"))
    assert {path.parent.name for path in files(tmp_path / "ring")} == {ROOM}


async def test_evidence_whose_disk_hangs_keeps_nothing_from_the_ring(tmp_path: Path) -> None:
    goes_on = threading.Event()
    backstage = Backstage()
    async with keeping(tmp_path, backstage) as keeper:
        keeper.disks.look = goes_on.wait  # type: ignore[assignment]
        try:
            for person in ("lin", "amara"):
                before = len(backstage.asked)
                keeper.keep(f"room-of-{person}", just_said(person))
                await until(lambda before=before: len(backstage.asked) > before)
        finally:
            goes_on.set()
