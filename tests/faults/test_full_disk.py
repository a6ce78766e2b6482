"""The disk under web, audio and jobs is full: rooms live on, it is reported, and all is as before once there is space.

A disk is full for a process whose files may not grow (RLIMIT_FSIZE): that needs no rights, and no disk. The database is on
another machine.
"""

import asyncio
import json
import urllib.request
from pathlib import Path

from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.town import Town
from tests.faults.visitor import until

REPORTED_WITHIN_SECONDS = 10.0
TOLD_WITHIN_SECONDS = 20.0  # a disk is tried at least every ten
AGAIN_WITHIN_SECONDS = 10.0
NO_GAP_OVER_SECONDS = 0.5


def fill(production: Production, *, full: bool) -> None:
    for part in production.parts:
        part.fill_disk(full)


def ring_of(town: Town) -> int:
    """How many bytes are kept of the room."""
    folder = Path(town.production.folder) / "ring" / town.room
    return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0


def disk_of_web(production: Production) -> str:
    """How the first web process, which is ready all the time, says that its disk is."""
    with urllib.request.urlopen(f"{production.url}/readyz", timeout=5) as answer:
        return json.load(answer)["parts"]["disk"]


async def is_told(production: Production, disk: str) -> None:
    """Wait until readiness says so."""
    async with asyncio.timeout(TOLD_WITHIN_SECONDS):
        while await asyncio.to_thread(disk_of_web, production) != disk:
            await asyncio.sleep(0.2)


async def test_a_full_disk(town: Town) -> None:
    await until(lambda: ring_of(town) > 0, "kept while there is space")
    fill(town.production, full=True)
    try:
        town.begin()
        await until(
            lambda: "evidence.not_kept" in town.production.audio.said(), "reported", within=REPORTED_WITHIN_SECONDS
        )
        await is_told(town.production, "media full, private full, var full")
        kept = ring_of(town)
        await town.settles()
        assert ring_of(town) == kept, "nothing more is kept"
        measured.note_people("the disk is full", "everybody", town.listening)
        assert max(person.ears.longest_gap() for person in town.listening) < NO_GAP_OVER_SECONDS
    finally:
        fill(town.production, full=False)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await until(lambda: ring_of(town) > kept, "kept again", within=AGAIN_WITHIN_SECONDS)
    measured.note("the disk has space again", "evidence is kept", clients=1, back=loop.time() - began)
    await is_told(town.production, "ok")
    await town.nothing_was_lost()
