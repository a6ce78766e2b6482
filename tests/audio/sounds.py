"""Sounds to try the core with, and how to run them through it: 48 kHz mono float32, 20 ms (960 samples) a tick."""

import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyloudnorm
from scipy.signal import resample_poly

RATE = 48_000
TICK = 960

FIRST_SPEECH = (
    "The meeting will begin in a few minutes, so please take your seats. I would like to start with the results of the last "
    "quarter, which were, frankly, better than anybody expected. Then we will hear from Anna about the new release."
)
SECOND_SPEECH = (
    "Well, I think that we should look at this from another side. When we began, nobody knew how many people would come. "
    "Today there are thousands. That is a wonderful problem to have, but it is still a problem."
)
THIRD_SPEECH = (
    "Does anybody remember what happened last time? We waited for three hours. Nothing. Then, suddenly, everything came at "
    "once: the mails, the calls, the visitors at the door. I do not want to go through this again."
)


def tone(frequency: float, level: float = 0.25, seconds: float = 1.0) -> np.ndarray:
    """A sine of this peak level."""
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def noise(level_dbov: float, seconds: float, *, seed: int = 0) -> np.ndarray:
    """White noise of this RMS level."""
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return (10 ** (level_dbov / 20) * samples).astype(np.float32)


def nothing(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


@cache
def speech(text: str = FIRST_SPEECH, voice: str = "en-us") -> np.ndarray:
    """Somebody says this, about 12 s."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), text], check=True)
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32_768
            rate = file.getframerate()
    sound = resample_poly(samples, RATE // 150, rate // 150).astype(np.float32)
    sound.flags.writeable = False
    return sound


def loudness(sound: np.ndarray) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4), measured by another's program."""
    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)))


def at_loudness(sound: np.ndarray, lufs: float) -> np.ndarray:
    """The same sound so loud; it may exceed full scale."""
    return (sound * 10 ** ((lufs - loudness(sound)) / 20)).astype(np.float32)


def ticks(sound: np.ndarray) -> Iterator[np.ndarray]:
    """The sound in ticks; what is left over is dropped."""
    for start in range(0, len(sound) - TICK + 1, TICK):
        yield sound[start : start + TICK]


def through(process: Callable[[np.ndarray], np.ndarray | None], sound: np.ndarray) -> np.ndarray:
    """What comes out when each tick of a sound goes in; silence where nothing comes."""
    heard = [process(tick) for tick in ticks(sound)]
    return np.concatenate([np.zeros(TICK, dtype=np.float32) if tick is None else tick for tick in heard])


def rms_db(sound: np.ndarray) -> float:
    """RMS level in dBov."""
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def steepest(sound: np.ndarray) -> float:
    """The largest step from one sample to the next: a click is steeper than the sound it is in."""
    return float(np.max(np.abs(np.diff(sound))))
