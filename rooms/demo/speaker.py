"""The demonstration speaker: a real WebRTC client that enters its room as a page does, and reads the welcome in a loop."""

import asyncio
import contextlib
import dataclasses
import fractions
import itertools
import json
import logging
from pathlib import Path
from typing import Any

import av
import numpy as np
import websockets
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from rooms.demo.make_welcome import RATE, SPEECH
from rooms.domain import messages
from rooms.domain.errors import Code

logger = logging.getLogger(__name__)

_FRAME = 960
_ANSWER_WITHIN_SECONDS = 8.0
_AGAIN_AFTER_SECONDS = 1.0


class RoomIsOver(Exception):
    """The room ended: there is nobody left to welcome in it."""


class WelcomeTrack(MediaStreamTrack):
    """The welcome, over and over, 20 ms at a time."""

    kind = "audio"

    def __init__(self, speech: np.ndarray) -> None:
        super().__init__()
        self._speech = speech
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> av.AudioFrame:
        """The next frame, when it is due."""
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - loop.time()))
        start = self._sent % (len(self._speech) - _FRAME)
        frame = av.AudioFrame.from_ndarray(
            self._speech[start : start + _FRAME].reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += _FRAME
        return frame


def read_speech(path: Path = SPEECH) -> np.ndarray:
    """The welcome as mono int16 at 48 kHz, a whole number of 20 ms frames."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        blocks = [
            block.to_ndarray().reshape(-1) for frame in container.decode(audio=0) for block in resampler.resample(frame)
        ]
    speech = np.concatenate(blocks)
    return speech[: len(speech) // _FRAME * _FRAME]


class DemoSpeaker:
    """One stay after another in one room."""

    def __init__(self, *, address: str, origin: str, cookie: str) -> None:
        self._address = address
        self._headers = {"Origin": origin, "Cookie": cookie}
        self._speech = read_speech()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._peer: RTCPeerConnection | None = None
        self._socket: Any = None
        self._received = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def speak(self) -> None:
        """Enter, speak, and come back after every drop, until the room ends.

        Raises:
            RoomIsOver: it did.
        """
        while True:
            try:
                await self._stay()
            except (OSError, TimeoutError, websockets.WebSocketException):
                logger.info("demo.speaker_comes_back")
            finally:
                await self._hang_up()
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    async def _stay(self) -> None:
        async with websockets.connect(self._address, additional_headers=self._headers) as socket:
            self._socket = socket
            reading = asyncio.create_task(self._read())
            beating = asyncio.create_task(self._beat())
            try:
                entry = messages.Join(
                    messages.PROTOCOL, muted=False, leave_other=True, as_staff=False, resume="", accepts=""
                )
                await self._command(messages.Join.type, **dataclasses.asdict(entry))
                await self._negotiate()
                await self._command(messages.Unmute.type)
                await reading
            finally:
                for task in (reading, beating):
                    task.cancel()
                await asyncio.gather(reading, beating, return_exceptions=True)

    async def _read(self) -> None:
        self._received = 0
        async for text in self._socket:
            self._received += 1
            frame = json.loads(text)
            match frame["type"]:
                case "ok" | "error" if frame["re"] in self._waiting:
                    self._waiting.pop(frame["re"]).set_result(frame)
                case "error" if frame["code"] == Code.ROOM_ENDED:
                    raise RoomIsOver
                case messages.MediaRestart.type:
                    self._tasks.add(task := asyncio.create_task(self._negotiate()))
                    task.add_done_callback(self._tasks.discard)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(messages.HEARTBEAT_SECONDS)
            await self._command(messages.Ping.type, received=self._received)

    async def _command(self, kind: str, **data: Any) -> dict[str, Any]:
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"type": kind, "id": number, "data": data}))
        frame = await asyncio.wait_for(future, _ANSWER_WITHIN_SECONDS)
        if frame["type"] == "error":
            if frame["code"] in (Code.ROOM_ENDED, Code.ROOM_NOT_FOUND):
                raise RoomIsOver
            raise ConnectionError(frame["code"])
        return frame["data"]

    async def _negotiate(self) -> None:
        await self._hang_up()
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peer.addTransceiver(WelcomeTrack(self._speech), direction="sendrecv")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        answer = await self._command(messages.MediaOffer.type, sdp=self._peer.localDescription.sdp)
        await self._peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))

    async def _hang_up(self) -> None:
        peer, self._peer = self._peer, None
        if peer is not None:
            with contextlib.suppress(ConnectionError):
                await peer.close()
