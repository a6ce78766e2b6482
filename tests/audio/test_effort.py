"""A worker under load encodes less well, not less often."""

from rooms.audio.core.clock import TICK_SECONDS
from rooms.audio.core.effort import EFFORTS, Governor

SECOND = 50  # ticks


def run(governor: Governor, seconds: float, *, work: float, encoding: float) -> None:
    """So long with ticks that take these shares of their 20 ms."""
    for _ in range(int(seconds * SECOND)):
        governor.account(work * TICK_SECONDS, encoding * TICK_SECONDS)


def test_at_rest_it_tries_its_best() -> None:
    governor = Governor()
    run(governor, 60, work=0.3, encoding=0.2)
    assert governor.effort == EFFORTS[0]


def test_a_few_slow_ticks_change_nothing() -> None:
    governor = Governor()
    for _ in range(20):
        run(governor, 0.1, work=1.5, encoding=1.0)
        run(governor, 1, work=0.2, encoding=0.1)
    assert governor.effort == EFFORTS[0]


def test_under_load_it_tries_less_until_it_fits_and_no_less() -> None:
    governor = Governor()
    run(governor, 1, work=0.9, encoding=0.6)
    assert governor.effort == EFFORTS[3]  # with a third of the encoding it fits
    run(governor, 60, work=0.5, encoding=0.2)
    assert governor.effort == EFFORTS[3]


def test_where_nothing_fits_it_tries_as_little_as_it_can() -> None:
    governor = Governor()
    run(governor, 2, work=3.0, encoding=1.5)
    assert governor.effort == EFFORTS[-1]


def test_if_encoding_is_not_what_takes_the_time_quality_stays() -> None:
    governor = Governor()
    run(governor, 20, work=0.95, encoding=0.05)
    assert governor.effort == EFFORTS[0]


def test_when_the_load_is_gone_it_tries_its_best_again_but_not_at_once() -> None:
    governor = Governor()
    run(governor, 10, work=0.9, encoding=0.6)
    run(governor, 5, work=0.05, encoding=0.03)
    assert governor.effort == EFFORTS[-1]
    run(governor, 60, work=0.05, encoding=0.03)
    assert governor.effort == EFFORTS[0]


def test_what_the_better_way_would_cost_does_not_make_it_go_to_and_fro() -> None:
    """Each way costs what it costs; whatever the number of rooms, it settles."""
    for rooms in range(1, 40):
        governor, changes = Governor(), 0
        for _ in range(300 * SECOND):
            encoding = rooms * 0.03 * governor.effort.cost
            changes += governor.account((rooms * 0.008 + encoding) * TICK_SECONDS, encoding * TICK_SECONDS)
        assert changes <= 4, rooms
