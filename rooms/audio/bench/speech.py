"""Speech to send: sentences by several voices of espeak-ng, and a steady tone in which every hole shows.

The sentences are from the Harvard lists, phonetically balanced (IEEE Recommended Practice for Speech Quality Measurements,
IEEE Transactions on Audio and Electroacoustics, 1969).
"""

import io
import shutil
import subprocess
import wave
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from rooms.audio.bench.target import NotMeasurable
from rooms.audio.core.clock import SAMPLE_RATE

Sound = NDArray[np.float32]

_TEXTS = (
    ("en-us", "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background."),
    ("en-gb+f3", "It is easy to tell the depth of a well. Four hours of steady work faced us."),
    ("en-us+m3", "Rice is often served in round bowls. The juice of lemons makes fine punch."),
    ("en-gb-scotland+f2", "A large size in stockings is hard to sell. The boy was there when the sun rose."),
    ("en-us+f4", "The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage."),
    ("en-gb+m7", "A rod is used to catch pink salmon. The source of the huge river is the clear spring."),
)
MOST_PASSAGES = len(_TEXTS)
_WORDS_A_MINUTE = "160"
_RMS = 10 ** (-26 / 20)  # of what is loud: the nominal level of ITU-T P.56's measurements
_LOUD = 0.1  # of the peak
_PAUSE_SECONDS = 0.6
_TONE_SECONDS = 6.0
_TONE_HERTZ = 150


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of what is sent: 48 kHz mono in [−1, 1]."""

    start: float  # seconds from the beginning
    sound: Sound


@dataclass(frozen=True, slots=True)
class Script:
    """What one talker sends, from the beginning to the end, and where in it the parts are that count."""

    sound: Sound
    passages: list[Passage]  # speech
    tone: Passage


def script(passages: int, *, warm_up: float) -> Script:
    """Speech for so many seconds that do not count, so that everything has adapted; then so many passages; then the tone.

    Raises:
        NotMeasurable: espeak-ng is not installed.
    """
    spoken = [_speak(voice, text) for voice, text in _TEXTS[:passages]]
    pause = np.zeros(int(_PAUSE_SECONDS * SAMPLE_RATE), dtype=np.float32)
    round_of_all = np.concatenate([part for sound in spoken for part in (sound, pause)])
    parts = [np.resize(round_of_all, int(warm_up * SAMPLE_RATE)), pause]
    found = []
    for sound in [*spoken, _tone()]:
        found.append(Passage(sum(map(len, parts)) / SAMPLE_RATE, sound))
        parts += [sound, pause]
    return Script(np.concatenate(parts), found[:-1], found[-1])


def _speak(voice: str, text: str) -> Sound:
    if shutil.which("espeak-ng") is None:
        raise NotMeasurable("espeak-ng is not installed: apt install espeak-ng.")
    command = ["espeak-ng", "-v", voice, "-s", _WORDS_A_MINUTE, "--stdout", text]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - texts and voices of ours
    with wave.open(io.BytesIO(spoken)) as file:
        rate = file.getframerate()
        # Its header promises more than there is, since it does not know the length when it writes it.
        samples = np.frombuffer(file.readframes(len(spoken)), dtype="<i2")
    common = gcd(SAMPLE_RATE, rate)
    sound = resample_poly(samples / 32_768, SAMPLE_RATE // common, rate // common)
    loud = sound[np.abs(sound) > _LOUD * np.max(np.abs(sound))]
    return (sound * _RMS / np.sqrt(np.mean(loud**2))).astype(np.float32)


def _tone() -> Sound:
    times = np.arange(int(_TONE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * number * _TONE_HERTZ * times) / number for number in range(1, 20))
    return (harmonics * _RMS / np.sqrt(np.mean(np.square(harmonics)))).astype(np.float32)
