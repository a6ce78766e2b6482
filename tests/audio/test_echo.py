"""A worker that nothing reaches over the bus knows it, and says so with its beats."""

import pytest

from rooms.audio import worker
from rooms.audio.echo import Echo
from tests.audio.conftest import Stage


def test_one_call_that_is_lost_or_late_makes_nobody_deaf() -> None:
    echo = Echo()
    for _ in range(3):
        echo.call()
    assert not echo.is_deaf
    echo.hear()
    echo.call()
    assert not echo.is_deaf


def test_it_is_written_down_once_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    echo = Echo()
    for _ in range(6):
        echo.call()
    assert echo.is_deaf
    echo.hear()
    echo.hear()
    assert not echo.is_deaf
    assert [record.message for record in caplog.records] == ["worker.deaf", "worker.hears_again"]


@pytest.fixture(autouse=True)
def _calls_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "ECHO_SECONDS", 0.02)
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.02)


async def test_a_worker_whose_bus_is_away_says_so_until_it_is_back(stage: Stage) -> None:
    await stage.until(lambda: bool(stage.worker.figures and stage.beats))
    assert not stage.beats[-1].deaf
    for away in (True, False):
        stage.bus_is_away = away
        await stage.until(lambda away=away: stage.beats[-1].deaf is away)
        assert stage.worker.readiness().state == ("degraded" if away else "ready")
        assert stage.worker.figures["deaf"] == int(away)
