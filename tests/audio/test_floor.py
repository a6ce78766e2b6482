"""Floor time: who has spoken how long, and whose turn it is."""

import pytest

from rooms.audio.core.floor import FloorTime


def test_each_persons_time_adds_up_whoever_has_the_floor() -> None:
    floor = FloorTime()
    for _ in range(10):
        floor.hear(("host", "guest"), 0.2)
    for _ in range(5):
        floor.hear(("guest",), 0.2)
    assert floor.seconds == {"host": pytest.approx(2.0), "guest": pytest.approx(3.0)}


def test_a_turn_goes_on_through_pauses_of_breath_and_ends_with_the_next_ones() -> None:
    floor = FloorTime()
    assert floor.hear(("host",), 0.2)
    for _ in range(20):
        assert not floor.hear((), 0.2)
    assert not floor.hear(("host", "guest"), 0.2)
    assert floor.held_seconds == pytest.approx(4.2)
    assert floor.hear(("guest", "host"), 0.2)
    assert (floor.holder, floor.held_seconds) == ("guest", 0.0)


def test_after_five_seconds_of_silence_it_is_nobodys_turn() -> None:
    floor = FloorTime()
    floor.hear(("host",), 0.2)
    passed = [floor.hear((), 0.2) for _ in range(30)]
    assert passed.count(True) == 1
    assert floor.holder == ""
    assert floor.seconds == {"host": 0.2}


def test_who_left_is_forgotten() -> None:
    floor = FloorTime()
    floor.hear(("host", "guest"), 0.2)
    floor.forget({"guest"})
    assert set(floor.seconds) == {"guest"}
