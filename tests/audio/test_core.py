"""Clock, packets, levels, mixer: pure, so proven by their values."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.clock import TICK_SECONDS, TickClock
from rooms.audio.core.levels import SILENCE_DBOV, level_dbov
from rooms.audio.core.mixer import Gate, mix, silence
from rooms.audio.core.packet import NotRtp, forward, is_rtcp, parse
from tests.audio.sounds import steepest, ticks, tone


class TestClock:
    def test_deadlines_do_not_drift_with_lateness(self) -> None:
        clock = TickClock.starting(0.0)
        for tick in range(1, 100):
            reached = clock.advance(tick * TICK_SECONDS + 0.003)
            assert (reached.due, reached.late) == pytest.approx((tick * TICK_SECONDS, 0.003))
        assert clock.deadline == pytest.approx(100 * TICK_SECONDS)

    def test_with_more_to_do_than_it_can_it_gives_up_ticks_and_is_not_later_and_later(self) -> None:
        clock, now, made = TickClock.starting(0.0), 0.0, 0
        for _ in range(1_000):
            now = max(now, clock.deadline)
            late = clock.advance(now).late
            made += 1
            now += 1.15 * TICK_SECONDS  # what a tick takes
        assert late <= 0.15
        assert 0.1 < clock.skipped / made < 0.2

    def test_a_moments_delay_is_caught_up_with(self) -> None:
        clock, now = TickClock.starting(0.0), 0.08
        for _ in range(100):
            now = max(now, clock.deadline)
            late = clock.advance(now).late
            now += 0.2 * TICK_SECONDS
        assert late == 0.0
        assert clock.skipped == 0

    def test_a_machine_that_slept_is_not_made_to_catch_up(self) -> None:
        clock = TickClock.starting(0.0)
        reached = clock.advance(3600.0)
        assert (reached.due, reached.skipped) == (3600.0, 179_999)
        assert clock.wait(3600.0) == pytest.approx(TICK_SECONDS)


class TestPacket:
    def test_a_packet_with_sources_extension_and_padding_gives_its_payload(self) -> None:
        header = struct.pack("!BBHII", 0xB2, 0x80 | 111, 7, 960, 42)
        packet = parse(header + bytes(8) + struct.pack("!HH", 0xBEDE, 1) + bytes(4) + b"opus" + b"\x00\x02")
        assert (packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc) == (111, 7, 960, 42)
        assert packet.payload == b"opus"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x80",
            bytes(12),
            b"\x8f" + bytes(11),
            b"\x90" + bytes(11),
            b"\xa0" + bytes(11),
            b"\xa0" + bytes(10) + b"\xff",
        ],
    )
    def test_what_is_too_short_for_its_promises_is_refused(self, data: bytes) -> None:
        with pytest.raises(NotRtp):
            parse(data)

    @given(st.binary(max_size=200))
    def test_any_bytes_are_refused_or_read(self, data: bytes) -> None:
        is_rtcp(data)
        try:
            packet = parse(data)
        except NotRtp:
            return
        assert len(packet.payload) <= len(data) - 12

    @given(st.integers(0, 65_535), st.integers(-32_000, 32_000))
    def test_counters_wrap(self, old: int, step: int) -> None:
        assert forward((old + step) & 0xFFFF, old, 16) == step


class TestLevels:
    def test_levels_are_rms_in_dbov(self) -> None:
        assert level_dbov(tone(1000, 1.0)) == pytest.approx(-3.01, abs=0.01)
        assert level_dbov(tone(1000, 0.1)) == pytest.approx(-23.01, abs=0.01)
        assert level_dbov(silence()) == SILENCE_DBOV


class TestMixer:
    def test_each_hears_the_others_and_not_themselves(self) -> None:
        a, b, c = (tone(frequency)[:960] for frequency in (440, 700, 1100))
        everybody, own = mix({"a": a, "b": b, "c": c}, ["a", "c"])
        np.testing.assert_allclose(everybody, a + b + c, atol=1e-6)
        np.testing.assert_allclose(own["a"], b + c, atol=1e-6)
        np.testing.assert_allclose(own["c"], a + b, atol=1e-6)
        assert "b" not in own

    def test_of_two_each_gets_the_other_as_it_is(self) -> None:
        a, b = tone(440)[:960], tone(700)[:960]
        _everybody, own = mix({"a": a, "b": b}, ["a", "b", "silent"])
        assert own["a"] is b
        assert own["b"] is a
        np.testing.assert_allclose(own["silent"], a + b, atol=1e-6)

    def test_one_alone_is_not_copied_and_hears_nothing(self) -> None:
        voice = tone(440)[:960]
        everybody, own = mix({"a": voice}, ["a"])
        assert everybody is voice
        assert own["a"] is silence()

    def test_voices_are_not_written_to(self) -> None:
        voices = {name: tone(440)[:960] for name in "abc"}
        mix(voices, ["a"])
        for voice in voices.values():
            np.testing.assert_array_equal(voice, tone(440)[:960])

    def test_nobody_is_silence(self) -> None:
        everybody, own = mix({}, [])
        assert everybody is silence()
        assert own == {}

    def test_a_gate_opens_and_shuts_without_a_click(self) -> None:
        gate, sound = Gate(), list(ticks(tone(1000)))
        heard = [gate.pass_through(sound[0])]
        gate.open = True
        heard += [gate.pass_through(block) for block in sound[1:5]]
        gate.open = False
        heard += [gate.pass_through(block) for block in sound[5:8]]
        assert steepest(np.concatenate(heard)) < steepest(tone(1000)) * 1.1
        assert not heard[0].any()
        np.testing.assert_array_equal(heard[3], sound[3])
        assert not heard[-1].any()
        assert gate.shut

    def test_a_fade_takes_ten_milliseconds(self) -> None:
        gate, block = Gate(open=True), np.ones(960, dtype=np.float32)
        np.testing.assert_allclose(gate.pass_through(block)[:480], np.linspace(0, 1, 480), atol=1e-6)
        gate.open = False
        faded = gate.pass_through(block)
        assert faded[0] == 1.0
        assert faded[470] > 0
        assert not faded[480:].any()
