"""The limiter: nothing clips, steady sums are left as they are but for their level, and two limiters come to agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pesq import pesq
from scipy.signal import resample_poly

from rooms.audio.core.limiter import Limiter
from tests.audio.sounds import (
    FIRST_SPEECH,
    RATE,
    SECOND_SPEECH,
    THIRD_SPEECH,
    TICK,
    nothing,
    speech,
    steepest,
    through,
    ticks,
    tone,
)


def tones(*frequencies: float, seconds: float = 4.0) -> np.ndarray:
    """Each at full scale."""
    return np.sum([tone(frequency, 1.0, seconds) for frequency in frequencies], axis=0, dtype=np.float32)


def distortion_and_noise(sound: np.ndarray, *frequencies: float) -> float:
    """What is in a sound beside these tones, as a share of them (THD+N)."""
    times = np.arange(len(sound)) / RATE
    waves = [wave(2 * np.pi * frequency * times) for frequency in frequencies for wave in (np.sin, np.cos)]
    basis = np.stack(waves, axis=1)
    wanted = basis @ np.linalg.lstsq(basis, sound.astype(np.float64), rcond=None)[0]
    return float(np.sqrt(np.mean((sound - wanted) ** 2) / np.mean(wanted**2)))


@given(st.lists(st.floats(0, 60), min_size=1, max_size=30), st.integers(50, 20_000))
def test_however_loud_nothing_clips(levels: list[float], frequency: int) -> None:
    limiter = Limiter()
    for level, block in zip(levels, ticks(tone(frequency, 1.0)), strict=False):
        assert np.max(np.abs(limiter.limit(block * np.float32(level)))) < 1.0


def test_what_fits_is_left_alone() -> None:
    limiter = Limiter()
    for block in ticks(tone(440, 0.8)):
        assert limiter.limit(block) is block


@pytest.mark.parametrize(
    "frequencies", [(300, 500, 900), (440, 563, 1_007), (220, 277.18, 329.63), (120.5, 333.3, 1_471.7)]
)
def test_three_tones_at_full_scale_stay_clean(frequencies: tuple[float, ...]) -> None:
    out = through(Limiter().limit, tones(*frequencies))
    assert distortion_and_noise(out[2 * RATE :], *frequencies) < 0.01
    assert np.max(np.abs(out[2 * RATE :])) > 0.8  # and no quieter than need be


def test_three_speakers_at_full_scale_sound_as_if_there_were_room_for_them() -> None:
    voices = [speech(FIRST_SPEECH), speech(SECOND_SPEECH, "en-gb+f3"), speech(THIRD_SPEECH, "en-us+m3")]
    length = min(map(len, voices)) // TICK * TICK
    loud = np.sum([voice[:length] / np.max(np.abs(voice)) for voice in voices], axis=0, dtype=np.float32)
    with_room, limited, clipped = loud / np.max(np.abs(loud)), through(Limiter().limit, loud), np.clip(loud, -1, 1)
    quality = {
        name: pesq(16_000, resample_poly(with_room, 1, 3), resample_poly(sound, 1, 3), "wb")
        for name, sound in (("limited", limited), ("clipped", clipped))
    }
    assert quality["limited"] > 4.5
    assert quality["limited"] > quality["clipped"]


def test_the_gain_has_fallen_before_a_sudden_sound_and_no_sample_is_bent() -> None:
    """Within a tick the limiter sees it come: what comes out is the sound times a gain that moves without steps."""
    sound = tone(400, 0.2)
    sound[5 * TICK + 500 :] *= 10
    out = through(Limiter().limit, sound)
    heard = np.abs(sound) > 0.01
    gain = out[heard] / sound[heard]
    assert np.max(np.abs(out)) <= 0.85
    assert np.max(np.abs(np.diff(gain))) < 0.05


def test_loud_from_the_first_sample_does_not_click() -> None:
    silence_then_loud = np.concatenate([nothing(0.1), tone(300, 3.0)])
    out = through(Limiter().limit, silence_then_loud)
    assert np.max(np.abs(out)) < 1.0
    assert steepest(out) <= steepest(silence_then_loud)


def test_after_a_loud_moment_the_level_comes_back_slowly_and_whole() -> None:
    limiter = Limiter()
    sound = np.concatenate([tone(400, 2.0, 0.5), tone(400, 0.4, 3.0)])
    out = through(limiter.limit, sound)
    after = out[RATE // 2 :]
    assert np.max(np.abs(after[: RATE // 5])) < 0.25  # held
    levels = [np.max(np.abs(block)) for block in ticks(after)]
    assert np.all(np.diff(levels) >= -1e-3)
    assert np.max(np.diff(levels)) < 0.03
    assert limiter.gain == 1.0


def test_two_limiters_that_hear_the_same_come_to_agree() -> None:
    """One had a shouting talker in its mix, the other not; when the talker stops, both have the same gain within 2 s."""
    shouted_at, spared = Limiter(), Limiter()
    for block in ticks(tone(300, 4.0)):
        shouted_at.limit(block)
        spared.limit(block * np.float32(0.3))
    assert shouted_at.gain < 0.5 * spared.gain
    for block in ticks(tone(500, 1.2, 2.0)):
        ends = shouted_at.limit(block), spared.limit(block)
    np.testing.assert_allclose(*ends, atol=0.002)


def test_one_goes_on_where_another_is() -> None:
    shared, own = Limiter(), Limiter()
    for block in ticks(tone(300, 4.0)):
        shared.limit(block)
    own.go_on_from(shared)
    for block in ticks(tone(500, 1.2)):
        np.testing.assert_array_equal(shared.limit(block), own.limit(block))
