"""A way between workers that is blocked is said: in figures, with beats, by readiness, and once in the log."""

import logging

import pytest

from rooms.audio import control
from tests.audio.conftest import Stage


async def test_media_says_once_that_nothing_comes_and_once_that_it_comes_again(stage: Stage, monkeypatch) -> None:
    told: list[control.Message] = []
    pipe, unfed = stage.media._pipe, ["room"]
    monkeypatch.setattr(stage.media.relays, "unfed", lambda: unfed)
    monkeypatch.setattr(pipe, "send", told.append)
    for rooms in (["room"], ["room"], [], []):
        unfed[:] = rooms
        stage.media._tell_who_is_unfed()
    assert told == [control.Unfed(("room",)), control.Unfed(())]


async def test_what_no_sound_comes_of_is_given_up_though_media_says_so_once(stage: Stage, monkeypatch) -> None:
    given_up: list[list[str]] = []
    worker = stage.worker
    monkeypatch.setattr(worker, "_unfed", given_up.append)
    asked: list[set[str]] = []

    def for_the_third_time(rooms: frozenset[str], _now: float) -> list[str]:
        asked.append(set(rooms))
        return list(rooms) if asked[-3:] == [{"room"}] * 3 else []

    monkeypatch.setattr(worker._sharing, "unfed", for_the_third_time)
    worker._hear(control.Unfed(("room",)))
    await stage.until(lambda: given_up[:1] == [["room"]])


async def test_the_worker_is_degraded_and_says_which_room(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await stage.until(lambda: bool(stage.worker.figures))
    for rooms in (("one", "two"), ("two",), ()):
        stage.worker._hear(control.Unfed(rooms))
        assert stage.worker.readiness().state == ("degraded" if rooms else "ready")
    said = [(record.message, record.room) for record in caplog.records if "fed" in record.message]  # type: ignore[attr-defined]
    assert said == [
        ("worker.unfed", "one"),
        ("worker.unfed", "two"),
        ("worker.fed_again", "one"),
        ("worker.fed_again", "two"),
    ]
