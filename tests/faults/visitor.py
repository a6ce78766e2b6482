"""Somebody in a room without a browser: a real WebSocket and real sound, polite or not, with ears that measure."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from aiortc import RTCCertificate

from rooms.audio.bench.client import Client, Poller
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.voice import packets, speak
from rooms.audio.codec import Decoder
from rooms.audio.core.clock import SAMPLE_RATE
from rooms.bench.page import Door, Page
from rooms.domain import messages

PATIENCE_SECONDS = 8.0
_EAR_TICKS = 20  # 400 ms
_EAR_SECONDS = 0.5
_SILENT_AFTER_SECONDS = 0.1  # without a packet: silence is not sent
_LASTING_SECONDS = 0.3
AUDIBLE_DBFS = -30.0
_SILENCE_DBFS = -60.0
_TONE_AMPLITUDE = 0.25


def tone(frequency: int) -> list[bytes]:
    """A second of a sine at −15 dBFS, as packets that can be sent over and over."""
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return packets((_TONE_AMPLITUDE * np.sin(2 * np.pi * frequency * times)).astype(np.float32))


class Ears:
    """What one visitor hears."""

    def __init__(self) -> None:
        self.packets = 0
        self._decoder = Decoder()
        self._ticks: deque[np.ndarray] = deque(maxlen=_EAR_TICKS)
        self._at = -math.inf

    def hear(self, payload: bytes, now: float) -> None:
        """One packet of the mix."""
        self.packets += 1
        if now - self._at > _SILENT_AFTER_SECONDS:
            self._ticks.clear()  # what was heard before the silence is over
        self._ticks.append(self._decoder.decode(payload))
        self._at = now

    def forget(self) -> None:
        """What was heard until now counts no more."""
        self._ticks.clear()

    def level_at(self, frequency: int) -> float:
        """Level in dBFS of one frequency within the last 400 ms."""
        if time.perf_counter() - self._at > _SILENT_AFTER_SECONDS or len(self._ticks) < _EAR_TICKS:
            return -math.inf
        sound = np.concatenate(self._ticks)
        times = np.arange(len(sound)) / SAMPLE_RATE
        window = np.hanning(len(sound))
        amplitude = abs(np.sum(sound * window * np.exp(-2j * np.pi * frequency * times))) / np.sum(window)
        return 20 * math.log10(amplitude * math.sqrt(2)) if amplitude > 0 else -math.inf

    def level(self) -> float:
        """RMS in dBFS of the last 100 ms."""
        if time.perf_counter() - self._at > _SILENT_AFTER_SECONDS or not self._ticks:
            return -math.inf
        power = float(np.mean(np.concatenate(list(self._ticks)[-5:]) ** 2))
        return 10 * math.log10(power) if power > 0 else -math.inf


class Visitor(Page):
    """One stay in a room. Nothing that the server says makes it do anything: tests decide what it does."""

    def __init__(self, door: Door, poller: Poller, certificate: RTCCertificate) -> None:
        super().__init__(door, Client(poller, certificate, sends=True), on_event=self._note)
        self._poller, self._certificate = poller, certificate
        self.ears = Ears()
        self.media.on_sound = self.ears.hear
        self.frames: list[dict[str, Any]] = []
        self._voice: asyncio.Task[None] | None = None

    async def connect_again(self) -> None:
        """A new peer connection on the same socket, as pages make when the sound is lost."""
        self.lose_media()
        self.media = Client(self._poller, self._certificate, sends=True)
        self.media.on_sound = self.ears.hear
        await self.media.join(cast(ServerLink, self), "", "")
        self._hears = True

    def lose_media(self) -> None:
        """The sound is gone without a word; the socket lives."""
        self._hears = False
        self.media.close()

    def stop_reading(self) -> None:
        """Read nothing more from the socket, and go on with everything else."""
        next(task for task in self._tasks if task.get_coro().__name__ == "_read").cancel()  # type: ignore[union-attr]

    @property
    def local_port(self) -> int:
        """Where the socket comes from."""
        return int(self._socket.transport.get_extra_info("sockname")[1])

    def fall_silent(self) -> None:
        """Send nothing any more, neither sound nor a sign of life, and keep everything open."""
        self.hush()
        for task in self._tasks:
            task.cancel()

    def _note(self, frame: dict[str, Any], _now: float) -> None:
        self.frames.append(frame)

    def talk(self, frequency: int) -> None:
        """Send a tone from now on, whatever the server says."""
        self.hush()
        self._voice = asyncio.create_task(speak(self.media, tone(frequency)))

    def hush(self) -> None:
        """Send nothing more."""
        if self._voice is not None:
            self._voice.cancel()
            self._voice = None

    async def unmute(self) -> None:
        """Ask to be heard."""
        await self.command(messages.Unmute.type)
        self.muted = False

    async def refused(self, kind: str, **data: Any) -> str:
        """Send a command that is to be refused; its code."""
        try:
            await self.command(kind, **data)
        except ConnectionError as refusal:
            return str(refusal)
        raise AssertionError(f"{kind} was not refused")

    async def hears(self, frequency: int, *, within: float = PATIENCE_SECONDS) -> None:
        """Wait until a tone is clearly heard."""
        await until(lambda: self.ears.level_at(frequency) > AUDIBLE_DBFS, f"{frequency} Hz heard", within=within)

    async def hears_nothing(self, *, within: float = PATIENCE_SECONDS) -> None:
        """Wait until nothing is heard."""
        await until_lasting(lambda: self.ears.level() < _SILENCE_DBFS, "silence", within=within)

    async def does_not_hear(self, frequency: int, *, within: float = PATIENCE_SECONDS) -> None:
        """Wait until a tone is not heard any more, whatever else is."""
        await until_lasting(lambda: self.ears.level_at(frequency) < _SILENCE_DBFS, f"no {frequency} Hz", within=within)

    async def stays_deaf_to(self, frequency: int, *, seconds: float = 1.0) -> None:
        """A tone is gone from what the ears hold, and does not come again for so long."""
        await self.does_not_hear(frequency, within=_EAR_SECONDS)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.ears.level_at(frequency) < _SILENCE_DBFS, f"{frequency} Hz heard"
            await asyncio.sleep(0.02)

    async def receives_nothing(self, *, within: float) -> None:
        """Wait until no packet of sound comes any more."""
        await until_lasting(
            lambda: time.perf_counter() - self.ears._at > _SILENT_AFTER_SECONDS, "no packet", within=within
        )

    async def is_told(self, kind: str, *, within: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait for a frame of this type; the last one there was."""
        await until(lambda: any(frame["type"] == kind for frame in self.frames), f"told {kind}", within=within)
        return next(frame for frame in reversed(self.frames) if frame["type"] == kind)

    async def is_put_out(self, *, within: float = PATIENCE_SECONDS) -> str:
        """Wait until the server has closed the socket; why."""
        await until(lambda: bool(self.ended_by_server), "closed by the server", within=within)
        return self.ended_by_server

    def close(self) -> None:
        """Be gone without a word."""
        self.hush()
        super().close()


async def until(condition: Any, what: str, *, within: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"not within {within:.2f} s: {what}"
        await asyncio.sleep(0.01)


async def until_lasting(condition: Callable[[], bool], what: str, *, within: float) -> None:
    """Wait until a condition begins to hold, and stays so: a busy machine that sends nothing for a moment is no silence."""
    end, since = time.monotonic() + within, None
    while since is None or time.monotonic() - since < _LASTING_SECONDS:
        if not condition():
            since = None
            assert time.monotonic() < end, f"not within {within:.2f} s: {what}"
        elif since is None:
            since = time.monotonic()
        await asyncio.sleep(0.01)
