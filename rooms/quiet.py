"""Which sockets of one room, in one web process, are not told what somebody writes, because they muted them for themselves.

Frames are told apart by the author that they name: where a page is told no name, nothing is hidden from it, or whoever mutes
somebody could see by it which of the words without a name were theirs.
"""

import logging
import time
from collections.abc import Collection, Mapping
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from rooms import selectors
from rooms.domain.messages import ChatSaid, QuestionsChanged

logger = logging.getLogger(__name__)

KNOWN_FOR_SECONDS = 30.0

_WRITTEN = {ChatSaid.type: "messages", QuestionsChanged.type: "questions"}  # frame → where its words are


class Quiet:
    """Who muted whom in one room. Read once an author, and again when somebody's mutes moved."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._muters: dict[str, tuple[float, set[str]]] = {}  # author → when it was read, and whose connections
        self._moved = 0  # counts what was forgotten: a reading that it overtook is not kept

    def forget(self, authors: Collection[str] | None = None) -> None:
        """Somebody came who has muted these authors; or, without authors, somebody's mutes are otherwise."""
        for author in list(self._muters) if authors is None else authors:
            self._muters.pop(author, None)
        if authors is None or authors:
            self._moved += 1

    async def hidden(self, authors: Collection[str]) -> dict[str, frozenset[str]]:
        """By connection: those of the authors that are hidden from it. Of connections from which none is, nothing."""
        await self._read(set(authors))
        found: dict[str, frozenset[str]] = {}
        for author in authors:
            for connection in self._muters.get(author, (0.0, ()))[1]:
                found[connection] = found.get(connection, frozenset()) | {author}
        return found

    async def _read(self, authors: set[str]) -> None:
        missing = {author for author in authors if not self._is_known(author)}
        while missing:
            moved, now = self._moved, time.monotonic()
            try:
                found = await database_sync_to_async(selectors.connections_without)(self._room, missing)
            except DatabaseError:  # what is written must not be lost by it: what was known holds
                logger.exception("quiet.not_read")
                return
            if moved == self._moved:
                self._muters |= {author: (now, connections) for author, connections in found.items()}
                return

    def _is_known(self, author: str) -> bool:
        return author in self._muters and time.monotonic() - self._muters[author][0] < KNOWN_FOR_SECONDS


def authors_of(frame: Mapping[str, Any]) -> set[str]:
    """Who wrote what a frame tells, as far as it says so."""
    return {one["author"]["id"] for one in _words_of(frame)} - {""}


def without(frame: dict[str, Any], authors: Collection[str]) -> dict[str, Any] | None:
    """A frame without the words of these authors; None if there is nothing left to tell."""
    left = left_by([*_words_of(frame)], authors)
    data = {**frame["data"], _WRITTEN[frame["type"]]: left}
    return {**frame, "data": data} if any(data.values()) else None


def left_by(written: list[dict[str, Any]], authors: Collection[str]) -> list[dict[str, Any]]:
    """What was written, but for what names one of these authors."""
    return [one for one in written if one["author"]["id"] not in authors]


def _words_of(frame: Mapping[str, Any]) -> list[dict[str, Any]]:
    part = _WRITTEN.get(frame["type"])
    return frame["data"][part] if part else []
