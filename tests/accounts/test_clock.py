"""Processes whose clocks are apart go by the database's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import clock

pytestmark = pytest.mark.django_db
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_is_put_right_by_a_server_and_left_alone_on_one_machine(minutes: int) -> None:
    true = timezone.now()
    with time_machine.travel(true + timedelta(minutes=minutes), tick=True):
        clock.agree()
        wrong = timedelta(minutes=minutes if connection.vendor == "sqlite" else 0)
        assert abs(clock.now() - true - wrong) < 10 * A_SECOND


def test_one_that_is_right_is_left_alone() -> None:
    clock.agree()
    assert clock.ahead() == timedelta()


def test_the_database_is_asked_seldom(django_assert_num_queries) -> None:
    clock.agree()
    with django_assert_num_queries(0):
        clock.agree()


def test_whoever_never_asked_goes_by_their_own() -> None:
    assert abs(clock.now() - timezone.now()) < A_SECOND
