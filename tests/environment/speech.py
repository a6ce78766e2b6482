"""Sounds for microphones: 48 kHz mono 16-bit WAV files, as Chromium's fake microphone wants them."""

import wave
from pathlib import Path

import numpy as np

RATE = 48_000


def tone(path: Path, frequency: int, *, seconds: float = 5.0, level: float = 0.25) -> Path:
    """A sine at −15 dBFS or so; it loops without a step."""
    seconds = round(seconds * frequency) / frequency
    times = np.arange(int(seconds * RATE)) / RATE
    return write(path, level * np.sin(2 * np.pi * frequency * times))


def write(path: Path, samples: np.ndarray) -> Path:
    """Write samples in [−1, 1]."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype(np.int16).tobytes())
    return path
