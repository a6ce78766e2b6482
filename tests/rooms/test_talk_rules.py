"""The rules of chat, questions and links, without a database."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.errors import Code, Refused
from rooms.domain.links import host_of
from rooms.domain.pace import CHAT, Pace, seconds_to_wait
from rooms.domain.roles import Act, Position, Role
from rooms.domain.snapshot import Person, Phase
from rooms.domain.talk import (
    MOST_ANSWERED_QUESTIONS,
    demand_may,
    demand_own_or_runs_it,
    in_rank,
    waits_for_slow_mode,
)

LISTENER = Person("listener", Role.MEMBER, Position.AUDIENCE)
GUEST = Person("guest", Role.GUEST, Position.AUDIENCE)
MODERATOR = Person("moderator", Role.MODERATOR, Position.AUDIENCE)
STAFF = Person("staff", Role.STAFF, Position.AUDIENCE)


def refusal(actor: Person, act: Act, phase: Phase = Phase.LIVE, *, frozen: bool = False) -> Code | None:
    try:
        demand_may(actor, act, phase, frozen=frozen)
    except Refused as refused:
        return refused.code
    return None


def test_members_write_in_a_live_room_that_is_not_frozen() -> None:
    for act in (Act.CHAT, Act.REACT, Act.ASK, Act.VOTE):
        assert refusal(LISTENER, act) is None
        assert refusal(GUEST, act) is refusal(STAFF, act) is Code.NOT_ALLOWED
        assert refusal(LISTENER, act, frozen=True) is Code.ROOM_FROZEN
        assert refusal(LISTENER, act, Phase.ENDED) is Code.ROOM_ENDED
        assert refusal(LISTENER, act, Phase.SCHEDULED) is Code.ROOM_NOT_OPEN


def test_a_frozen_room_is_still_cleaned_up() -> None:
    assert refusal(MODERATOR, Act.REMOVE_MESSAGE, frozen=True) is None
    assert refusal(STAFF, Act.REMOVE_MESSAGE, frozen=True) is None


def test_one_takes_back_ones_own_and_those_who_run_the_room_anything() -> None:
    demand_own_or_runs_it(LISTENER, "listener")
    for actor in (MODERATOR, STAFF):
        demand_own_or_runs_it(actor, "listener")
        demand_own_or_runs_it(actor, "")
    for author in ("another", ""):
        with pytest.raises(Refused, match=Code.NOT_ALLOWED):
            demand_own_or_runs_it(LISTENER, author)


def test_slow_mode_is_not_for_those_who_run_the_room() -> None:
    assert [role for role in Role if not waits_for_slow_mode(role)] == [Role.MODERATOR, Role.HOST]


@pytest.mark.parametrize(
    ("said_at", "slow_mode", "now", "wait"),
    [(None, 30, 100.0, 0), (100.0, 0, 100.0, 0), (100.0, 30, 100.0, 30), (100.0, 30, 129.2, 1), (100.0, 30, 130.0, 0)],
)
def test_how_long_one_waits(said_at: float | None, slow_mode: int, now: float, wait: int) -> None:
    assert seconds_to_wait(said_at, slow_mode, now) == wait


def test_a_pace_lets_a_burst_through_and_then_one_in_a_while() -> None:
    due, passed = 0.0, []
    for tenth in range(200):
        step = CHAT.step(due, tenth / 10)
        if step is not None:
            due = step
            passed.append(tenth / 10)
    assert passed[: CHAT.burst] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert all(later - earlier == pytest.approx(CHAT.every, abs=0.11) for earlier, later in pairwise(passed[5:]))


@given(waits=st.lists(st.floats(0, 5), max_size=60))
def test_a_pace_never_lets_more_through_than_it_says(waits: list[float]) -> None:
    pace, due, now, passed = Pace(every=1.0, burst=3), 0.0, 0.0, 0
    for wait in waits:
        now += wait
        step = pace.step(due, now)
        if step is not None:
            due, passed = step, passed + 1
    assert passed <= pace.burst + now / pace.every


@dataclass(frozen=True)
class Asked:
    """A question as its place is decided."""

    asked_at: str
    votes: int = 0
    seconds_in: int = -1


def test_the_most_wanted_stands_first_and_what_was_answered_last() -> None:
    old, new, wanted = Asked("1"), Asked("2"), Asked("3", votes=2)
    early, late = Asked("0", votes=9, seconds_in=60), Asked("4", seconds_in=300)
    assert in_rank([early, new, late, old, wanted]) == [wanted, old, new, late, early]
    many = [Asked(str(place), seconds_in=place) for place in range(MOST_ANSWERED_QUESTIONS + 5)]
    assert in_rank(many)[-1] == many[5]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org", "example.org"),
        ("https://example.org:8443/a?b=c#d", "example.org:8443"),
        ("https://EXAMPLE.org:443/", "example.org"),
        ("https://пример.example/", "xn--e1afmkfd.example"),
    ],
)
def test_a_link_shows_its_host_so_that_no_letter_looks_like_another(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org",
        "javascript:alert(1)",
        "https:example.org",
        "https://",
        "https://localhost/",
        "https://example.org@evil.example/",
        "https://user:password@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/ a",
        "https://example.org/\u202e",
        "https://example.org:port/",
        "https://[::1",
        'https://example.org/"onclick="',
        "https://example.org/" + "a" * 500,
    ],
)
def test_what_hides_where_it_leads_is_no_link(url: str) -> None:
    with pytest.raises(Refused, match=Code.LINK_INVALID):
        host_of(url)
