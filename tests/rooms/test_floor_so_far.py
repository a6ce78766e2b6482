"""Floor time as a room's pages are told it, across workers."""

from rooms.domain.floor import FloorSoFar


def test_what_a_worker_counts_is_what_is_told() -> None:
    floor = FloorSoFar()
    floor.hear({"host": 40, "guest": 7}, "guest", 3, now=100.0)
    assert (floor.seconds, floor.holder) == ({"host": 40, "guest": 7}, "guest")


def test_a_turn_goes_on_between_two_reports_and_nobodys_takes_no_time() -> None:
    floor = FloorSoFar()
    floor.hear({"host": 40}, "host", 3, now=100.0)
    assert floor.held(104.5) == 7
    floor.hear({"host": 40}, "", 0, now=110.0)
    assert floor.held(120.0) == 0


def test_another_worker_begins_at_nothing_and_nothing_is_lost() -> None:
    floor = FloorSoFar()
    floor.hear({"host": 40, "guest": 7}, "host", 3, now=100.0)
    floor.hear({"host": 2}, "host", 2, now=110.0)
    assert floor.seconds == {"host": 42}
    floor.hear({"host": 2, "guest": 1}, "guest", 0, now=112.0)
    assert floor.seconds == {"host": 42, "guest": 8}
    floor.hear({"guest": 0}, "guest", 0, now=113.0)
    floor.hear({"host": 1}, "host", 0, now=114.0)
    assert floor.seconds == {"host": 43}
