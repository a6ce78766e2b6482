"""How the people of this process stand, told to their pages, and by whom it was changed.

The database may be read before the event that names who did it has come. What only that event explains waits for it, and is
told without a name when a second look finds it as it was: then the event is lost.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from channels.db import database_sync_to_async

from rooms import events, selectors
from rooms.domain import messages
from rooms.domain.messages import You
from rooms.local_room import LocalRoom

SECOND_LOOK_AFTER_SECONDS = 0.6  # an event on its way is not late by so much


class Standings:
    """Of all rooms here. `spawn` runs something in the background and writes down how it fails."""

    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._spawn = spawn

    def moved(self, room: str, local: LocalRoom, people: Mapping[str, str]) -> None:
        """People stand otherwise; each with the name of who did it, or empty."""
        for person, by in people.items():
            if by or person not in local.moved:
                local.moved[person] = by
        if not local.reading:
            local.reading = True
            self._spawn(self._tell(room, local))

    def found(self, room: str, local: LocalRoom, found: Mapping[str, You]) -> None:
        """The database was looked into without an event; `found` by connection."""
        self._compare(room, local, found, {})

    async def _tell(self, room: str, local: LocalRoom) -> None:
        """Read how the people concerned stand, and tell those for whom it changed; again, if more moved meanwhile."""
        try:
            while local.moved:
                moved, local.moved = local.moved, {}
                self._compare(room, local, await _read(room, local.concerned(moved)), moved)
        finally:
            local.reading = False

    def _compare(self, room: str, local: LocalRoom, found: Mapping[str, You], by: Mapping[str, str]) -> None:
        unexplained: dict[str, You] = {}
        for connection, you in found.items():
            known = local.standings.get(connection)
            if known is None or known == you:
                continue
            if you.id in by or _moved_up(known, you):
                _tell(local, connection, you, by.get(you.id, ""))
            else:
                unexplained[connection] = you
        if unexplained:
            self._spawn(_look_again(room, local, unexplained))


async def _look_again(room: str, local: LocalRoom, unexplained: Mapping[str, You]) -> None:
    await asyncio.sleep(SECOND_LOOK_AFTER_SECONDS)
    for connection, you in (await _read(room, unexplained.keys())).items():
        known = local.standings.get(connection)
        was = unexplained[connection]
        if known is not None and known != you and (you == was or _moved_up(was, you)):
            _tell(local, connection, you, "")


async def _read(room: str, connections: Collection[str]) -> dict[str, You]:
    return await database_sync_to_async(selectors.standings)(room, connections) if connections else {}


def _moved_up(known: You, you: You) -> bool:
    """Whether it is only that the line before them became shorter, or longer: that has no event of theirs."""
    return bool(known.place and you.place) and replace(known, place=you.place) == you


def _tell(local: LocalRoom, connection: str, you: You, by: str) -> None:
    socket = local.sockets.get(connection)
    if socket is not None:
        local.standings[connection] = you
        socket.push(messages.encode(events.frame_of(messages.YouChanged(you=you, by=by))))
