"""Makes welcome.ogg, the speech of the demonstration, with espeak-ng: python -m rooms.demo.make_welcome."""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import av
import numpy as np

RATE = 48_000
SPEECH = Path(__file__).with_name("welcome.ogg")
_RMS = 0.1  # −20 dBFS
_BETWEEN_SECONDS = 1.0
_AFTER_SECONDS = 5.0
_BITRATE = 20_000

WORDS = (
    (
        "en-gb",
        "Welcome to MiTalk. You are listening to a live room. A few people speak on a stage, and many listen. "
        "Open a room on what you are working on, and invite somebody to speak with you.",
    ),
    ("cmn", "欢迎来到米聊。您正在收听一个直播房间。少数人在台上发言，许多人在听。您可以就自己的工作开一个房间。"),
    (
        "ko",
        "마이톡에 오신 것을 환영합니다. 지금 라이브 방을 듣고 계십니다. 몇 사람이 무대에서 말하고, 많은 사람이 듣습니다.",
    ),
)


def main() -> None:
    """Speak, level, join, encode."""
    parts = []
    for voice, words in WORDS:
        parts += [spoken(voice, words), np.zeros(int(RATE * _BETWEEN_SECONDS), dtype=np.float32)]
    parts.append(np.zeros(int(RATE * _AFTER_SECONDS), dtype=np.float32))
    write(np.concatenate(parts), SPEECH)
    sys.stdout.write(f"{SPEECH.name}: {SPEECH.stat().st_size} bytes\n")


def spoken(voice: str, words: str) -> np.ndarray:
    """One text in one voice: mono float32 at 48 kHz, levelled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), words]
        subprocess.run(command, check=True)  # noqa: S603
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float32) / 32768
            rate = file.getframerate()
    there = np.arange(int(len(samples) * RATE / rate)) * rate / RATE
    resampled = np.interp(there, np.arange(len(samples)), samples)
    levelled = resampled * _RMS / np.sqrt(np.mean(resampled**2))
    return np.clip(levelled, -0.9, 0.9).astype(np.float32)


def write(samples: np.ndarray, path: Path) -> None:
    """Encode as Ogg Opus."""
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.bit_rate = _BITRATE
        stream.layout = "mono"
        for start in range(0, len(samples), 960):
            block = (samples[start : start + 960] * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
