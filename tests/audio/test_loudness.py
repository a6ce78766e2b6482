"""Voices come to one loudness, measured by another's meter: quickly, whatever they start from, and only by what is speech."""

import numpy as np
import pytest

from rooms.audio.core.loudness import TARGET_LUFS, Leveller, LoudnessMeter, gated_loudness
from rooms.audio.core.voice import Voice
from tests.audio.sounds import (
    FIRST_SPEECH,
    RATE,
    SECOND_SPEECH,
    THIRD_SPEECH,
    at_loudness,
    loudness,
    noise,
    nothing,
    rms_db,
    speech,
    through,
    tone,
)

TALKERS = [
    (FIRST_SPEECH, "en-us", -45),
    (SECOND_SPEECH, "en-gb+f3", -34),
    (THIRD_SPEECH, "en-us+m3", -23),
    (FIRST_SPEECH, "en-us+f4", -12),
    (THIRD_SPEECH, "de", -4),
]


def voice() -> Voice:
    voice = Voice()
    voice.gate.open = True
    return voice


def levelled(sound: np.ndarray) -> np.ndarray:
    return through(voice().hear, sound)


def gain_after(sound: np.ndarray) -> float:
    """The gain in dB that a voice has after this sound."""
    heard = voice()
    through(heard.hear, sound)
    return heard.leveller.gain_db


class TestMeter:
    def test_blocks_are_gated_as_the_recommendation_says(self) -> None:
        loud, quiet, inaudible = (10 ** ((lufs + 0.691) / 10) for lufs in (-20, -35, -80))
        assert gated_loudness([loud] * 10) == pytest.approx(-20)
        assert gated_loudness([loud] * 10 + [quiet] * 10) == pytest.approx(-20)
        assert gated_loudness([quiet] * 10 + [inaudible] * 90) == pytest.approx(-35)
        assert gated_loudness([inaudible]) == -np.inf
        assert gated_loudness([]) == -np.inf

    @pytest.mark.parametrize(
        "sound", [tone(997, 0.5, 3.0), at_loudness(speech(), -23)[: 3 * RATE]], ids=["tone", "speech"]
    )
    def test_it_measures_what_other_meters_measure(self, sound: np.ndarray) -> None:
        heard = voice()
        through(heard.hear, sound)
        assert heard.leveller.meter.loudness == pytest.approx(loudness(sound), abs=0.6)

    def test_silence_has_no_loudness(self) -> None:
        meter = LoudnessMeter()
        for _ in range(100):
            meter.hear(0.0, None)
        assert meter.loudness == -np.inf


class TestOneLoudness:
    def test_talkers_of_any_level_are_alike_after_three_seconds(self) -> None:
        heard = [
            loudness(levelled(at_loudness(speech(text, who), lufs))[3 * RATE : 10 * RATE])
            for text, who, lufs in TALKERS
        ]
        assert max(heard) - min(heard) < 1.0
        assert heard == pytest.approx([TARGET_LUFS] * len(heard), abs=1.2)

    @pytest.mark.parametrize("lufs", [-45, -30, -15, -5])
    def test_the_same_words_come_out_the_same_from_whatever_level(self, lufs: float) -> None:
        expected = levelled(at_loudness(speech(), -22))[3 * RATE :]
        assert loudness(levelled(at_loudness(speech(), lufs))[3 * RATE :]) == pytest.approx(loudness(expected), abs=0.5)

    def test_a_clipped_shout_too(self) -> None:
        shout = np.clip(speech() * 30, -1, 1).astype(np.float32)
        assert loudness(shout) > -5
        assert loudness(levelled(shout)[3 * RATE :]) == pytest.approx(TARGET_LUFS, abs=1.0)

    @pytest.mark.parametrize("level", [1.0, 0.25, 0.06])
    def test_tones_too(self, level: float) -> None:
        assert loudness(levelled(tone(997, level, 5.0))[3 * RATE :]) == pytest.approx(TARGET_LUFS, abs=0.5)

    def test_within_noise_too(self) -> None:
        noisy = at_loudness(speech(), -35) + noise(-52, 20.0)[: len(speech())]
        assert loudness(levelled(noisy)[3 * RATE :]) == pytest.approx(TARGET_LUFS, abs=1.2)

    def test_there_is_an_end_to_it(self) -> None:
        assert gain_after(at_loudness(speech(), -52)) == pytest.approx(26.0)

    def test_who_grows_louder_is_followed(self) -> None:
        grown = np.concatenate([at_loudness(speech(), -38)[: 6 * RATE], at_loudness(speech(SECOND_SPEECH), -18)])
        assert loudness(levelled(grown)[10 * RATE :]) == pytest.approx(TARGET_LUFS, abs=1.2)


class TestWhatIsNoSpeech:
    @pytest.mark.parametrize("level", [-60, -45, -40, -35])
    def test_noise_alone_is_not_raised(self, level: float) -> None:
        fan = noise(level, 6.0)
        assert gain_after(fan) == 0.0
        assert gain_after(np.concatenate([nothing(3.0), fan])) == 0.0

    def test_noise_after_speech_is_not_raised(self) -> None:
        words = at_loudness(speech(), -30)[: 6 * RATE]
        assert gain_after(np.concatenate([words, noise(-42, 8.0)])) <= gain_after(words) + 0.5

    def test_breath_between_words_does_not_rise(self) -> None:
        words = at_loudness(speech(), -30)[: RATE // 2]
        heard = voice()
        through(heard.hear, words)
        before = heard.leveller.gain_db
        through(heard.hear, noise(-55, 0.6))
        assert heard.leveller.gain_db == before

    def test_a_keyboard_is_no_speech(self) -> None:
        typing = noise(-65, 6.0)
        for at in range(RATE // 2, len(typing) - RATE, RATE // 6):
            typing[at : at + 1_500] += np.exp(-np.arange(1_500) / 250) * noise(-10, 1_500 / RATE, seed=at)
        assert gain_after(typing) == 0.0

    def test_a_voice_keeps_its_gain_over_a_pause(self) -> None:
        words = at_loudness(speech(), -38)[: 5 * RATE]
        assert gain_after(np.concatenate([words, nothing(20.0)])) == gain_after(words)

    def test_a_voice_keeps_its_gain_where_no_packets_come(self) -> None:
        heard = voice()
        through(heard.hear, at_loudness(speech(), -38)[: 5 * RATE])
        before = heard.leveller.gain_db
        for _ in range(1_000):
            heard.hear(None)
        assert heard.leveller.gain_db == before


class TestGain:
    def test_it_moves_without_steps(self) -> None:
        """On a constant the output is the gain itself."""
        leveller, ones = Leveller(), np.ones(960, dtype=np.float32)
        gains = np.concatenate([leveller.level(ones, 10 ** (-4.5), -45.0 + 10 * (tick % 2)) for tick in range(100)])
        assert gains[0] == 1.0
        assert gains[-1] > 6
        assert np.max(np.diff(20 * np.log10(gains))) < 0.002  # dB a sample

    def test_a_gain_of_one_costs_no_copy(self) -> None:
        ones = np.ones(960, dtype=np.float32)
        assert Leveller().level(ones, 1e-9, None) is ones

    def test_dc_and_rumble_are_no_loudness(self) -> None:
        words = at_loudness(speech(), -25)
        rumbling = words + tone(25, 0.3, 20.0)[: len(words)] + np.float32(0.2)
        assert gain_after(rumbling) == pytest.approx(gain_after(words), abs=0.5)
        assert rms_db(levelled(rumbling)[3 * RATE :] - levelled(words)[3 * RATE :]) < rms_db(levelled(words)) - 15
