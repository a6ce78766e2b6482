"""Whether it means anything that nothing was heard of somebody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.services.webs import beat_web, silence_counts

pytestmark = pytest.mark.django_db


def beats(name: str, *, seconds: range) -> None:
    for second in seconds:
        beat_web(name, NOW + timedelta(seconds=second))


NOW = timezone.now()


def counts_after(seconds: int) -> bool:
    return silence_counts(NOW + timedelta(seconds=seconds))


def test_it_counts_once_a_process_could_have_heard_somebody_for_long_enough() -> None:
    beats("one", seconds=range(0, 9, 2))
    assert not counts_after(8)
    beats("one", seconds=range(10, 13, 2))
    assert counts_after(12)


def test_it_does_not_while_none_says_that_it_lives() -> None:
    beats("one", seconds=range(0, 31, 2))
    assert counts_after(31)
    assert not counts_after(36)


def test_who_could_say_nothing_for_a_while_begins_again() -> None:
    """The database was away: whom the process heard meanwhile nobody could write down."""
    beats("one", seconds=range(0, 31, 2))
    beats("two", seconds=range(0, 31, 2))
    beats("one", seconds=range(60, 69, 2))
    beats("two", seconds=range(60, 69, 2))
    assert not counts_after(69)
    beats("one", seconds=range(70, 73, 2))
    assert counts_after(72)


def test_another_that_goes_on_is_enough() -> None:
    beats("killed", seconds=range(0, 31, 2))
    beats("goes on", seconds=range(0, 61, 2))
    assert counts_after(60)
