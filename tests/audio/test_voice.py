"""One voice's way to the mix: what of it is let through, and when."""

import numpy as np
import pytest

from rooms.audio.core.filters import Cascade, RunningFilter
from rooms.audio.core.loudness import TARGET_LUFS
from rooms.audio.core.voice import HIGH_PASS, Voice
from tests.audio.sounds import RATE, TICK, at_loudness, noise, nothing, rms_db, speech, steepest, through, ticks, tone

WORDS = at_loudness(speech(), -26)


def voice() -> Voice:
    voice = Voice()
    voice.gate.open = True
    return voice


class TestNoiseGate:
    @pytest.mark.parametrize("level", [-56, -65, -75])
    def test_an_open_microphone_in_a_quiet_room_is_shut_off_after_two_seconds(self, level: float) -> None:
        out = through(voice().hear, noise(level, 4.0))
        assert out[: 2 * RATE].any()
        assert not out[int(2.1 * RATE) :].any()

    def test_noise_that_is_heard_is_not_switched_on_and_off(self) -> None:
        out = [rms_db(block) for block in ticks(through(voice().hear, noise(-42, 6.0)))]
        assert min(out[5:]) > -45

    def test_words_after_a_long_pause_are_whole(self) -> None:
        """From the first of them on: what is lost of it is as faint as the noise."""
        sound = np.concatenate([nothing(5.0), WORDS]) + noise(-64, 30.0)[: 5 * RATE + len(WORDS)]
        high_pass = RunningFilter(Cascade(HIGH_PASS))
        whole, out = through(lambda tick: high_pass.run(tick)[0], sound), through(voice().hear, sound)
        first_word = slice(5 * RATE, 5 * RATE + 8 * TICK)  # until here the gain is 1
        assert rms_db(out[first_word] - whole[first_word]) < -60
        assert rms_db(out[first_word]) > -30

    def test_pauses_between_sentences_do_not_shut_it(self) -> None:
        sentences = WORDS + noise(-66, 30.0)[: len(WORDS)]
        assert all(block.any() for block in ticks(through(voice().hear, sentences)))

    def test_it_does_not_click(self) -> None:
        out = through(voice().hear, np.concatenate([noise(-56, 4.0), WORDS[:RATE]]))
        assert steepest(out[RATE : 3 * RATE]) < 1.2 * steepest(noise(-56, 4.0))


class TestSuddenLoudness:
    def test_a_whisperer_who_shouts_is_held_back_at_once(self) -> None:
        """Their gain is 24 dB; without a hold the shout would come out above full scale and drown everybody."""
        heard = voice()
        through(heard.hear, at_loudness(speech(), -44)[: 5 * RATE])
        assert heard.leveller.gain_db > 20
        shout = through(heard.hear, at_loudness(speech(), -8)[: 3 * RATE])
        levels = [rms_db(block) for block in ticks(shout)]
        assert max(levels[1:]) < TARGET_LUFS + 16
        assert np.mean(levels[-50:]) < TARGET_LUFS + 3

    def test_ordinary_speech_is_not_held_back(self) -> None:
        heard = voice()
        through(heard.hear, WORDS[: 4 * RATE])
        gains = []
        for block in ticks(WORDS[4 * RATE : 8 * RATE]):
            out = heard.hear(block)
            if out is not None and rms_db(block) > -40:
                gains.append(rms_db(out) - rms_db(block))
        assert max(gains) - min(gains) < 3.0
        assert np.max(np.abs(np.diff(gains))) < 2.0  # dB from one tick to the next; the high-pass does that much


def test_a_shut_gate_lets_nothing_through_and_remembers_the_voice() -> None:
    heard = voice()
    through(heard.hear, at_loudness(speech(), -40)[: 4 * RATE])
    learnt = heard.leveller.gain_db
    heard.hear(tone(300)[:TICK])
    heard.gate.open = False
    fading, gone = (heard.hear(block) for block in list(ticks(tone(300)))[1:3])
    assert fading is not None
    assert gone is None
    assert heard.leveller.gain_db == pytest.approx(learnt, abs=1.0)


def test_a_voice_that_was_shut_off_in_a_word_comes_back_silent() -> None:
    heard = voice()
    through(heard.hear, tone(300))
    heard.gate.open = False
    heard.hear(tone(300)[:TICK])
    heard.gate.open = True
    assert not heard.activity.speaking
    assert heard.hear(nothing(0.02)) is None
