"""The pipe between a worker's two processes."""

import socket
from collections.abc import Iterator

import pytest

from rooms.audio.control import Agree, Census, CensusWanted, Heard, OnStage, Open, Record, Unlock
from rooms.audio.pipe import Closed, Pipe


@pytest.fixture
def pipes() -> Iterator[tuple[Pipe, Pipe]]:
    one, other = socket.socketpair()
    with one, other:
        yield Pipe(one), Pipe(other)


def test_what_is_sent_arrives_as_it_was(pipes: tuple[Pipe, Pipe]) -> None:
    messages = [
        Open(1, "room", "connection", "person", 2**32 - 1, "cname", 111, True, False, "them", "us", "secret"),
        Agree(1, 96, False, True),
        Unlock(1, 7, bytes(range(28)), bytes(28)),
        Record(1, bytes(range(256))),
        OnStage("room", 3, ("a", "b")),
        Heard("房间", ("甲", "乙")),
        Census(1, {"lateness": (0.1, 0.2)}, ({"connection": "a"},)),  # type: ignore[arg-type]
    ]
    here, there = pipes
    for message in messages:
        here.send(message)
    assert there.receive() == messages
    assert there.receive() == []


def test_a_message_in_pieces_is_put_together(pipes: tuple[Pipe, Pipe]) -> None:
    here, there = pipes
    large = [Record(number, bytes([number]) * 100_000) for number in range(5)]
    for message in large:
        here.send(message)
    received = []
    while len(received) < len(large):
        received += there.receive()
        here.flush()
    assert received == large
    assert not here.waits_to_send


def test_a_side_that_is_behind_is_not_sent_what_comes_again_and_one_that_does_not_read_is_given_up(
    pipes: tuple[Pipe, Pipe],
) -> None:
    here, _there = pipes
    for _ in range(10_000):
        here.offer(Record(1, bytes(1_400)))
    assert here.waits_to_send
    here.send(CensusWanted(1))
    with pytest.raises(Closed):
        here.send(Record(1, bytes(4 << 20)))


def test_the_end_of_one_side_is_seen_by_the_other(pipes: tuple[Pipe, Pipe]) -> None:
    here, there = pipes
    there.close()
    with pytest.raises(Closed):
        here.receive()
    with pytest.raises(Closed):
        here.send(CensusWanted(1))
