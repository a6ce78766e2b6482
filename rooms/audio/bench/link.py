"""The clients' side of the pipe to the server process."""

import asyncio
import itertools
import json
import sys
from typing import Any

from rooms.audio.bench.client import Client
from rooms.audio.bench.usage import Usage, usage

_MOST_LINE_BYTES = 1 << 20
_ANSWER_WITHIN_SECONDS = 20.0


class OfferRefused(RuntimeError):
    """The worker does not take the offer; the message is its code."""


class ServerLink:
    """Starts our server on a core, asks, and stops it. See `target.Target`."""

    name = "mitalk"

    async def start(self, core: int) -> None:
        """Start the server process, and wait until it answers."""
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rooms.audio.bench.server",
            str(core),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_MOST_LINE_BYTES,
        )
        self._reading = asyncio.create_task(self._read())
        await self.begin()

    async def stop(self) -> None:
        """End the server process, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    # --- what a target does -------------------------------------------------------------------------------------------------

    async def join(self, client: Client, room: str, connection: str, *, speaks: bool = False) -> Client:
        """Bring a client into a room; one that `speaks` may be heard."""
        await client.join(self, room, connection)
        if speaks:
            await self.ask("allow", room=room, connection=connection)
        return client

    async def leave(self, room: str, connection: str) -> None:
        """A client is gone."""
        await self.ask("leave", room=room, connection=connection)

    async def begin(self) -> None:
        """Ticks are counted from now on."""
        await self.ask("begin")

    async def inside(self) -> dict[str, Any]:
        """What the server says of itself since `begin`."""
        return await self.ask("report")

    def usage(self) -> Usage:
        """What it has used until now."""
        return usage(self._process.pid)

    # --- the pipe -----------------------------------------------------------------------------------------------------------

    async def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """A request's answer.

        Raises:
            ConnectionError: the server ended.
            TimeoutError: it does not answer.
        """
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
            future = self._waiting.pop(answer["id"])
            if not future.done():
                future.set_result(answer)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the server ended"))
