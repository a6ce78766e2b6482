"""What is learnt of a network from when packets come."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.arrivals import Arrivals
from rooms.audio.core.clock import TICK_SECONDS

START = 1000.0


@given(st.lists(st.tuples(st.floats(0, 0.06), st.floats(-1, 1)), min_size=1, max_size=600))
def test_the_earliest_transit_is_the_least_of_the_last_seconds(packets: list[tuple[float, float]]) -> None:
    arrivals, now, noted = Arrivals(), START, []
    for wait, transit in packets:
        now += wait
        arrivals.note(transit, now)
        noted.append((now, transit))
        recent = [transit for when, transit in noted if when > now - 3.9]
        assert arrivals.earliest is not None
        assert arrivals.earliest <= min(recent)
        assert arrivals.earliest >= min(transit for when, transit in noted if when > now - 15.0)
        assert 0 <= arrivals.spread <= 2


def held(jitter: Callable[[], float]) -> float:
    arrivals, now = Arrivals(), START
    for number in range(500):
        now = START + number * TICK_SECONDS
        arrivals.note(jitter(), now)
    return arrivals.spread


def test_regular_jitter_is_measured_whole_and_rare_outliers_are_not() -> None:
    dice = random.Random(1)
    assert held(lambda: dice.random() * 0.05) == pytest.approx(0.049, abs=0.002)
    assert held(lambda: 0.3 if dice.random() < 0.01 else 0.0) < 0.001


def test_after_a_long_silence_the_clocks_are_compared_anew() -> None:
    arrivals = Arrivals()
    for number in range(100):
        arrivals.note(0.0, START + number * TICK_SECONDS)
    arrivals.note(0.2, START + 3_600)  # an hour at 55 ppm
    assert arrivals.earliest == 0.2
    assert arrivals.spread == 0.0
