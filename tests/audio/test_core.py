"""Clock, packets, levels, mixer, session: pure, so proven by their values."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.clock import TICK_SECONDS, TickClock
from rooms.audio.core.levels import SILENCE_DBOV, VoiceActivity, level_dbov
from rooms.audio.core.mixer import Gate, Limiter, mix, silence
from rooms.audio.core.packet import NotRtp, forward, is_rtcp, parse
from rooms.audio.core.session import RoomSession

SECOND = np.arange(48_000) / 48_000


def tone(frequency: int, level: float = 0.25) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * SECOND)).astype(np.float32)


def ticks(sound: np.ndarray) -> list[np.ndarray]:
    return [sound[start : start + 960] for start in range(0, len(sound), 960)]


class TestClock:
    def test_deadlines_do_not_drift_with_lateness(self) -> None:
        clock = TickClock.starting(0.0)
        for tick in range(1, 100):
            assert clock.advance(tick * TICK_SECONDS + 0.003) == pytest.approx(0.003)
        assert clock.deadline == pytest.approx(100 * TICK_SECONDS)

    def test_a_machine_that_slept_is_not_made_to_catch_up(self) -> None:
        clock = TickClock.starting(0.0)
        clock.advance(3600.0)
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

    def test_a_click_is_no_voice_and_a_breath_no_silence(self) -> None:
        voice = VoiceActivity()
        assert not voice.hear(-20)
        assert not voice.hear(-80)
        assert [voice.hear(-20) for _ in range(2)] == [False, True]
        assert all(voice.hear(-80) for _ in range(20))
        assert voice.hear(-20)
        assert [voice.hear(-80) for _ in range(25)][-1] is False


class TestMixer:
    def test_each_hears_the_others_and_not_themselves(self) -> None:
        a, b, c = (tone(frequency)[:960] for frequency in (440, 700, 1100))
        everybody, own = mix({"a": a, "b": b, "c": c})
        np.testing.assert_allclose(everybody, a + b + c, atol=1e-6)
        np.testing.assert_allclose(own["a"], b + c, atol=1e-6)
        np.testing.assert_allclose(own["c"], a + b, atol=1e-6)

    def test_nobody_is_silence(self) -> None:
        everybody, own = mix({})
        assert not everybody.any()
        assert own == {}

    @given(st.lists(st.floats(0, 8), min_size=1, max_size=30), st.integers(50, 4000))
    def test_however_loud_nothing_clips(self, levels: list[float], frequency: int) -> None:
        limiter = Limiter()
        for level, block in zip(levels, ticks(np.tile(tone(frequency, 1.0), 2)), strict=False):
            assert np.max(np.abs(limiter.limit(block * np.float32(level)))) < 1.0

    def test_three_at_full_scale_come_out_clean(self) -> None:
        limiter = Limiter()
        loud = sum(tone(frequency, 1.0) for frequency in (300, 500, 900))
        out = np.concatenate([limiter.limit(block) for block in ticks(loud.astype(np.float32))])
        settled = out[9_600:]
        spectrum = np.abs(np.fft.rfft(settled * np.hanning(len(settled))))
        frequencies = np.fft.rfftfreq(len(settled), 1 / 48_000)
        wanted = sum(np.max(spectrum[np.abs(frequencies - frequency) < 10]) ** 2 for frequency in (300, 500, 900))
        away = np.all([np.abs(frequencies - frequency) > 20 for frequency in (300, 500, 900)], axis=0)
        assert np.max(spectrum[away]) ** 2 < wanted * 1e-4  # distortion at least 40 dB below

    def test_a_quiet_mix_is_left_alone(self) -> None:
        sound = tone(440)[:960]
        assert Limiter().limit(sound) is sound

    def test_a_gate_opens_and_shuts_without_a_click(self) -> None:
        gate, sound = Gate(), ticks(tone(1000))
        heard = [gate.pass_through(sound[0])]
        gate.open = True
        heard += [gate.pass_through(block) for block in sound[1:5]]
        gate.open = False
        heard += [gate.pass_through(block) for block in sound[5:8]]
        whole = np.concatenate(heard)
        steepest = np.max(np.abs(np.diff(tone(1000))))
        assert np.max(np.abs(np.diff(whole))) < steepest * 1.1
        assert not heard[0].any()
        np.testing.assert_array_equal(heard[3], sound[3])
        assert not heard[-1].any()
        assert gate.shut


class TestSession:
    def test_what_the_roster_does_not_allow_is_not_mixed(self) -> None:
        session = RoomSession()
        session.set_stage(1, frozenset({"a"}))
        for block in ticks(tone(440))[:5]:
            mixes = session.mix({"a": block, "intruder": block * 3})
        np.testing.assert_allclose(mixes.shared, block, atol=1e-6)
        assert set(mixes.own) == {"a"}
        assert not mixes.own["a"].any()

    def test_who_is_cut_off_fades_within_a_tick_and_is_gone(self) -> None:
        session = RoomSession()
        session.set_stage(1, frozenset({"a"}))
        blocks = ticks(tone(440))
        session.mix({"a": blocks[0]})
        session.set_stage(2, frozenset())
        assert session.audible() == ["a"]
        fading = session.mix({"a": blocks[1]}).shared
        assert fading[:100].any()
        assert not fading[480:].any()
        assert session.audible() == []
        assert not session.mix({"a": blocks[2]}).shared.any()

    def test_an_older_stage_is_ignored(self) -> None:
        session = RoomSession()
        assert session.set_stage(5, frozenset())
        assert not session.set_stage(4, frozenset({"a"}))
        assert session.may_speak == frozenset()

    def test_speaking_is_what_is_heard_and_not_what_is_claimed(self) -> None:
        session = RoomSession()
        session.set_stage(1, frozenset({"a", "b"}))
        for block in ticks(tone(440))[:5]:
            session.mix({"a": block, "b": silence()})
        assert session.speaking() == {"a"}
        session.leave("a")
        assert session.speaking() == frozenset()

    @given(st.lists(st.tuples(st.integers(0, 20), st.frozensets(st.sampled_from("abcd"))), max_size=30))
    def test_at_every_moment_only_the_newest_stage_is_heard(self, stages: list[tuple[int, frozenset[str]]]) -> None:
        session = RoomSession()
        newest, allowed = -1, frozenset()
        block = tone(440)[:960]
        for version, may_speak in stages:
            session.set_stage(version, may_speak)
            if version >= newest:
                newest, allowed = version, may_speak
            session.mix(dict.fromkeys("abcd", block))
            session.mix(dict.fromkeys("abcd", block))
            assert set(session.audible()) == allowed
