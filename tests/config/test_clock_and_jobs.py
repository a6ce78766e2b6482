"""The clock and the jobs, whose machines may go by different times: what piles up is dropped by neither of their clocks."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings

from config import jobs, runs
from config.beat import SteadyScheduler
from config.celery import app as jobs_app
from config.runs import Runs

EVERY = 2.0
AN_HOUR = 3600
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


class TestWhatWaitedTooLong:
    """`Runs`: time is an argument."""

    def test_of_an_hour_of_copies_one_is_done(self) -> None:
        going = Runs()
        taken = [going.take("sweep", EVERY, 100 + number / 2000) for number in range(1800)]
        assert taken == [True] + [False] * 1799

    def test_in_step_each_is_done_also_when_one_is_late(self) -> None:
        going = Runs()
        sent = [0.0, 2.7, 4.0, 6.9, 8.0]
        assert all(going.take("sweep", EVERY, now) for now in sent)

    def test_none_is_done_beside_one_that_goes_on(self) -> None:
        going = Runs()
        going.begin("sweep", "slow", 0.0)
        assert not any(going.take("sweep", EVERY, now) for now in range(1, 50, 2))
        going.end("sweep", "slow")
        assert going.take("sweep", EVERY, 51)

    def test_one_whose_end_is_never_heard_of_holds_up_the_others_for_a_minute(self) -> None:
        going = Runs()
        going.begin("sweep", "lost", 0.0)
        assert not going.take("sweep", EVERY, 59)
        assert going.take("sweep", EVERY, 61)

    def test_tasks_know_nothing_of_each_other(self) -> None:
        going = Runs()
        assert all(going.take(task, EVERY, 0) for task in ("sweep", "send"))


class TestAWorker:
    """Celery's own, with a broker in memory."""

    @pytest.fixture
    def done(self) -> Counter[str]:
        return Counter()

    @pytest.fixture
    def app(self, done: Counter[str], monkeypatch: pytest.MonkeyPatch) -> Celery:
        fresh = Runs()
        for module in (runs, jobs):
            monkeypatch.setattr(module, "RUNS", fresh)
        app = Celery("tests", broker="memory://", task_cls="config.jobs:MeasuredTask", set_as_current=False)
        app.conf.update(
            broker_transport_options={"polling_interval": 0.01},
            task_ignore_result=True,
            task_acks_late=True,
            worker_prefetch_multiplier=1,
        )
        app.conf.beat_schedule = {"sweep": {"task": "sweep", "schedule": float(AN_HOUR)}}

        @app.task(name="sweep", shared=False)
        def sweep() -> None:
            done.update(["sweep"])

        @app.task(name="last", shared=False)
        def last() -> None:
            done.update(["last"])

        app.control.purge()
        return app

    def work_off(self, app: Celery, done: Counter[str]) -> None:
        app.send_task("last")
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
            end = time.monotonic() + 20
            while not done["last"]:
                assert time.monotonic() < end, done
                time.sleep(0.01)

    def test_of_700_runs_that_the_clock_sent_while_nobody_was_there_it_does_one(
        self, app: Celery, done: Counter[str], tmp_path: Path
    ) -> None:
        clock = SteadyScheduler(app, schedule_filename=str(tmp_path / "beat"))
        for _ in range(700):
            clock.apply_async(clock.schedule["sweep"])
        clock.close()
        self.work_off(app, done)
        assert done["sweep"] == 1

    def test_what_somebody_else_asked_for_is_done_as_often_as_it_was(self, app: Celery, done: Counter[str]) -> None:
        for _ in range(5):
            app.send_task("sweep")
        self.work_off(app, done)
        assert done["sweep"] == 5

    @pytest.mark.parametrize("ahead", [-2 * TEN_MINUTES, 2 * TEN_MINUTES])
    def test_what_a_clock_sent_that_is_wrong_is_done(
        self, app: Celery, done: Counter[str], tmp_path: Path, ahead: timedelta
    ) -> None:
        clock = SteadyScheduler(app, schedule_filename=str(tmp_path / "beat"))
        with time_machine.travel(datetime.now(UTC) + ahead):
            clock.apply_async(clock.schedule["sweep"])
        clock.close()
        self.work_off(app, done)
        assert done["sweep"] == 1


class Sending(SteadyScheduler):
    """Notes what it sends."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.sent: list[str] = []
        super().__init__(*arguments, **more)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.sent.append(entry.name)

    @property
    def producer(self) -> None:  # type: ignore[override]
        return None

    def ticks(self) -> list[str]:
        """All that is due now."""
        self.sent.clear()
        while self.tick() == 0:
            pass
        return list(self.sent)


class TestAClockThatIsSetBack:
    """Beat as it runs, and as it is started again with what it noted."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> str:
        return str(tmp_path / "beat")

    def clock(self, file: str) -> Sending:
        app = Celery("tests", broker="memory://", set_as_current=False)
        app.conf.beat_schedule = {"sweep": {"task": "sweep", "schedule": EVERY}}
        return Sending(app, schedule_filename=file)

    @pytest.fixture
    def now(self) -> Iterator[time_machine.Traveller]:
        with time_machine.travel(NOON, tick=False) as traveller:
            yield traveller

    def test_it_goes_on_by_its_new_time(self, file: str, now: time_machine.Traveller) -> None:
        clock = self.clock(file)
        clock.ticks()
        now.shift(EVERY)
        assert clock.ticks() == ["sweep"]
        now.shift(-TEN_MINUTES)
        assert clock.ticks() == []
        for _ in range(3):
            now.shift(EVERY)
            assert clock.ticks() == ["sweep"]

    def test_what_it_noted_in_a_time_to_come_was_done_now(self, file: str, now: time_machine.Traveller) -> None:
        before = self.clock(file)
        before.ticks()
        now.shift(EVERY)
        assert before.ticks() == ["sweep"]
        before.close()
        now.shift(-TEN_MINUTES)
        after = self.clock(file)
        after.ticks()
        now.shift(EVERY)
        assert after.ticks() == ["sweep"]

    def test_what_was_not_done_in_a_day_is_done_at_once(self, file: str, now: time_machine.Traveller) -> None:
        before = self.clock(file)
        before.ticks()
        before.close()
        now.shift(timedelta(days=1))
        assert self.clock(file).ticks() == ["sweep"]


def test_nothing_of_the_schedule_is_dropped_by_anybodys_clock() -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert not [name for name, entry in schedule.items() if "expires" in entry.get("options", {})]
    names = [entry["task"] for entry in schedule.values()]
    assert sorted(names) == sorted(set(names)), "a task is known by its name"
    assert jobs_app.conf.beat_scheduler == "config.beat:SteadyScheduler"
