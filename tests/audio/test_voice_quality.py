"""Speech through bad networks, measured as listeners would judge it: PESQ (ITU-T P.862.2), STOI (Taal et al., 2011), holes.

The reference is the same speech through the same Opus, nothing lost: what is measured is what jitter buffer, error
correction and concealment leave of it.
"""

import random
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pesq import pesq
from pystoi import stoi
from scipy.signal import correlate, resample_poly

from rooms.audio.codec import Decoder, Encoder
from rooms.audio.core.packet import RtpPacket
from rooms.audio.playout import Speaker

WORDS = (
    "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. "
    "It is easy to tell the depth of a well. These days a chicken leg is a rare dish. "
    "Rice is often served in round bowls. The juice of lemons makes fine punch."
)
START = 100.0
Delay = Callable[[], float | None]


class Speech:
    """One voice: its packets, and what is heard when none is lost."""

    def __init__(self, name: str, folder: Path) -> None:
        path = folder / "speech.wav"
        subprocess.run(["espeak-ng", "-v", name, "-s", "150", "-w", str(path), WORDS], check=True)
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32_768
            sound = resample_poly(samples, 48_000, file.getframerate())
        sound *= 0.08 / np.std(sound)
        encoder, decoder = Encoder(expected_loss_percent=10), Decoder()
        self.packets = [
            encoder.encode(sound[start : start + 960].astype(np.float32)) for start in range(0, len(sound) - 959, 960)
        ]
        self.plain = np.concatenate(
            [decoder.decode(packet) if packet else decoder.conceal() for packet in self.packets]
        )


@pytest.fixture(scope="module", params=["en-us", "en-us+f3"])
def speech(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return Speech(request.param, tmp_path_factory.mktemp("speech"))


def heard(speech: Speech, *, delay: Delay = lambda: 0.0, rate: float = 1.0) -> np.ndarray:
    """What a speaker's packets give when the network delays or loses (None) them and the sender's clock runs at `rate`."""
    speaker, waiting, blocks = Speaker(), [], []
    sent = [(number, packet) for number, packet in enumerate(speech.packets) if packet]
    for sequence, (number, packet) in enumerate(sent):
        late = delay()
        if late is not None:
            arrival = START + 0.007 + number * 0.02 / rate + late
            waiting.append((arrival, RtpPacket(111, sequence, number * 960, 1, packet)))
    waiting.sort(key=lambda item: item[0], reverse=True)
    for tick in range(int(len(speech.packets) / rate) + 10):
        now = START + tick * 0.02
        while waiting and waiting[-1][0] <= now:
            arrived, packet = waiting.pop()
            speaker.push(packet, arrived)
        block = speaker.read(now)
        blocks.append(np.zeros(960, dtype=np.float32) if block is None else block)
    return np.concatenate(blocks)


def judge(reference: np.ndarray, sound: np.ndarray) -> tuple[float, float]:
    """PESQ (wide band) and STOI, once the sound's delay is taken away."""
    likeness = correlate(sound, reference, mode="full", method="fft")
    delay = max(0, int(np.argmax(likeness)) - len(reference) + 1)
    length = min(len(reference), len(sound) - delay)
    clean, degraded = (resample_poly(part, 1, 3) for part in (reference[:length], sound[delay : delay + length]))
    return pesq(16_000, clean, degraded, "wb"), stoi(clean, degraded, 16_000)


def longest_hole(reference: np.ndarray, sound: np.ndarray) -> float:
    """Seconds for which nothing is heard while something is said, within the widest that the delay may be off by."""
    blocks = [sound[start : start + 240] for start in range(0, len(sound) - 239, 240)]
    spoken = [reference[start : start + 240] for start in range(0, len(reference) - 239, 240)]
    is_spoken = np.array([np.std(block) > 0.02 for block in spoken])
    longest = current = 0
    for number, block in enumerate(blocks):
        around = is_spoken[max(0, number - 30) : number + 1]
        current = current + 1 if np.std(block) < 0.002 and len(around) and around.all() else 0
        longest = max(longest, current)
    return longest * 0.005


def network(seed: int, loss: float, jitter: float) -> Delay:
    dice = random.Random(seed)
    return lambda: None if dice.random() < loss else dice.random() * jitter


def test_a_clean_network_takes_nothing_away(speech: Speech) -> None:
    quality, intelligibility = judge(speech.plain, heard(speech))
    assert quality > 4.5
    assert intelligibility > 0.99


@pytest.mark.parametrize(("loss", "jitter", "least"), [(0.05, 0.0, 3.5), (0.1, 0.0, 3.0), (0.1, 0.05, 3.0)])
def test_lost_and_late_packets_leave_speech_good(speech: Speech, loss: float, jitter: float, least: float) -> None:
    sounds = [heard(speech, delay=network(seed, loss, jitter)) for seed in (1, 2, 3)]
    qualities, intelligibilities = zip(*(judge(speech.plain, sound) for sound in sounds), strict=True)
    assert np.mean(qualities) >= least
    assert min(intelligibilities) >= 0.85
    assert max(longest_hole(speech.plain, sound) for sound in sounds) <= 0.1


def test_jitter_alone_costs_next_to_nothing(speech: Speech) -> None:
    quality, _intelligibility = judge(speech.plain, heard(speech, delay=network(1, 0.0, 0.05)))
    assert quality >= 4.0


@pytest.mark.parametrize("rate", [0.999, 1.001])
def test_a_clock_that_drifts_is_not_heard(speech: Speech, rate: float) -> None:
    quality, _intelligibility = judge(speech.plain, heard(speech, rate=rate))
    assert quality > 4.0
