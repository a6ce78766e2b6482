"""A worker that nothing reaches over the bus knows it, and says so with its beats."""

import pytest

from rooms.audio import echo, worker
from rooms.audio.echo import Echo
from tests.audio.conftest import Stage


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_silence_counts_from_the_last_that_came_back(clock: Clock) -> None:
    heard = Echo(clock)
    clock.now += 3.0
    heard.call()
    assert (heard.silent_for, heard.is_deaf) == (3.0, False)
    heard.hear()
    clock.now += 4.5
    assert (heard.silent_for, heard.is_deaf) == (4.5, True)


def test_it_is_written_down_once_each(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    heard = Echo(clock)
    for _ in range(8):
        clock.now += 1.0
        heard.call()
    assert [heard.hear(), heard.hear()] == [True, False]
    assert [record.message for record in caplog.records] == ["worker.deaf", "worker.hears_again"]


@pytest.fixture(autouse=True)
def _is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "ECHO_SECONDS", 0.02)
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.02)


async def test_a_worker_whose_bus_is_away_says_so_until_it_is_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(echo, "DEAF_AFTER_SECONDS", 0.5)
    await stage.until(lambda: bool(stage.worker.figures and stage.beats))
    for away in (True, False):
        stage.bus_is_away = away
        await stage.until(lambda away=away: stage.worker.figures["deaf"] == int(away))
        await stage.until(lambda away=away: (stage.beats[-1].deaf_for > 0.5) is away)
    assert stage.worker.readiness().state == "ready"


async def test_it_is_degraded_meanwhile(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.until(lambda: bool(stage.worker.figures))
    stage.bus_is_away = True
    monkeypatch.setattr(echo, "DEAF_AFTER_SECONDS", 0.0)
    await stage.until(lambda: stage.worker.readiness().state == "degraded")
