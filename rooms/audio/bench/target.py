"""What a measurement needs of a server, ours or another."""

from typing import Any, Protocol

from rooms.audio.bench.client import Client
from rooms.audio.bench.usage import Usage
from rooms.audio.bench.voice import Mouth


class NotMeasurable(RuntimeError):
    """Something that this measurement needs is not here; the message says what, and what to do."""


class Target(Protocol):
    """A server of audio rooms in a process of its own."""

    name: str

    async def start(self, core: int) -> None:
        """Start it on this core.

        Raises:
            NotMeasurable: it is not installed, or does not start.
        """

    async def stop(self) -> None:
        """End it, and wait until it has ended."""

    async def join(self, client: Client, room: str, connection: str, *, speaks: bool = False) -> Mouth:
        """Bring a client into a room, until it is connected; one that `speaks` may be heard.

        Returns:
            By what it speaks: itself, if the server takes speech from its clients.
        """

    async def leave(self, room: str, connection: str) -> None:
        """A client is gone."""

    async def begin(self) -> None:
        """Forget what was counted until now."""

    async def inside(self) -> dict[str, Any]:
        """What the server says of itself since `begin`: nothing, if it says nothing."""

    def usage(self) -> Usage:
        """What it has used until now."""
