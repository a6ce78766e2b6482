"""Whether disks can be written: by the last attempt, in every process alike, and as a state that ends when it is over."""

import errno
import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import readiness
from config.jobs import readiness as readiness_of_jobs
from config.state import from_disks
from moderation.staff import workers
from rooms import folders
from rooms.seeing import disks
from rooms.seeing.disks import Disks, attempt, said


@contextmanager
def a_full_disk() -> Iterator[None]:
    """No file of this process may grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_an_attempt_leaves_nothing_and_says_what_hindered_it(tmp_path: Path) -> None:
    assert attempt(tmp_path) is None
    with a_full_disk():
        error = attempt(tmp_path)
    assert disks.word_of(error) == "full"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    assert attempt(tmp_path / "not" / "yet") is None
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "forbidden"),
        (errno.EIO, "broken"),
        (errno.ESTALE, "failing"),
    ],
)
def test_what_hinders_has_a_word(number: int, word: str) -> None:
    assert disks.word_of(OSError(number, "as the system says it")) == word


def test_the_state_is_that_of_the_last_attempt_and_not_older_than_ten_seconds(tmp_path: Path, clock: Clock) -> None:
    kept = Disks({"media": tmp_path}, clock)
    assert kept.states() == {}  # nobody tried
    assert kept.look() == {"media": "ok"}
    with a_full_disk():
        assert kept.look() == {"media": "ok"}  # a moment ago it could
        clock.now += disks.TRIED_EVERY_SECONDS
        assert kept.look() == {"media": "full"}
    assert kept.states() == {"media": "full"}
    clock.now += disks.TRIED_EVERY_SECONDS
    assert kept.look() == {"media": "ok"}


def test_who_writes_anyway_says_how_it_went_and_a_change_is_logged_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept = Disks({"ring": tmp_path}, clock)
    for error in (None, OSError(errno.ENOSPC, ""), OSError(errno.ENOSPC, ""), None):
        kept.note("ring", error)
        assert kept.states() == {"ring": "full" if error else "ok"}
    assert [(record.message, record.part) for record in caplog.records] == [  # type: ignore[attr-defined]
        ("disk.not_writable", "ring"),
        ("disk.writable_again", "ring"),
    ]


def test_all_of_them_in_a_line() -> None:
    assert said({"media": "ok", "var": "ok"}) == "ok"
    assert said({"media": "full", "ring": "ok", "private": "broken"}) == "media full, private broken"


@pytest.fixture
def own_disks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each look tries."""
    monkeypatch.setattr(disks, "TRIED_EVERY_SECONDS", 0.0)
    folders.own_disks.cache_clear()
    yield
    folders.own_disks.cache_clear()


@pytest.mark.django_db
class TestEverybodySaysSo:
    def test_web_by_readiness_and_metrics(self, own_disks: None) -> None:
        assert readiness.disk_part() == {"disk": "ok"}
        with a_full_disk():
            full = readiness.disk_part()
        assert full == {"disk": "media full, private full, var full"}
        (family,) = [family for family in from_disks() if family.name == "mitalk_disk_writable"]
        assert {sample.labels["folder"]: sample.value for sample in family.samples} == dict.fromkeys(
            ("media", "private", "var"), 0.0
        )

    def test_jobs_are_degraded_and_go_on(self, own_disks: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rooms.selectors.jobs_now", lambda: ["one"])
        monkeypatch.setattr("django.db.connections.close_all", lambda: None)
        assert readiness_of_jobs().state == "ready"
        with a_full_disk():
            found = readiness_of_jobs()
        assert (found.state, found.is_ready) == ("degraded", True)

    def test_staff_see_it(self, own_disks: None) -> None:
        with a_full_disk():
            shown = workers.page()["disks"]
        assert {(disk.name, disk.state, disk.is_well) for disk in shown} == {
            (name, "full", False) for name in ("media", "private", "var")
        }
