"""Shorter and longer by whole periods: nothing is heard but the time that is gained."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.stretch import HISTORY, JOIN, LEAST_LAG, MOST_LAG, OVERLAP, join, lengthen, shorten

ALIKE = 0.9


def tone(frequency: float, samples: int, level: float = 0.25) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(samples) / 48_000)).astype(np.float32)


def noise(samples: int, level: float = 0.1) -> np.ndarray:
    return (level * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)


def buzz(pitch: float, samples: int) -> np.ndarray:
    """A voice, nearly: the harmonics of a pitch."""
    return sum(tone(pitch * number, samples, 0.2 / number) for number in range(1, 25)).astype(np.float32)


def steepest(sound: np.ndarray) -> float:
    return float(np.max(np.abs(np.diff(sound))))


def impurity(sound: np.ndarray, frequency: float) -> float:
    """Power away from a frequency, in dB of all."""
    power = np.abs(np.fft.rfft(sound * np.blackman(len(sound)))) ** 2
    away = np.abs(np.fft.rfftfreq(len(sound), 1 / 48_000) - frequency) > 200
    return float(10 * np.log10(power[away].sum() / power.sum()))


@pytest.mark.parametrize("frequency", [90, 130, 300, 440, 1000, 3000])
class TestTones:
    def test_a_shortened_tone_is_the_same_tone(self, frequency: float) -> None:
        sound = tone(frequency, 1920)
        shorter = shorten(sound, 960, ALIKE)
        assert shorter is not None
        assert LEAST_LAG <= len(sound) - len(shorter) <= MOST_LAG
        assert steepest(shorter) < 1.02 * steepest(sound)
        assert impurity(shorter, frequency) < -45

    def test_a_lengthened_tone_is_the_same_tone(self, frequency: float) -> None:
        whole = tone(frequency, HISTORY + 960)
        longer = lengthen(whole[HISTORY:], whole[:HISTORY], ALIKE)
        assert longer is not None
        assert LEAST_LAG <= len(longer) - 960 <= MOST_LAG
        heard = np.concatenate((whole[:HISTORY], longer))
        assert steepest(heard) < 1.02 * steepest(whole)
        assert impurity(heard, frequency) < -45


@pytest.mark.parametrize("pitch", [80, 120, 210, 330])
def test_a_voice_loses_or_gains_whole_periods(pitch: float) -> None:
    whole, period = buzz(pitch, HISTORY + 1920), 48_000 / pitch
    shorter, longer = shorten(whole[HISTORY:], 960, ALIKE), lengthen(whole[HISTORY:], whole[:HISTORY], ALIKE)
    assert shorter is not None
    assert longer is not None
    for change in (1920 - len(shorter), len(longer) - 1920):
        assert abs(change - period * round(change / period)) <= 1


def test_only_what_is_spare_is_taken_out() -> None:
    shorter = shorten(tone(300, 1300), 340, ALIKE)
    assert shorter is not None
    assert 1300 - len(shorter) == 320
    assert shorten(tone(300, 1300), LEAST_LAG - 1, ALIKE) is None


def test_what_is_not_alike_is_left_alone_unless_it_must_be() -> None:
    assert shorten(noise(1920), 960, ALIKE) is None
    assert lengthen(noise(960), noise(HISTORY), ALIKE) is None
    assert shorten(noise(1920), 960, -1.0) is not None
    assert lengthen(noise(960), noise(HISTORY), -1.0) is not None


def test_in_quiet_any_place_will_do_and_keeps_its_loudness() -> None:
    quiet = noise(1920, 0.002)
    shorter = shorten(quiet, 960, 2.0)
    assert shorter is not None
    seam = shorter[OVERLAP // 4 : OVERLAP * 3 // 4]
    assert np.std(seam) == pytest.approx(np.std(quiet), rel=0.2)
    assert lengthen(quiet, np.zeros(0, dtype=np.float32), 2.0) is not None
    assert shorten(tone(300, 1920), 960, 2.0) is None


def test_silence_stays_silence() -> None:
    silence = np.zeros(1920, dtype=np.float32)
    for stretched in (shorten(silence, 960, ALIKE), lengthen(silence, silence[:HISTORY], ALIKE)):
        assert stretched is not None
        assert not stretched.any()


@given(
    st.integers(LEAST_LAG + OVERLAP, 6000),
    st.integers(0, HISTORY),
    st.floats(0, 1),
    st.floats(-1, 1),
    st.integers(0, 9),
)
def test_any_sound_comes_out_whole(length: int, before: int, level: float, likeness: float, seed: int) -> None:
    sound = (level * np.random.default_rng(seed).uniform(-1, 1, before + length)).astype(np.float32)
    kept = sound.copy()
    for stretched in (shorten(sound[before:], 960, likeness), lengthen(sound[before:], sound[:before], likeness)):
        if stretched is not None:
            assert stretched.dtype == np.float32
            assert np.isfinite(stretched).all()
            assert LEAST_LAG <= abs(len(stretched) - length) <= MOST_LAG
            assert np.max(np.abs(stretched), initial=0) <= 1.5 * level + 1e-6
    np.testing.assert_array_equal(sound, kept)


class TestJoin:
    @pytest.mark.parametrize("frequency", [130, 300, 1000])
    @pytest.mark.parametrize("jump", [100, 250])
    def test_a_step_is_covered(self, frequency: float, jump: int) -> None:
        sound = tone(frequency, 4_000)
        before, after = sound[:960] * np.linspace(1, 0.5, 960, dtype=np.float32), sound[960 + jump :][:960]
        heard = np.concatenate((before, join(before, after)))
        assert len(heard) == 1920
        assert steepest(heard) < 1.6 * steepest(sound)

    def test_what_fits_is_left_alone(self) -> None:
        sound = buzz(120, 1920)
        assert join(sound[:960], sound[960:]) is not None
        np.testing.assert_array_equal(join(sound[:960], sound[960:]), sound[960:])

    @given(st.integers(OVERLAP + JOIN, 2000), st.integers(JOIN, 2000), st.integers(0, 9))
    def test_any_sound_comes_out_as_long(self, before: int, after: int, seed: int) -> None:
        sound = np.random.default_rng(seed).uniform(-1, 1, before + after).astype(np.float32)
        joined = join(sound[:before], sound[before:])
        assert len(joined) == after
        assert np.isfinite(joined).all()
