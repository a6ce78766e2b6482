"""The jitter buffer, driven through hours in milliseconds: time is an argument."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.clock import TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.jitter import MOST_DELAY, JitterBuffer, Kind

START = 1000.0


@dataclass
class Line:
    """A speaker who sends a packet every 20 ms, a network in between, a mixer that asks every 20 ms."""

    buffer: JitterBuffer = field(default_factory=JitterBuffer)
    arrivals: list[tuple[float, int]] = field(default_factory=list)  # time, packet number
    first_timestamp: int = 0

    def send(self, number: int, *, late_by: float = 0.0, rate: float = 1.0) -> None:
        self.arrivals.append((START + number * TICK_SECONDS * rate + late_by, number))

    def play(self, ticks: int) -> list[tuple[Kind, int | None]]:
        """Each tick's decision and, for DECODE and RECOVER, the packet that its payload names."""
        waiting = sorted(self.arrivals)
        decisions: list[tuple[Kind, int | None]] = []
        for tick in range(ticks):
            now = START + tick * TICK_SECONDS + 0.001
            while waiting and waiting[0][0] <= now:
                arrived, number = waiting.pop(0)
                timestamp = (self.first_timestamp + number * TICK_SAMPLES) & 0xFFFFFFFF
                self.buffer.push(timestamp, b"%06d" % number, arrived)
            decision = self.buffer.pop(now)
            if decision is None:
                continue
            if decision.kind is not Kind.PAUSE:
                self.buffer.played(TICK_SAMPLES)
            decisions.append((decision.kind, int(decision.payload) if decision.payload else None))
        return decisions


def decoded(decisions: list[tuple[Kind, int | None]]) -> list[int]:
    return [number for kind, number in decisions if kind is Kind.DECODE and number is not None]


def test_a_clean_line_is_played_in_order_and_whole() -> None:
    line = Line()
    for number in range(100):
        line.send(number)
    assert decoded(line.play(110)) == list(range(100))
    assert line.buffer.counters.lost == line.buffer.counters.late == 0


def test_a_clean_line_waits_no_longer_than_it_must() -> None:
    line = Line()
    for number in range(200):
        line.send(number)
    line.play(210)
    assert line.buffer.delay <= 0.04


def test_reordered_packets_are_played_in_order() -> None:
    line = Line()
    for number in range(50):
        line.send(number, late_by=0.021 if number % 10 == 5 else 0.0)
    assert decoded(line.play(60)) == list(range(50))


def test_one_lost_packet_is_recovered_from_the_next() -> None:
    line = Line()
    for number in range(50):
        if number != 20:
            line.send(number)
    decisions = line.play(60)
    assert (Kind.RECOVER, 21) in decisions
    assert decoded(decisions) == [number for number in range(50) if number != 20]
    assert line.buffer.counters.recovered == line.buffer.counters.lost == 1


def test_two_lost_in_a_row_conceal_the_first_and_recover_the_second() -> None:
    line = Line()
    for number in range(50):
        if number not in (20, 21):
            line.send(number)
    kinds = [kind for kind, _number in line.play(60)]
    where = kinds.index(Kind.CONCEAL)
    assert kinds[where : where + 3] == [Kind.CONCEAL, Kind.RECOVER, Kind.DECODE]


def test_a_duplicate_is_played_once() -> None:
    line = Line()
    for number in range(30):
        line.send(number)
        line.send(number, late_by=0.003)
    assert decoded(line.play(40)) == list(range(30))
    assert line.buffer.counters.duplicate + line.buffer.counters.late == 30


def test_silence_suppression_is_a_pause_and_no_loss() -> None:
    line = Line()
    for number in (*range(30), *range(60, 90)):
        line.send(number)
    decisions = line.play(100)
    assert decoded(decisions) == [*range(30), *range(60, 90)]
    assert Kind.PAUSE in [kind for kind, _number in decisions]
    assert line.buffer.counters.lost == 0


def test_jitter_lengthens_the_delay_and_calm_shortens_it_again() -> None:
    line = Line()
    for number in range(200):
        line.send(number, late_by=0.06 if number % 10 == 5 else 0.0)
    line.play(210)
    stretched = line.buffer.delay
    assert 0.05 < stretched <= MOST_DELAY
    for number in range(250, 1500):
        line.send(number)
    line.arrivals = [arrival for arrival in line.arrivals if arrival[1] >= 250]
    line.play(1510)
    assert line.buffer.delay < stretched / 2


def test_a_restarted_sender_is_followed() -> None:
    line = Line()
    for number in range(30):
        line.send(number)
    line.play(35)
    again = Line(buffer=line.buffer, first_timestamp=0x9000_0000)
    for number in range(40, 70):
        again.send(number)
    assert len(decoded(again.play(80))) >= 29
    assert line.buffer.counters.restarts == 1


def test_the_timestamp_wraps_around_without_a_gap() -> None:
    line = Line(first_timestamp=0xFFFF_FFFF - 20 * TICK_SAMPLES)
    for number in range(60):
        line.send(number)
    assert decoded(line.play(70)) == list(range(60))


def test_a_flood_is_held_within_bounds() -> None:
    buffer = JitterBuffer()
    for number in range(10_000):
        buffer.push(number * TICK_SAMPLES // 10 & 0xFFFFFFFF, b"x", START)
    assert len(buffer._packets) <= 64


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 0.08)), min_size=20, max_size=120), st.integers(0, 2**32 - 1))
def test_whatever_the_network_does_packets_play_once_in_order_and_the_delay_stays_bounded(
    network: list[tuple[bool, float]], first: int
) -> None:
    line = Line(first_timestamp=first)
    for number, (arrives, late_by) in enumerate(network):
        if arrives:
            line.send(number, late_by=late_by)
    numbers = decoded(line.play(len(network) + 20))
    assert numbers == sorted(set(numbers))
    assert line.buffer.delay <= MOST_DELAY


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.floats(0, 0.5)), max_size=200))
def test_any_timestamps_at_any_times_keep_the_buffer_sound(packets: list[tuple[int, float]]) -> None:
    buffer, now = JitterBuffer(), START
    for timestamp, wait in packets:
        now += wait
        buffer.push(timestamp, b"x", now)
        for _ in range(3):
            decision = buffer.pop(now)
            if decision is not None and decision.kind is not Kind.PAUSE:
                buffer.played(TICK_SAMPLES)
        assert len(buffer._packets) <= 64
