"""How many jobs wait in the broker, and the oldest for how long."""

import json
import os
import time
from pathlib import Path

import pytest

from config import job_queue, state
from config.doctor import jobs
from config.job_queue import SENT_AT, Waiting, waiting


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """The embedded broker's, as Celery's transport writes it."""
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    return tmp_path


def put(folder: Path, name: str, *, seconds_ago: float) -> None:
    path = folder / name
    path.write_text("{}")
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


class TestTheEmbeddedBroker:
    def test_nothing_waits(self, folder: Path) -> None:
        assert waiting() == Waiting(0, 0.0)

    def test_files_of_the_queue_are_jobs_and_others_are_not(self, folder: Path) -> None:
        put(folder, "1_a.celery.msg", seconds_ago=90)
        put(folder, "2_b.celery.msg", seconds_ago=5)
        put(folder, "0_c.celery@here.celery.pidbox.msg", seconds_ago=500)
        found = waiting()
        assert found.length == 2
        assert 90 <= found.oldest_seconds < 120

    def test_before_the_first_job_there_is_no_folder(self, folder: Path, settings) -> None:
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(folder / "not-yet")}
        assert waiting() == Waiting(0, 0.0)


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({SENT_AT: -300}, 300.0),
        ({SENT_AT: 300}, 0.0),  # a clock that is ahead
        ({}, 0.0),  # of a version that did not say when
        ({SENT_AT: None}, 0.0),
    ],
)
def test_a_job_in_redis_says_itself_when_it_was_sent(headers: dict[str, int | None], age: float) -> None:
    """Here: so many seconds from now."""
    now = time.time()
    sent = {name: now + after if after is not None else None for name, after in headers.items()}
    message = json.dumps({"headers": sent}).encode()
    assert job_queue._age(job_queue._sent_at(message)) == pytest.approx(age, abs=30)


@pytest.mark.parametrize("message", [b"not ours", b"[]", b"{}", b'{"headers": 7}'])
def test_what_is_not_ours_has_no_age(message: bytes) -> None:
    assert job_queue._sent_at(message) is None


def test_it_is_a_metric(folder: Path) -> None:
    put(folder, "1_a.celery.msg", seconds_ago=90)
    told = {sample.name: sample.value for family in state.from_broker() for sample in family.samples}
    assert told["mitalk_jobs_queue_length"] == 1
    assert told["mitalk_jobs_queue_age_seconds"] >= 90


@pytest.mark.parametrize(("seconds_ago", "verdict"), [(5.0, "ok"), (90.0, "warn")])
def test_the_doctor_says_so(folder: Path, seconds_ago: float, verdict: str) -> None:
    put(folder, "1_a.celery.msg", seconds_ago=seconds_ago)
    found = jobs._queue(alive=True)
    assert (found.id, found.verdict) == ("jobs.queue", verdict)
    assert found.what.startswith("1 wait")
