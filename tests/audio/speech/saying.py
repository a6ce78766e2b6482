"""Synthetic speech with planted phrases, as sound and as the packets that the gate lets through."""

import numpy as np
from scipy.signal import resample_poly

from rooms.audio.bench.voice import packets
from rooms.audio.evidence.packets import VoicePacket
from tests.audio.sounds import FIRST_SPEECH, SECOND_SPEECH, THIRD_SPEECH, speech

PHRASE, OTHER = "send me your passport", "transfer the money tonight"
PLANTED = "Well my friends, I have an offer for everybody here. Please send me your passport and then we can begin."
CLEAN = (FIRST_SPEECH, SECOND_SPEECH, THIRD_SPEECH)
VOICES = ("en-us", "en-us+f3", "en-us+m3")


def said(text: str, voice: str = "en-us") -> np.ndarray:
    """48 kHz, with a second of silence around it."""
    quiet = np.zeros(48_000, dtype=np.float32)
    return np.concatenate([quiet, 0.7 * speech(text, voice), quiet]).astype(np.float32)


def as_pcm(text: str, voice: str = "en-us") -> bytes:
    """16 bits at 16 kHz."""
    return (np.clip(resample_poly(said(text, voice), 1, 3), -1, 1) * 32_767).astype("<i2").tobytes()


def as_packets(sound: np.ndarray, person: str = "anna", began_ms: int = 1_000_000) -> list[VoicePacket]:
    """As they came, one every 20 ms."""
    return [
        VoicePacket(person, began_ms + 20 * (number + 1), 960 * number, payload)
        for number, payload in enumerate(packets(sound))
        if payload
    ]
