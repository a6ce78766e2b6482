"""Senders that keep no rule of RTP harm nobody but themselves, and not for longer than they do it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.clock import TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.jitter import LEAST_DELAY, MOST_DELAY, MOST_PACKETS, JitterBuffer, Kind
from tests.audio.test_jitter import CORRECTING, PLAIN, START, Line, decoded


def test_a_restarted_sender_is_followed() -> None:
    line = Line()
    for number in range(30):
        line.send(number)
    line.play(35)
    again = Line(buffer=line.buffer, first_timestamp=0x9000_0000, _sent=500)
    for number in range(40, 70):
        again.send(number)
    assert len(decoded(again.play(40, first=35))) >= 29
    assert line.buffer.counters.restarts == 1


def test_a_sender_that_starts_half_a_second_back_is_another_stream() -> None:
    buffer = JitterBuffer()
    played = []
    for number in range(200):
        now = START + number * TICK_SECONDS
        buffer.push(number, number * TICK_SAMPLES - (24_000 if number >= 100 else 0), PLAIN, now)
        played.append(buffer.pop(now + 0.015).kind)
    assert played[105:] == [Kind.DECODE] * 95
    assert buffer.counters.restarts == 1


def test_sequence_numbers_that_jump_cost_nothing() -> None:
    buffer, dice, played = JitterBuffer(), random.Random(1), 0
    for number in range(200):
        now = START + number * TICK_SECONDS
        buffer.push(dice.randrange(65_536), number * TICK_SAMPLES, CORRECTING, now)
        played += buffer.pop(now + 0.015).kind is Kind.DECODE
    assert played >= 199


@pytest.mark.parametrize("step", [TICK_SAMPLES, TICK_SAMPLES // 10, 1, 0, -TICK_SAMPLES])
def test_ten_times_the_packets_are_held_within_bounds(step: int) -> None:
    buffer = JitterBuffer()
    for number in range(10_000):
        now = START + number * TICK_SECONDS / 10
        buffer.push(number & 0xFFFF, number * step & 0xFFFFFFFF, PLAIN, now)
        if number % 10 == 0:
            buffer.pop(now)
        assert len(buffer) <= MOST_PACKETS
    assert buffer.delay <= MOST_DELAY


def test_who_sends_too_fast_is_caught_up_with() -> None:
    buffer = JitterBuffer()
    for number in range(600):
        now = START + number * TICK_SECONDS / 2
        buffer.push(number & 0xFFFF, number * TICK_SAMPLES, PLAIN, now)
        if number % 2:
            buffer.pop(now)
    assert len(buffer) < 12
    assert buffer.counters.skipped > 200


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**16 - 1),
            st.integers(0, 2**32 - 1),
            st.binary(max_size=4),
            st.floats(0, 0.5),
            st.booleans(),
        ),
        max_size=200,
    )
)
def test_any_packets_at_any_times_keep_the_buffer_sound(packets: list[tuple[int, int, bytes, float, bool]]) -> None:
    buffer, now, near = JitterBuffer(), START, 0
    for sequence, timestamp, payload, wait, is_near in packets:
        now += wait
        near = near + sequence % 3_000 if is_near else timestamp
        buffer.push(sequence, near & 0xFFFFFFFF, payload, now)
        for _ in range(3):
            decision = buffer.pop(now)
            assert (decision.samples > 0) == (decision.kind is not Kind.PAUSE)
            assert decision.samples % 120 == 0
        assert len(buffer) <= MOST_PACKETS
        assert LEAST_DELAY <= buffer.delay <= MOST_DELAY
