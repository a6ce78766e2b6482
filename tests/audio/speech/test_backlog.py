"""What waits is bounded; when there is too much, some are listened to whole and others not at all, by lot."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.speech.backlog import Backlog, rest_seconds
from rooms.audio.speech.utterances import Utterance


def utterance(person: str, seconds: float = 5.0) -> Utterance:
    return Utterance("room", person, "en", 0, bytes(2 * int(16_000 * seconds)))


def everything(backlog: Backlog) -> list[Utterance]:
    found = []
    while (each := backlog.take()) is not None:
        found.append(each)
    return found


def test_in_the_order_in_which_they_were_said() -> None:
    backlog = Backlog()
    for person in "abc":
        backlog.put(utterance(person), now=0)
    assert [each.person for each in everything(backlog)] == ["a", "b", "c"]
    assert not backlog.behind(now=0)
    assert backlog.waiting_seconds == 0


def test_too_much_leaves_out_people_rather_than_pieces() -> None:
    backlog = Backlog(most_seconds=30, lots=random.Random(1))
    for number in range(12):
        backlog.put(utterance("abcd"[number % 4]), now=number / 10)
    heard = [each.person for each in everything(backlog)]
    assert 0 < len(set(heard)) < 4
    # Of whoever was listened to from then on, all was.
    assert any(heard.count(person) == 3 for person in set(heard))
    assert backlog.left_out_seconds == 60 - 5 * len(heard)
    assert backlog.behind(now=2)
    assert not backlog.behind(now=60)


def test_the_lot_falls_anew_so_that_nobody_is_left_out_for_ever() -> None:
    backlog = Backlog(most_seconds=10, lots=random.Random(2))
    heard = set()
    for minute in range(20):
        for person in "abcd":
            backlog.put(utterance(person), now=60.0 * minute)
        heard |= {each.person for each in everything(backlog)}
    assert heard == set("abcd")


def test_of_one_person_alone_the_newest_are_kept() -> None:
    backlog = Backlog(most_seconds=10)
    for _ in range(5):
        backlog.put(utterance("a"), now=0)
    assert backlog.waiting_seconds == 10


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0.5, 15.0)), max_size=60))
def test_it_is_always_bounded_and_counts_what_it_leaves_out(puts: list[tuple[str, float]]) -> None:
    backlog, came = Backlog(most_seconds=40), 0.0
    for person, seconds in puts:
        each = utterance(person, seconds)
        came += each.seconds
        backlog.put(each, now=0)
        assert backlog.waiting_seconds <= 40.001
    assert backlog.waiting_seconds + backlog.left_out_seconds == pytest.approx(came)


def test_the_budget_is_kept_by_resting() -> None:
    assert rest_seconds(1.0, 50) == 1.0
    assert rest_seconds(1.0, 100) == 0.0
    assert rest_seconds(1.0, 10) == pytest.approx(9.0)
