"""What each web process does for the audio workers: moves the rooms of one that is gone, says whether the database is there.

All of them do so at once: each move is one conditional update, which one of them wins.
"""

import time

from channels.db import database_sync_to_async
from django.db import connection

from rooms import services
from rooms.audio import wire
from rooms.bus import Bus

LOOK_EVERY_SECONDS = 0.5
_REACHED_WITHIN_SECONDS = 0.8  # a look, and what it may take


class Overseer:
    """See the module."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._reached_at = float("-inf")  # monotonic seconds

    async def look(self) -> None:
        """Move what is to be moved. In a thread of its own: whoever enters a room meanwhile does not hold it up."""
        try:
            await database_sync_to_async(_move_rooms, thread_sensitive=False)()
        except Exception:
            self._reached_at = float("-inf")
            raise
        self._reached_at = time.monotonic()

    async def witness(self, worker: str) -> None:
        """Tell a worker that cannot reach the database whether it is alone with that."""
        reached = time.monotonic() - self._reached_at < _REACHED_WITHIN_SECONDS
        await self._bus.publish(wire.worker_topic(worker), wire.encode(wire.Witness(reached)))


def _move_rooms() -> None:
    try:
        services.move_rooms()
    finally:
        connection.close()  # the thread is anybody's
