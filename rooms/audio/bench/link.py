"""The clients' side of the pipe to the server process."""

import asyncio
import itertools
import json
import sys
from typing import Any

from rooms.audio.bench.figures import cores

_MOST_LINE_BYTES = 1 << 20
_ANSWER_WITHIN_SECONDS = 20.0


class OfferRefused(RuntimeError):
    """The worker does not take the offer; the message is its code."""


class ServerLink:
    """Starts the server on its core, asks, and stops it: an async context manager."""

    async def __aenter__(self) -> "ServerLink":
        server_core, _client_core = cores()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rooms.audio.bench.server",
            str(server_core),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_MOST_LINE_BYTES,
        )
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    async def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """A request's answer."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"do": do, "id": number, **fields}).encode() + b"\n")
        return await asyncio.wait_for(future, _ANSWER_WITHIN_SECONDS)

    async def offer(self, room: str, connection: str, sdp: str) -> str:
        """The answer to an offer.

        Raises:
            OfferRefused: it was refused.
        """
        answer = await self.ask("offer", room=room, connection=connection, sdp=sdp)
        if "refused" in answer:
            raise OfferRefused(answer["refused"])
        return answer["sdp"]

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            answer = json.loads(line)
            self._waiting.pop(answer["id"]).set_result(answer)
