"""When sound is shortened or lengthened: late enough not to follow every tick's lateness, soon enough not to run dry."""

from rooms.audio.core.pace import Correction, Direction, Pace

TICK = 0.02


def judged(pace: Pace, ticks: int, surplus: float, spare: float = 0.0) -> list[Correction | None]:
    return [pace.judge(surplus, spare) for _ in range(ticks)]


def test_between_nothing_and_a_tick_all_is_well() -> None:
    for surplus in (0.0, 0.01, TICK, TICK + 0.003):
        assert not any(judged(Pace(), 1_000, surplus))


def test_one_late_tick_is_no_drift() -> None:
    pace = Pace()
    for _ in range(50):
        assert judged(pace, 5, -0.001) == [None] * 5
        assert judged(pace, 5, TICK + 0.005) == [None] * 5


def test_a_drift_is_first_met_where_it_is_quiet_and_then_where_sounds_are_alike() -> None:
    tried = [correction for correction in judged(Pace(), 500, -0.001) if correction is not None]
    assert {correction.direction for correction in tried} == {Direction.LENGTHEN}
    asked = [correction.least_likeness for correction in tried]
    assert asked[0] > 1
    assert asked == sorted(asked, reverse=True)
    assert asked[-1] < 0.9


def test_what_is_spare_is_only_taken_out_where_nobody_hears_it() -> None:
    tried = [correction for correction in judged(Pace(), 5_000, 0.01, spare=0.015) if correction is not None]
    assert {correction.direction for correction in tried} == {Direction.SHORTEN}
    assert not any(correction.beyond_spare for correction in tried)
    assert min(correction.least_likeness for correction in tried) >= 0.9


def test_a_tick_too_much_is_taken_out_of_the_next_packet() -> None:
    correction = judged(Pace(), 20, TICK + 0.005)[-1]
    assert correction is not None
    assert correction.direction is Direction.SHORTEN
    assert correction.beyond_spare


def test_far_away_it_is_tried_at_once_and_in_the_end_anywhere() -> None:
    for surplus in (-0.03, 0.1):
        tried = judged(Pace(), 200, surplus)
        assert tried[0] is not None
        assert tried[-1] is not None
        assert tried[-1].least_likeness <= -1


def test_after_a_correction_it_rests() -> None:
    pace = Pace()
    assert judged(pace, 20, -0.004)[-1] is not None
    pace.corrected(-0.004)
    assert judged(pace, 4, -0.004) == [None] * 4
    assert judged(pace, 1, -0.004) != [None]
