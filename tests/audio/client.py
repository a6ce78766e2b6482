"""A real WebRTC client: aiortc's RTCPeerConnection with a tone for a voice, and ears that measure."""

import asyncio
import fractions
import math
import struct
from collections.abc import Awaitable, Callable
from itertools import pairwise

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

Exchange = Callable[[str], Awaitable[str]]
RATE = 48_000
FRAME = 960


class Tone(MediaStreamTrack):
    """A sine of one frequency at −15 dBFS, or silence while `on` is false."""

    kind = "audio"

    def __init__(self, frequency: int) -> None:
        super().__init__()
        self.on = True
        self._frequency = frequency
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - loop.time()))
        times = np.arange(self._sent, self._sent + FRAME) / RATE
        loudness = 0.25 if self.on else 0.0
        samples = (np.sin(2 * np.pi * self._frequency * times) * loudness * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += FRAME
        return frame


class Client:
    """One participant's media. `heard` is the last second or so of received sound, mono, in [−1, 1]."""

    def __init__(self, exchange: Exchange, *, tone: int = 0) -> None:
        self.voice = Tone(tone) if tone else None
        self.frames = 0
        self._heard_at = 0.0
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._exchange = exchange
        self._blocks: list[np.ndarray] = []
        self._positions: list[float] = []  # seconds, of each frame in the stream that was received
        self._listening: asyncio.Task[None] | None = None
        self.connection.on("track", self._on_track)

    async def join(self, *, direction: str = "sendrecv") -> None:
        """Negotiate and wait until connected. A client without a voice only receives."""
        if self.voice is not None:
            self.connection.addTransceiver(self.voice, direction=direction)
        else:
            self.connection.addTransceiver("audio", direction="recvonly")
        await self.negotiate()
        async with asyncio.timeout(10):
            while self.connection.connectionState != "connected":
                await asyncio.sleep(0.01)

    async def negotiate(self) -> None:
        """Offer, and take the answer."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        answer = await self._exchange(self.connection.localDescription.sdp)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def go_on_stage(self) -> None:
        """Offer again, now to send too."""
        self.connection.getTransceivers()[0].direction = "sendrecv"
        await self.negotiate()

    async def send_rtp(self, *, ssrc: int, sequence: int, timestamp: int, payload: bytes) -> None:
        """Send one packet of one's own making under one's own keys."""
        header = struct.pack("!BBHII", 0x80, 96, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        await self.connection.getSenders()[0].transport._send_rtp(header + payload)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.ensure_future(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            assert isinstance(frame, av.AudioFrame)
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            self._blocks = [*self._blocks[-49:], samples.astype(np.float32) / 32768]
            assert frame.pts is not None
            assert frame.time_base is not None
            self._positions.append(float(frame.pts * frame.time_base))
            self.frames += 1
            self._heard_at = asyncio.get_running_loop().time()

    def forget(self) -> None:
        """What was heard before no longer counts."""
        self._blocks = []
        self._positions = []

    def longest_gap(self) -> float:
        """Seconds of the stream that are missing between two frames, at most. By the stream's own time: a slow machine makes
        none."""
        return max((after - before - FRAME / RATE for before, after in pairwise(self._positions)), default=math.inf)

    @property
    def heard(self) -> np.ndarray:
        """The last second of sound."""
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, dtype=np.float32)

    def level(self) -> float:
        """RMS in dBFS of the last 200 ms."""
        if asyncio.get_running_loop().time() - self._heard_at > 0.1:
            return -math.inf  # nothing comes: silence suppression, or no sound at all
        samples = self.heard[-FRAME * 10 :]
        power = float(np.mean(samples**2)) if len(samples) else 0.0
        return 10 * math.log10(power) if power > 0 else -math.inf

    def level_at(self, frequency: int) -> float:
        """Level in dBFS of one frequency within the last 400 ms."""
        samples = self.heard[-FRAME * 20 :]
        if len(samples) < FRAME * 20:
            return -math.inf
        times = np.arange(len(samples)) / RATE
        window = np.hanning(len(samples))
        amplitude = abs(np.sum(samples * window * np.exp(-2j * np.pi * frequency * times))) / np.sum(window)
        return 20 * math.log10(amplitude * math.sqrt(2)) if amplitude > 0 else -math.inf

    async def hears(self, frequency: int, *, within: float = 5.0) -> None:
        """Wait until a tone is clearly there."""
        await self._wait(lambda: self.level_at(frequency) > -30, f"{frequency} Hz", within)

    async def hears_nothing(self, *, within: float = 5.0) -> None:
        """Wait until what comes is silence, or nothing comes."""
        await self._wait(lambda: self.level() < -60, "silence", within)

    async def _wait(self, condition: Callable[[], bool], what: str, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not within {within} s: {what}; level {self.level():.1f} dBFS") from None

    async def close(self) -> None:
        """Go."""
        if self._listening is not None:
            self._listening.cancel()
        await self.connection.close()
