"""A voice that a bench client sends: packets made beforehand, so that encoding costs nothing while something is measured."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rooms.audio.codec import Encoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS

_COMFORT_NOISE = b"\xf8"  # Opus: one frame of 20 ms without a byte of sound
_COMFORT_NOISE_TICKS = 20

Sent = Callable[[int, float], None]  # the packet's place in the voice, and when it was sent


class Mouth(Protocol):
    """Whatever takes a packet of sound."""

    def speak(self, payload: bytes, timestamp: int) -> None:
        """Send one."""


def buzz(seconds: float, *, pitch: float = 120.0) -> NDArray[np.float32]:
    """Something like speech: a glottal buzz whose pitch (Hz) and loudness move, over a little breath."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * times))) / SAMPLE_RATE
    tones = sum(np.sin(number * phase) / number for number in range(1, 20))
    breath = np.random.default_rng(0).standard_normal(len(times)) * 0.002
    return (0.1 * tones * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * times)) + breath).astype(np.float32)


def packets(sound: NDArray[np.float32]) -> list[bytes]:
    """Its Opus packets of 20 ms."""
    encoder = Encoder()
    whole = len(sound) - len(sound) % TICK_SAMPLES
    return [encoder.encode(sound[start : start + TICK_SAMPLES]) for start in range(0, whole, TICK_SAMPLES)]


def silence() -> list[bytes]:
    """What an open microphone sends with nobody at it: a packet of comfort noise every 400 ms (RFC 7587, section 3.1.3)."""
    return [_COMFORT_NOISE, *[b""] * (_COMFORT_NOISE_TICKS - 1)]


async def speak(client: Mouth, voice: list[bytes], *, after: float = 0.0, sent: Sent | None = None) -> None:
    """Send a voice over and over, a packet every 20 ms, until cancelled.

    Args:
        after: seconds before the first packet.
        sent: called with each packet's number within the voice and the time it was sent.
    """
    began = time.perf_counter() + after
    for number in itertools.count():
        await asyncio.sleep(began + number * TICK_SECONDS - time.perf_counter())
        place = number % len(voice)
        if voice[place]:
            now = time.perf_counter()
            client.speak(voice[place], number * TICK_SAMPLES)
            if sent is not None:
                sent(place, now)
