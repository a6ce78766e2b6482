"""The scores of a listening test, and the sound that they are of."""

import numpy as np
import pytest

from rooms.audio.bench import listening, score, speech
from rooms.audio.bench.network import Impairment, Network
from rooms.audio.bench.playback import Heard, Tape
from rooms.audio.codec import Encoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.packet import RtpPacket


def tone(seconds: float = 2.0) -> speech.Sound:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.2 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def test_the_delay_is_found() -> None:
    sent = np.random.default_rng(1).standard_normal(SAMPLE_RATE).astype(np.float32)
    heard = np.concatenate([np.zeros(1_234, np.float32), 0.5 * sent, np.zeros(5_000, np.float32)])
    assert score.delay(sent, heard) == 1_234


def test_the_longest_hole_is_measured() -> None:
    sound = tone()
    assert score.longest_hole(sound) == 0
    sound[SAMPLE_RATE : SAMPLE_RATE + SAMPLE_RATE // 10] = 0
    assert score.longest_hole(sound) == pytest.approx(0.1, abs=0.012)


def test_loudness_is_compared() -> None:
    assert score.louder_by(tone(), tone() * 2) == pytest.approx(6.02, abs=0.05)


def test_what_was_heard_outside_of_the_recording_is_silence() -> None:
    heard = Heard(10.0, np.ones(SAMPLE_RATE, np.float32))
    assert list(heard.part(9.5, 1.0)[:: SAMPLE_RATE // 2]) == [0, 1]
    assert not heard.part(12.0, 0.5).any()


def test_packets_that_overtook_each_other_are_heard_in_order() -> None:
    encoder, tape, sound = Encoder(), Tape(), tone(1.0)
    for number in range(50):
        payload = encoder.encode(sound[number * TICK_SAMPLES : (number + 1) * TICK_SAMPLES])
        late = 0.025 if number % 5 == 0 else 0.0
        tape.take(RtpPacket(111, number, number * TICK_SAMPLES, 1, payload), number * 0.02 + late)
    heard = tape.play()
    assert score.longest_hole(heard.part(0.3, 0.7)) < 0.02


def test_nothing_received_cannot_be_played() -> None:
    with pytest.raises(ValueError, match="nothing was received"):
        Tape().play()


def test_opus_alone_is_the_same_again_and_worse_on_a_worse_network() -> None:
    script = speech.script(1, warm_up=1.0)
    assert script.tone.start > script.passages[0].start > 1.0

    def heard(network: Network) -> listening.Hearing:
        sound = listening.opus_alone(script, network, bitrate=32_000, seed="1", number=0)
        return listening.hearing(script, sound, 0.0)

    def scores(network: Network) -> listening.Scores:
        return listening.scores([passage.sound for passage in script.passages], script.tone.sound, heard(network))

    clean, bad = scores(Network()), scores(Network(down=Impairment(loss=0.3)))
    assert clean == scores(Network())
    assert clean.pesq_wb > bad.pesq_wb
    assert clean.stoi > bad.stoi
    assert abs(clean.louder_by) < 1
    assert 0 < heard(Network()).delay < 0.2
