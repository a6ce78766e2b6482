"""The jitter buffer, driven through hours in seconds: time is an argument."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.jitter import LEAST_DELAY, MOST_DELAY, JitterBuffer, Kind
from rooms.audio.core.pace import Direction, Pace

START = 1000.0
PERIOD = 300  # samples that a correction takes out or adds here: a voice of 160 Hz
CORRECTING = b"\x48\xc0"  # SILK, 20 ms, with the flags of voice activity and of low bit-rate redundancy
PLAIN = b"\x48\x80"  # the same without redundancy
HEADER = b"\x48"  # silence is suppressed from here on

Decision = tuple[Kind, int | None]  # with the number of the packet whose payload is to be used


@dataclass
class Line:
    """A speaker who sends a packet every 20 ms, a network in between, a mixer that asks every 20 ms and keeps pace."""

    buffer: JitterBuffer = field(default_factory=JitterBuffer)
    arrivals: list[tuple[float, int, int, bytes]] = field(
        default_factory=list
    )  # time, number, sequence number, payload
    first_timestamp: int = 0
    phase: float = 0.001  # seconds between a packet on time and the next tick
    ready: int = 0  # samples
    pace: Pace = field(default_factory=Pace)
    corrections: list[int] = field(default_factory=list)  # samples added, or (negative) taken out
    delays: list[float] = field(
        default_factory=list
    )  # of each tick: seconds from a sample's earliest arrival to its playing
    _sent: int = 0

    def send(self, number: int, *, late_by: float = 0.0, rate: float = 1.0, payload: bytes = CORRECTING) -> None:
        """Send the packet of the sender's 20 ms of that number, in its order of sending."""
        self.arrivals.append((START + number * TICK_SECONDS / rate + late_by, number, self._sent, payload))
        self._sent += 1

    def lose(self) -> None:
        """Send one that does not arrive."""
        self._sent += 1

    def play(self, ticks: int, *, first: int = 0) -> list[list[Decision]]:
        """Each tick's decisions."""
        waiting = sorted(self.arrivals, reverse=True)
        decisions = [
            self._tick(START + tick * TICK_SECONDS + self.phase, waiting) for tick in range(first, first + ticks)
        ]
        self.arrivals = waiting
        return decisions

    def _tick(self, now: float, waiting: list[tuple[float, int, int, bytes]]) -> list[Decision]:
        while waiting and waiting[-1][0] <= now:
            arrived, number, sequence, payload = waiting.pop()
            timestamp = (self.first_timestamp + number * TICK_SAMPLES) & 0xFFFFFFFF
            whole = payload + b"%08d" % number if len(payload) > 1 else payload
            self.buffer.push(sequence & 0xFFFF, timestamp, whole, arrived)
        decisions = self._fill(now, TICK_SAMPLES)
        if self.ready >= TICK_SAMPLES:
            decisions += self._keep_pace(now)
            self.ready -= TICK_SAMPLES
        return decisions

    def _fill(self, now: float, samples: int) -> list[Decision]:
        decisions = []
        while self.ready < samples:
            decision = self.buffer.pop(now)
            decisions.append((decision.kind, int(decision.payload[2:]) if len(decision.payload) > 2 else None))
            if decision.kind is Kind.PAUSE:
                break
            self.ready += decision.samples
        return decisions

    def _keep_pace(self, now: float) -> list[Decision]:
        """As playout does it, in a sound whose period fits everywhere. What it has to decode for that."""
        beyond = self.ready - TICK_SAMPLES
        surplus = self.buffer.surplus(now, beyond)
        self.delays.append(surplus + self.buffer.delay - TICK_SECONDS / 2 + beyond % TICK_SAMPLES / SAMPLE_RATE)
        correction = self.pace.judge(surplus, beyond / SAMPLE_RATE)
        if correction is None or correction.least_likeness > 1:
            return []
        change, decisions = PERIOD, []
        if correction.direction is Direction.SHORTEN:
            change = -PERIOD
            if correction.beyond_spare and self.buffer.holds_next:
                decisions = self._fill(now, self.ready + 1)
            if self.ready - TICK_SAMPLES < PERIOD:
                return decisions
        self.ready += change
        self.corrections.append(change)
        self.pace.corrected(surplus)
        return decisions


def flat(ticks: list[list[Decision]]) -> list[Decision]:
    return [decision for tick in ticks for decision in tick]


def decoded(ticks: list[list[Decision]]) -> list[int]:
    return [number for kind, number in flat(ticks) if kind is Kind.DECODE and number is not None]


def kinds(ticks: list[list[Decision]]) -> list[Kind]:
    return [kind for kind, _number in flat(ticks)]


class TestOrder:
    def test_a_clean_line_is_played_in_order_and_whole(self) -> None:
        line = Line()
        for number in range(100):
            line.send(number)
        assert decoded(line.play(110)) == list(range(100))
        assert line.buffer.counters.lost == line.buffer.counters.late == 0

    def test_reordered_packets_are_played_in_order(self) -> None:
        line = Line()
        for number in range(50):
            line.send(number, late_by=0.021 if number % 10 == 5 else 0.0)
        assert decoded(line.play(60)) == list(range(50))

    def test_a_first_packet_that_is_overtaken_is_played_first(self) -> None:
        line = Line()
        for number in range(10):
            line.send(number, late_by=0.022 if number == 0 else 0.0)
        assert decoded(line.play(20)) == list(range(10))

    def test_a_duplicate_is_played_once_and_counted_however_late(self) -> None:
        line = Line()
        for number in range(30):
            line.send(number)
        line.arrivals += [
            (arrived + 0.003 + 0.04 * (number % 2), number, *rest) for arrived, number, *rest in line.arrivals
        ]
        assert decoded(line.play(40)) == list(range(30))
        assert line.buffer.counters.duplicate == 30
        assert line.buffer.counters.late == line.buffer.counters.lost == 0

    def test_timestamp_and_sequence_number_wrap_around_without_a_gap(self) -> None:
        line = Line(first_timestamp=0xFFFF_FFFF - 20 * TICK_SAMPLES, _sent=0xFFF0)
        for number in range(60):
            line.send(number)
        assert decoded(line.play(70)) == list(range(60))
        assert line.buffer.counters.lost == 0

    def test_packets_of_a_sender_whose_clock_steps_a_little_are_all_played(self) -> None:
        buffer, played = JitterBuffer(), 0
        for number in range(200):
            now = START + number * TICK_SECONDS
            buffer.push(number, number * 961 if number % 2 else number * 961 - 2, PLAIN, now)
            played += buffer.pop(now + 0.015).kind is Kind.DECODE
        assert played >= 198


class TestLoss:
    def test_one_lost_packet_is_recovered_from_the_next(self) -> None:
        line = Line(phase=0.015)
        for number in range(200):
            if number % 20 == 10:
                line.lose()
            else:
                line.send(number)
        decisions = flat(line.play(210))
        assert (Kind.RECOVER, 191) in decisions
        assert [number for kind, number in decisions if kind is Kind.DECODE] == [
            number for number in range(200) if number % 20 != 10
        ]
        assert line.buffer.counters.lost == 10
        assert line.buffer.counters.recovered >= 9

    def test_two_lost_in_a_row_conceal_the_first_and_recover_the_second(self) -> None:
        line = Line()
        for number in range(200):
            if number % 20 in (10, 11):
                line.lose()
            else:
                line.send(number)
        last = kinds(line.play(210))[-30:]
        where = last.index(Kind.CONCEAL)
        assert last[where : where + 3] == [Kind.CONCEAL, Kind.RECOVER, Kind.DECODE]

    def test_what_the_next_packet_does_not_carry_is_concealed(self) -> None:
        line = Line(phase=0.015)
        for number in range(200):
            if number % 20 == 10:
                line.lose()
            else:
                line.send(number, payload=PLAIN)
        assert Kind.RECOVER not in kinds(line.play(205))
        assert line.buffer.counters.recovered == 0
        assert line.buffer.counters.concealed >= line.buffer.counters.lost == 10
        assert line.buffer.delay == LEAST_DELAY  # waiting would mend nothing

    def test_the_delay_holds_the_next_packet_only_while_packets_are_lost(self) -> None:
        line = Line()
        for number in range(3_000):
            if number < 500 and number % 20 == 10:
                line.lose()
            else:
                line.send(number)
        line.play(500)
        assert line.buffer.delay == pytest.approx(LEAST_DELAY + 0.015, abs=0.005)
        line.play(2_500, first=500)
        assert line.buffer.delay == pytest.approx(LEAST_DELAY, abs=0.001)

    def test_a_packet_that_comes_when_its_time_is_over_is_counted(self) -> None:
        line = Line()
        for number in range(100):
            line.send(number, late_by=0.1 if number == 50 else 0.0)
        assert decoded(line.play(110)) == [number for number in range(100) if number != 50]
        assert line.buffer.counters.late == line.buffer.counters.lost == 1

    def test_a_packet_a_little_late_is_played_after_what_was_concealed_for_it(self) -> None:
        line = Line()
        for number in range(100):
            line.send(number, late_by=0.025 if number >= 50 else 0.0)
        assert decoded(line.play(110)) == list(range(100))
        assert line.buffer.counters.late == 0

    def test_jitter_of_50_ms_makes_next_to_no_packet_late(self) -> None:
        dice, line = random.Random(1), Line()
        for number in range(3_000):
            if dice.random() < 0.1:
                line.lose()
            else:
                line.send(number, late_by=dice.random() * 0.05)
        line.play(3_010)
        assert line.buffer.counters.late < 10
        assert line.buffer.counters.recovered > 0.75 * line.buffer.counters.lost


class TestPauses:
    def test_silence_suppression_is_a_pause_and_no_loss(self) -> None:
        line = Line()
        for number in (*range(30), *range(60, 90)):
            line.send(number)
        ticks = line.play(100)
        assert decoded(ticks) == [*range(30), *range(60, 90)]
        assert Kind.PAUSE in kinds(ticks)
        assert line.buffer.counters.lost == 0

    def test_a_short_pause_of_the_sender_lasts_as_long_as_they_made_it(self) -> None:
        line = Line()
        for number in (*range(30), *range(33, 60)):
            line.send(number)
        ticks = line.play(70)
        began = {decisions[-1][1]: tick for tick, decisions in enumerate(ticks)}
        assert began[33] - began[29] == 4
        assert line.buffer.counters.lost == 0

    def test_a_packet_that_was_never_sent_is_not_recovered(self) -> None:
        line = Line()
        for number in range(200):
            if number % 20 != 10:
                line.send(number)
        assert Kind.RECOVER not in kinds(line.play(210))
        assert line.buffer.counters.lost == 0

    def test_between_headers_of_suppressed_silence_noise_goes_on(self) -> None:
        """Chromium: a header alone when silence begins, then a packet of noise and a header every 400 ms."""
        line = Line()
        for number in range(30):
            line.send(number)
        line.send(30, payload=HEADER)
        for number in range(50, 150, 20):
            line.send(number)
            line.send(number + 1, payload=HEADER)
        ticks = line.play(150)
        assert Kind.PAUSE not in kinds(ticks[5:])
        assert decoded(ticks) == [*range(30), *range(50, 150, 20)]
        assert line.buffer.counters.lost == line.buffer.counters.late == 0

    def test_who_was_silent_for_an_hour_is_heard_whole_however_their_clock_ran(self) -> None:
        for rate in (0.999_95, 1.000_05):
            line = Line()
            for number in (*range(100), *range(180_000, 180_100)):
                line.send(number, rate=rate)
            line.play(200)
            assert decoded(line.play(300, first=179_950)) == list(range(180_000, 180_100))
            assert line.buffer.counters.late == line.buffer.counters.lost == line.buffer.counters.skipped == 0

    def test_silence_without_end_is_a_pause(self) -> None:
        line = Line()
        for number in range(30):
            line.send(number)
        line.send(30, payload=HEADER)
        assert kinds(line.play(100))[-1] is Kind.PAUSE


class TestDelay:
    @pytest.mark.parametrize("phase", [0.0, 0.005, 0.01, 0.015, 0.019])
    def test_a_clean_line_waits_no_longer_than_it_must(self, phase: float) -> None:
        line = Line(phase=phase)
        for number in range(500):
            line.send(number)
        line.play(500)
        assert line.buffer.delay == LEAST_DELAY
        assert line.delays == pytest.approx([LEAST_DELAY] * len(line.delays), abs=0.010_001)

    def test_it_grows_at_once_with_jitter_and_shrinks_slowly_in_calm(self) -> None:
        line = Line()
        for number in range(600):
            line.send(number, late_by=0.06 if number >= 500 and number % 5 == 0 else 0.0)
        line.play(600)
        grown = line.buffer.delay
        assert 0.06 < grown <= 0.08
        for number in range(600, 1_600):
            line.send(number)
        line.play(100, first=600)
        assert line.buffer.delay > 0.9 * grown
        line.play(900, first=700)
        assert line.buffer.delay == pytest.approx(LEAST_DELAY, abs=0.005)

    @pytest.mark.parametrize("stalls", [1, 2])
    def test_an_outlier_does_not_move_it(self, stalls: int) -> None:
        line = Line()
        for number in range(200):
            line.send(number, late_by=0.3 if number in (60, 120)[:stalls] else 0.0)
        line.play(210)
        assert line.buffer.delay == LEAST_DELAY

    def test_a_stall_that_holds_many_packets_back_is_one_event(self) -> None:
        line = Line()
        for number in range(200):
            line.send(number, late_by=max(0.0, 0.3 - (number - 60) * TICK_SECONDS) if number >= 60 else 0.0)
        ticks = line.play(210)
        assert line.buffer.delay == LEAST_DELAY
        assert decoded(ticks)[-100:] == list(range(100, 200))

    def test_a_path_that_becomes_longer_is_followed(self) -> None:
        line = Line()
        for number in range(1_500):
            line.send(number, late_by=0.15 if number >= 300 else 0.0)
        ticks = line.play(1_520)
        assert len(decoded(ticks)) > 1_480
        assert line.buffer.delay < 0.1

    def test_a_path_that_becomes_shorter_is_followed(self) -> None:
        line = Line()
        for number in range(1_000):
            line.send(number, late_by=0.3 if number < 300 else 0.0)
        line.play(1_000)
        assert line.delays[-1] < LEAST_DELAY + 0.03
        assert len(line.buffer) <= 2


@pytest.mark.parametrize("parts_per_million", [-300, 300])
def test_a_clock_that_drifts_is_followed_for_an_hour(parts_per_million: int) -> None:
    ticks = 180_000
    line = Line()
    for number in range(ticks):
        line.send(number, rate=1 + parts_per_million / 1e6)
    line.play(ticks)
    drifted = ticks * TICK_SAMPLES * parts_per_million / 1e6
    assert sum(line.corrections) == pytest.approx(-drifted, abs=2 * TICK_SAMPLES)
    assert sum(map(abs, line.corrections)) < 1.1 * abs(drifted)  # nothing is added only to be taken out again
    assert min(line.delays) >= LEAST_DELAY - 0.015
    assert max(line.delays) <= LEAST_DELAY + 0.02
    counters = line.buffer.counters
    assert counters.late == counters.lost == counters.skipped == counters.restarts == 0
    assert counters.concealed <= 5  # after the last packet


Network = list[tuple[bool, float]]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 0.08)), min_size=20, max_size=120), st.integers(0, 2**32 - 1))
def test_whatever_the_network_does_packets_play_once_in_order_and_the_delay_stays_bounded(
    network: Network, first: int
) -> None:
    line = Line(first_timestamp=first)
    for number, (arrives, late_by) in enumerate(network):
        if arrives:
            line.send(number, late_by=late_by)
        else:
            line.lose()
    numbers = decoded(line.play(len(network) + 30))
    assert numbers == sorted(set(numbers))
    assert LEAST_DELAY <= line.buffer.delay <= MOST_DELAY
    assert len(line.buffer) == 0
    counters = line.buffer.counters
    assert counters.received == len(numbers) + counters.late + counters.skipped


class TestTicksGivenUp:
    """A worker that could not keep its ticks: what waited meanwhile is given up at once, not decoded two at a time."""

    def test_playout_goes_on_where_it_should_be(self) -> None:
        buffer, now = JitterBuffer(), 0.0
        for number in range(50):
            buffer.push(number, number * 960, b"\xfc" * 80, now)
            buffer.pop(now)
            now += 0.02
        for number in range(50, 55):  # five ticks that were not made
            buffer.push(number, number * 960, b"\xfc" * 80, now)
            now += 0.02
        buffer.hurry()
        kinds = []
        for number in range(55, 75):
            buffer.push(number, number * 960, b"\xfc" * 80, now)
            kinds.append(buffer.pop(now).kind)
            now += 0.02
        assert kinds.count(Kind.DECODE) >= len(kinds) - 1
        assert 4 <= buffer.counters.skipped <= 6
        assert buffer.surplus(now - 0.02, 0) < 0.04
