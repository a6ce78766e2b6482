"""What `bench enumeration` makes of timings."""

from rooms.bench.enumeration import overlap, slower

SOME = [float(value) for value in range(100)]


def test_distributions_that_are_one_overlap_whole() -> None:
    assert round(overlap(SOME, SOME), 9) == 1
    assert slower(SOME, SOME) == 0.5


def test_those_that_do_not_meet_overlap_nowhere() -> None:
    later = [value + 1000 for value in SOME]
    assert overlap(SOME, later) == 0
    assert (slower(SOME, later), slower(later, SOME)) == (0, 1)


def test_those_that_meet_half_way_overlap_by_half() -> None:
    later = [value + 50 for value in SOME]
    assert 0.4 <= overlap(SOME, later) <= 0.6
    assert slower(SOME, later) < 0.25
