"""Roster equals media, without a network: times are numbers."""

from types import SimpleNamespace
from typing import Any

from rooms.audio.reconcile import (
    COME_A_SECOND,
    MOVED_SECONDS,
    NO_PEER_SECONDS,
    NOT_CONNECTED_SECONDS,
    MissingMedia,
    without_place,
)
from rooms.audio.wire import RoomTruth


def a_room(**members: Any) -> dict[str, Any]:
    """A room whose members have a call, connected or not."""
    calls = {name: SimpleNamespace(connected=connected, began=10.0) for name, connected in members.items()}
    return {"room": calls}


def on_roster(*present: str) -> list[RoomTruth]:
    return [RoomTruth("room", 1, frozenset(), frozenset(present))]


def test_a_peer_without_a_place_ends_unless_it_is_younger_than_the_reading() -> None:
    members = a_room(guest=True, host=True)["room"]
    assert without_place(members, frozenset({"host"}), began=10.0) == []
    assert without_place(members, frozenset({"host"}), began=10.1) == ["guest"]


def test_a_place_without_a_peer_is_named_after_its_time() -> None:
    missing = MissingMedia()
    assert missing.of(on_roster("a"), {}, 100.0) == {}
    assert missing.of(on_roster("a"), {}, 100.0 + NO_PEER_SECONDS - 0.1) == {}
    assert set(missing.of(on_roster("a"), {}, 100.0 + NO_PEER_SECONDS)) == {"a"}


def test_a_peer_that_connects_in_time_is_not_named_and_one_that_is_lost_begins_anew() -> None:
    missing = MissingMedia()
    missing.of(on_roster("a"), {}, 100.0)
    assert missing.of(on_roster("a"), a_room(a=True), 103.0) == {}
    assert missing.of(on_roster("a"), {}, 104.0) == {}
    assert set(missing.of(on_roster("a"), {}, 104.0 + NO_PEER_SECONDS)) == {"a"}


def test_offering_again_and_again_without_connecting_gives_no_more_time() -> None:
    missing = MissingMedia()
    named = [missing.of(on_roster("a"), a_room(a=False) if tenth % 20 else {}, tenth / 10) for tenth in range(101)]
    assert set(named[-1]) == {"a"}
    assert not any(named[: int(NOT_CONNECTED_SECONDS * 10) - 1])


def test_who_is_off_the_roster_is_forgotten() -> None:
    missing = MissingMedia()
    missing.of(on_roster("a"), {}, 100.0)
    missing.of([], {}, 101.0)
    assert missing.of(on_roster("a"), {}, 100.0 + NO_PEER_SECONDS) == {}


def test_people_of_a_room_that_was_moved_here_are_given_the_time_over_which_they_are_told_to_come() -> None:
    missing = MissingMedia()
    moved = [RoomTruth("room", 1, frozenset(), frozenset({"a"}), epoch=2)]
    came = 100.0 + MOVED_SECONDS + 1 / COME_A_SECOND
    for at in (100.0, came + NO_PEER_SECONDS - 0.1):
        assert missing.of(moved, {}, at) == {}
    assert missing.of(moved, {}, came + NO_PEER_SECONDS) == {"a": 2}
