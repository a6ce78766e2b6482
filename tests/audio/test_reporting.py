"""One measurement for placing, for operators and for what listeners cost."""

from typing import Any

import pytest

from rooms.audio.core.figures import LATENESS_BOUNDS
from rooms.audio.reporting import BEYOND_MEASURE_MS, Reporting
from rooms.audio.wire import Load

LATE = len(LATENESS_BOUNDS)


class Machine:
    """A worker's clock and what its control process used."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cpu = 0.0
        self.reporting = Reporting(lambda: self.now, lambda: self.cpu)
        self.late = [0] * (LATE + 1)

    def second(self, *, media: float = 0.0, control: float = 0.0, late: int = 0) -> None:
        """One more passes: seconds of CPU of both processes, and in which bucket its fifty ticks were."""
        self.now += 1
        self.cpu += control
        self.late[late] += 50
        self._media = getattr(self, "_media", 0.0) + media
        told: dict[str, Any] = {"cpu_seconds": self._media, "octets": 0, "ticks": 0, "skipped": 0}
        self.reporting.hear({**told, "late": list(self.late)}, rooms=1, peers=2)

    def load(self) -> Load:
        return self.reporting.load(people=2, most_people=10, disk="")


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_before_media_told_anything_there_is_nothing_to_say(machine: Machine) -> None:
    assert machine.reporting.figures == {}
    assert machine.reporting.used()[0] is None
    assert machine.load() == Load(2, 10, late_ms=0, cpu_percent=0)


def test_both_processes_are_one_load(machine: Machine) -> None:
    for _ in range(3):
        machine.second(media=0.5, control=0.1)
    assert machine.load().cpu_percent == 60
    assert machine.reporting.figures["cpu_seconds"] == pytest.approx(1.8)


def test_a_beat_tells_of_the_last_seconds_and_not_of_what_was_long_ago(machine: Machine) -> None:
    machine.second(media=1.0, late=LATE)
    machine.second(media=1.0, late=LATE)
    assert machine.load().late_ms == BEYOND_MEASURE_MS
    for _ in range(6):
        machine.second(late=1)
    assert (machine.load().late_ms, machine.load().cpu_percent) == (1, 0)


def test_one_late_tick_in_a_hundred_does_not_make_a_worker_late(machine: Machine) -> None:
    machine.second(late=1)
    machine.late[LATE] += 2
    for _ in range(4):
        machine.second(late=1)
    assert machine.load().late_ms == 1


def test_what_could_not_be_kept_is_of_the_next_time(machine: Machine) -> None:
    machine.second(media=1.0)
    assert machine.reporting.used()[0] is None  # the first is where it begins
    machine.second(media=1.0)
    usage, _kept = machine.reporting.used()
    assert usage is not None
    assert usage.cpu_seconds == pytest.approx(1.0)
    machine.second(media=1.0)
    usage, kept = machine.reporting.used()
    assert usage is not None
    assert usage.cpu_seconds == pytest.approx(2.0)
    kept()
    usage, _kept = machine.reporting.used()
    assert usage is not None
    assert usage.cpu_seconds == pytest.approx(0.0)


def test_rooms_that_get_no_sound_from_elsewhere_are_said_with_the_beat(machine: Machine) -> None:
    machine.second()
    machine.reporting.note_unfed(frozenset({"one", "two"}))
    assert machine.load().unfed == 2
    machine.reporting.note_unfed(frozenset())
    assert machine.load().unfed == 0


def test_how_long_media_said_nothing(machine: Machine) -> None:
    machine.second()
    machine.now += 4
    assert machine.reporting.silent_for(machine.now) == 4
