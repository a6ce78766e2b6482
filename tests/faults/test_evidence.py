"""What was said is kept for a report and for nothing else: a report seals its window, also when the worker dies; of a room
that nobody reported no sound is left anywhere."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rooms.audio.codec import Decoder
from tests.environment.installation import LOSSY, Installation
from tests.environment.looking import files_in, where_is
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall
from tests.faults.visitor import Visitor, tone, until, until_lasting

TALKS, ALSO = 440, 1000
SEALED_WITHIN_SECONDS = 40.0  # a worker that was killed begins anew
SOUND = ("ring", "ring-keys", "evidence", "evidence-keys")  # the folders that may hold any


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """Its windows end a second after the report."""
    with Installation(DJANGO_SETTINGS_MODULE=LOSSY, MITALK_EVIDENCE_AFTER_SECONDS="1") as running:
        yield running


def files(installation: Installation, *folders: str) -> list[Path]:
    found = [Path(installation.environment["MITALK_VAR_DIR"]) / folder for folder in folders]
    return [path for folder in found for path in files_in(folder)]


def level_at(frequency: int, payloads: list[str]) -> float:
    """How much of a voice is this tone, 0 to 1."""
    decoder = Decoder()
    sound = np.concatenate([decoder.decode(bytes.fromhex(payload)) for payload in payloads])
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / 48_000)
    return float(power[np.abs(hertz - frequency) < 30].sum() / power.sum())


async def two_talk(hall: Hall) -> tuple[Visitor, Visitor, Visitor]:
    host, speaker, listener = await hall.enter(HOST, SPEAKER, LISTENER)
    for person, frequency in ((host, TALKS), (speaker, ALSO)):
        person.talk(frequency)
        await person.unmute()
    await listener.hears(TALKS)
    await listener.hears(ALSO)
    return host, speaker, listener


async def sealed(hall: Hall) -> dict:
    def is_sealed() -> bool:
        return any(found["state"] == "sealed" for found in hall.installation.backstage.ask("evidence", room=hall.room))

    await until(is_sealed, "sealed", within=SEALED_WITHIN_SECONDS)
    return hall.installation.backstage.ask("evidence", room=hall.room)[0]


async def report(whom: Visitor, by: Visitor) -> None:
    await by.command("person.report", person=whom.person, category="harassment", line="", message="")


async def test_a_report_seals_both_voices_as_they_came_and_what_the_gate_stopped_is_in_none(hall: Hall) -> None:
    host, speaker, listener = await two_talk(hall)
    await host.command("person.mute", person=speaker.person)
    speaker.talk(3000)  # a client that ignores it
    await listener.does_not_hear(ALSO)
    await report(host, by=listener)
    evidence = await sealed(hall)
    assert set(evidence["voices"]) == {host.person, speaker.person}
    assert level_at(TALKS, evidence["payloads"][host.person]) > 0.9
    assert level_at(ALSO, evidence["payloads"][speaker.person]) > 0.9
    assert level_at(3000, evidence["payloads"][speaker.person]) < 0.01


@pytest.mark.parametrize("confidentiality", ["on_record", "off_record"])
async def test_after_a_room_without_a_report_no_sound_is_left_anywhere(hall: Hall, confidentiality: str) -> None:
    before = set(files(hall.installation, "evidence", "evidence-keys"))
    hall.open(confidentiality=confidentiality)
    host, _speaker, _listener = await two_talk(hall)

    def of_this_room() -> list[Path]:
        return [path for path in files(hall.installation, *SOUND) if hall.room in str(path)]

    await until(of_this_room, "while it is live, there is something to seal")
    await host.command("room.end")

    assert of_this_room(), "for ten minutes it can still be reported"
    hall.installation.backstage.ask("ended_long_ago", room=hall.room, minutes=10.1)
    await until_lasting(lambda: not of_this_room(), "swept", within=SEALED_WITHIN_SECONDS)
    assert set(files(hall.installation, "evidence", "evidence-keys")) == before


async def test_a_worker_that_is_killed_costs_seconds_and_the_next_one_seals(hall: Hall) -> None:
    host, speaker, listener = await two_talk(hall)
    ring = [f"ring/{hall.room}"]
    await until(lambda: sum(path.stat().st_size for path in files(hall.installation, *ring)) > 20_000, "seconds of it")
    hall.installation.kill("audio")
    await report(host, by=listener)
    evidence = await sealed(hall)
    assert set(evidence["voices"]) == {host.person, speaker.person}
    assert level_at(TALKS, evidence["payloads"][host.person]) > 0.9


async def test_what_was_said_lies_open_nowhere_while_it_is_kept_or_after(hall: Hall) -> None:
    """By find, SQL and redis-cli: the ring is encrypted, and nothing else has it."""
    host, _speaker, _listener = await two_talk(hall)
    said = max(tone(TALKS), key=len)[4:28]
    await until(lambda: files(hall.installation, f"ring/{hall.room}"), "while it is live, it is kept")
    assert where_is(said, hall.installation) == []
    await host.command("room.end")
    assert where_is(said, hall.installation) == []

    planted = Path(hall.installation.environment["MITALK_VAR_DIR"]) / "planted"
    planted.write_bytes(b"before" + said + b"after")  # it would be seen
    try:
        assert where_is(said, hall.installation) == ["file planted"]
    finally:
        planted.unlink()
