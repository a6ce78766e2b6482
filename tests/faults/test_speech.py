"""A phrase that real peers say through a real worker becomes a flag before staff; nothing else of what they say is left."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rooms.audio.bench.voice import packets, speak
from tests.audio.sounds import nothing, speech
from tests.environment.installation import LOSSY, Installation
from tests.environment.looking import files_in
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall
from tests.faults.visitor import Visitor, until

PHRASE = "send me your passport"
PLANTED = f"I have an offer for everybody here. Please {PHRASE} and then we can begin."
CLEAN = "The meeting will begin in a few minutes, so please take your seats."
LISTENED_WITHIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with Installation(
        DJANGO_SETTINGS_MODULE=LOSSY, MITALK_SPEECH_ENGINE="pocketsphinx", MITALK_SPEECH_BUDGET="100"
    ) as running:
        running.backstage.ask("listen_for", phrase=PHRASE)
        yield running


def voice(*texts: str) -> list[bytes]:
    """Said over and over: each text and then silence."""
    parts = [part for text in texts for part in (0.7 * speech(text), nothing(1.5))]
    return packets(np.concatenate(parts).astype(np.float32))


def say(person: Visitor, said: list[bytes]) -> None:
    """Send it from now on, whatever the server says."""
    person.hush()
    person._voice = asyncio.create_task(speak(person.media, said))


def flags(hall: Hall) -> list[dict]:
    return hall.installation.backstage.ask("flags", room=hall.room)


def recogniser(hall: Hall) -> dict:
    return next(iter(hall.installation.backstage.ask("recognisers")), {})


def recogniser_pid(installation: Installation) -> int | None:
    """The process, wherever it stands under the installation."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"speech.recogniser" in command and installation.environment["MITALK_VAR_DIR"].encode() in environment:
            return int(folder.name)
    return None


async def listens(hall: Hall) -> None:
    await until(lambda: recogniser(hall).get("state") == "listening", "listening", within=LISTENED_WITHIN_SECONDS)


async def listened_to(hall: Hall, seconds: float) -> None:
    """So much more speech has been listened to."""
    before = recogniser(hall)["listened_seconds"]
    await until(
        lambda: recogniser(hall)["listened_seconds"] >= before + seconds, "listened", within=LISTENED_WITHIN_SECONDS
    )


async def flagged(hall: Hall) -> None:
    await until(lambda: flags(hall), "a flag", within=LISTENED_WITHIN_SECONDS)


async def test_what_is_said_is_flagged_and_what_a_muted_person_says_is_not(hall: Hall) -> None:
    hall.open(confidentiality="off_record")  # the others here are on record
    host, speaker, _listener = await hall.enter(HOST, SPEAKER, LISTENER)
    await listens(hall)
    say(speaker, voice(PLANTED))  # never unmuted: a client that ignores it
    say(host, voice(CLEAN))
    await host.unmute()
    await listened_to(hall, 8)
    assert flags(hall) == []

    speaker.hush()
    say(host, voice(CLEAN, PLANTED))
    await flagged(hall)
    flag = flags(hall)[0]
    assert (flag["source"], flag["where"], flag["because"]) == ("speech", "stage", PHRASE)
    assert (flag["who"], flag["language"], flag["excerpt"], flag["state"]) == (HOST, "en", "", "open")
    assert flag["seconds_in"] >= 8
    assert not hall.roster()[HOST]["muted"], "a flag sanctions nobody"


async def test_a_recogniser_that_is_killed_in_mid_talk_comes_back_and_the_sound_never_stopped(hall: Hall) -> None:
    host, listener = await hall.enter(HOST, LISTENER)
    await listens(hall)
    await host.unmute()
    say(host, voice(CLEAN))
    await listened_to(hall, 3)
    pid = recogniser_pid(hall.installation)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    say(host, voice(PLANTED))
    heard = listener.ears.packets
    await until(lambda: listener.ears.packets > heard + 50, "the sound goes on", within=5)
    await flagged(hall)
    assert recogniser_pid(hall.installation) not in (None, pid)


async def test_what_staff_add_is_listened_for_at_once(hall: Hall) -> None:
    host, _listener = await hall.enter(HOST, LISTENER)
    await listens(hall)
    await host.unmute()
    say(host, voice(PLANTED.replace(PHRASE, "transfer the money tonight")))
    await listened_to(hall, 3)
    assert flags(hall) == []
    hall.installation.backstage.ask("listen_for", phrase="an offer for everybody")
    try:
        await flagged(hall)
        assert flags(hall)[0]["because"] == "an offer for everybody"
    finally:
        hall.installation.backstage.ask("listen_for", phrase="an offer for everybody", active=False)


async def test_of_a_clean_talk_no_word_and_no_sound_is_left_outside_the_ring(hall: Hall) -> None:
    host, _listener = await hall.enter(HOST, LISTENER)
    await listens(hall)
    await host.unmute()
    say(host, voice("The zebra looked at the meeting and the meeting began."))
    await listened_to(hall, 6)
    assert flags(hall) == []
    assert traces("zebra", hall.installation) == []


def traces(word: str, installation: Installation) -> list[str]:
    """Where a word that was said, or sound, is on disk outside of the ring, in the database, or in what was printed."""
    var = Path(installation.environment["MITALK_VAR_DIR"])
    found = []
    for path in files_in(var):
        with contextlib.suppress(OSError):  # gone again, or a socket
            data = b"" if "ring" in path.relative_to(var).parts[0] else path.read_bytes()
            if word.encode() in data.lower() or data.startswith((b"RIFF", b"OggS")):
                found.append(str(path))
    files = [os.readlink(each) for each in Path(f"/proc/{recogniser_pid(installation)}/fd").iterdir()]
    found += [name for name in files if name.startswith(str(var))]
    database = var / "mitalk.sqlite3"
    if database.exists():
        with sqlite3.connect(database) as connection:
            found += [row for row in connection.iterdump() if word in row.lower()]
    return found + [line for line in installation.output().splitlines() if word in line.lower()]
