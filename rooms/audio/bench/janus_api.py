"""Janus's WebSocket API (https://janus.conf.meetecho.com/docs/rest.html), as far as the bench needs it."""

import asyncio
import contextlib
import itertools
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_ANSWER_WITHIN_SECONDS = 20.0
_KEEP_ALIVE_SECONDS = 20.0  # Janus ends a session after 60 s without


class JanusError(RuntimeError):
    """Janus refused something; the message is its reason."""


class JanusApi:
    """One session."""

    def __init__(self, port: int) -> None:
        self._address = f"ws://127.0.0.1:{port}"
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._session = 0
        self._socket: ClientConnection

    async def open(self) -> None:
        """Connect, and begin the session.

        Raises:
            OSError: nobody listens.
        """
        protocols = [Subprotocol("janus-protocol")]
        self._socket = await connect(self._address, subprotocols=protocols, compression=None, proxy=None)
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._keep_alive())]
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]

    async def close(self) -> None:
        """End the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def attach(self, plugin: str) -> int:
        """A new handle of a plugin."""
        return int((await self._ask({"janus": "attach", "plugin": f"janus.plugin.{plugin}"}))["data"]["id"])

    async def detach(self, handle: int) -> None:
        """A handle is not needed any more; its peer connection ends with it."""
        await self._ask({"janus": "detach", "handle_id": handle})

    async def message(self, handle: int, body: dict[str, Any], *, offer: str = "", answer: str = "") -> dict[str, Any]:
        """Ask a plugin.

        Returns:
            Its `data`, with the description that came with it, if one did, under `sdp`.

        Raises:
            JanusError: it refused.
        """
        request: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if offer or answer:
            request["jsep"] = {"type": "offer" if offer else "answer", "sdp": offer or answer, "trickle": False}
        reply = await self._ask(request)
        data = reply.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise JanusError(f"{body['request']}: {data['error']}")
        return {**data, "sdp": reply.get("jsep", {}).get("sdp", "")}

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        future = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        where = {"session_id": self._session} if self._session else {}
        await self._socket.send(json.dumps({**request, **where, "transaction": transaction}))
        try:
            reply = await asyncio.wait_for(future, _ANSWER_WITHIN_SECONDS)
        finally:
            del self._waiting[transaction]
        if reply["janus"] == "error":
            raise JanusError(f"{request['janus']}: {reply['error']['reason']}")
        return reply

    async def _read(self) -> None:
        async for text in self._socket:
            reply = json.loads(text)
            # An `ack` only says that the answer will follow, under the same transaction.
            future = self._waiting.get(reply.get("transaction", ""))
            if future is not None and not future.done() and reply["janus"] != "ack":
                future.set_result(reply)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_ALIVE_SECONDS)
            with contextlib.suppress(JanusError, TimeoutError):
                await self._ask({"janus": "keepalive"})
