"""Filters over ticks give what filters sample by sample give, and the voice's high-pass takes rumble and leaves the voice."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from rooms.audio.core.filters import Cascade, RunningFilter, butterworth_high_pass
from rooms.audio.core.loudness import K_WEIGHTING
from rooms.audio.core.sound import clean, peak, silence
from rooms.audio.core.voice import HIGH_PASS
from tests.audio.sounds import TICK, noise, rms_db, through, ticks, tone

SOUND = noise(-15, 2.0) + np.float32(0.3)


def high_passed(sound: np.ndarray) -> np.ndarray:
    running = RunningFilter(Cascade(HIGH_PASS))
    return through(lambda tick: running.run(tick)[0], sound)


class TestCascade:
    def test_every_stage_is_what_a_filter_sample_by_sample_gives(self) -> None:
        running = RunningFilter(Cascade(HIGH_PASS, K_WEIGHTING))
        outputs = [running.run(tick) for tick in ticks(SOUND)]
        once = sosfilt(HIGH_PASS, SOUND.astype(np.float64))
        twice = sosfilt(K_WEIGHTING, once)
        assert outputs[0][0].dtype == np.float32
        np.testing.assert_allclose(np.concatenate([output[0] for output in outputs]), once, atol=1e-5)
        np.testing.assert_allclose(np.concatenate([output[1] for output in outputs]), twice, atol=1e-5)

    @pytest.mark.parametrize("order", [2, 4, 6])
    def test_butterworth_is_butterworth(self, order: int) -> None:
        expected = sosfilt(butter(order, 200, "highpass", fs=48_000, output="sos"), SOUND.astype(np.float64))
        np.testing.assert_allclose(
            sosfilt(butterworth_high_pass(200, order), SOUND.astype(np.float64)), expected, atol=1e-9
        )

    def test_filters_of_one_cascade_do_not_hear_each_other(self) -> None:
        cascade = Cascade(HIGH_PASS)
        one, other = RunningFilter(cascade), RunningFilter(cascade)
        one.run(tone(440)[:TICK])
        assert not other.run(silence())[0].any()

    def test_it_comes_to_rest_after_a_sound(self) -> None:
        running = RunningFilter(Cascade(HIGH_PASS, K_WEIGHTING))
        assert running.at_rest
        for tick in ticks(tone(120, 1.0)):
            running.run(tick)
        assert not running.at_rest
        rung = 0
        while not running.at_rest:
            running.run(silence())
            rung += 1
        assert rung < 20


class TestHighPass:
    def test_a_constant_is_gone(self) -> None:
        settled = high_passed(np.full(48_000, 0.5, dtype=np.float32))[9_600:]
        assert rms_db(settled) < -6 - 80

    @pytest.mark.parametrize(
        ("frequency", "least", "most"),
        [(30, -90, -28), (50, -90, -11), (85, -1.0, 0), (120, -0.5, 0), (1_000, -0.01, 0.01)],
    )
    def test_rumble_goes_and_the_voice_stays(self, frequency: int, least: float, most: float) -> None:
        sound = tone(frequency)
        change = rms_db(high_passed(sound)[24_000:]) - rms_db(sound[24_000:])
        assert least <= change <= most


class TestClean:
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30, -3e38])
    def test_what_is_no_sound_is_taken_out(self, bad: float) -> None:
        sound = tone(440)[:TICK].copy()
        sound[17] = bad
        cleaned = clean(sound)
        assert np.isfinite(cleaned).all()
        assert np.max(np.abs(cleaned)) <= 2.0
        np.testing.assert_array_equal(np.delete(cleaned, 17), np.delete(sound, 17))

    def test_sound_is_passed_on_and_not_copied(self) -> None:
        sound = tone(440)[:TICK]
        assert clean(sound) is sound

    def test_next_to_nothing_is_nothing(self) -> None:
        assert not clean(np.full(TICK, 1e-39, dtype=np.float32)).any()

    def test_peak_is_the_largest_magnitude(self) -> None:
        assert peak(np.array([0.1, -0.7, 0.3], dtype=np.float32)) == pytest.approx(0.7)
        assert np.isnan(peak(np.array([0.1, np.nan, 0.3], dtype=np.float32)))
