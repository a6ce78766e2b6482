"""One room as this process has it: its sockets, what was told to them last, and how a frame reaches an audience of them."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rooms import events
from rooms.domain import messages
from rooms.domain.errors import Code
from rooms.domain.floor import FloorSoFar
from rooms.domain.messages import Face, You
from rooms.domain.roles import RUNS_THE_ROOM, Role
from rooms.domain.snapshot import Audience
from rooms.quiet import Quiet, authors_of, without
from rooms.talker import Talker

SOCKETS_AT_ONCE = 50


class Socket(Protocol):
    """What the hub needs of a consumer."""

    connection: str
    number: int  # of its person's sockets in this room

    def push(self, text: str) -> None:
        """Send a frame, soon and in order."""

    def dismiss(self, code: Code, **details: str) -> None:
        """Say why, and close."""

    def warn(self, code: Code) -> None:
        """Say that something was taken from them, and why."""

    def send_elsewhere(self) -> None:
        """Close: this process ends."""


@dataclass
class LocalRoom:
    """The sockets of one room in this process, and what was last told to them."""

    talker: Talker | None = None
    quiet: Quiet | None = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)  # what is written is told in order
    sockets: dict[str, Socket] = field(default_factory=dict)
    standings: dict[str, You] = field(default_factory=dict)  # by connection
    quiet_told: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # by connection: whom its page knows to be muted
    moved: dict[str, str] = field(default_factory=dict)  # person → by whom: standings to read again
    reading: bool = False  # standings, now
    subscribed: bool = False
    subscribing: asyncio.Lock = field(default_factory=asyncio.Lock)  # who comes second waits for the first
    counting: asyncio.Task[None] | None = None
    count: int = -1
    faces: list[Face] | None = None
    faces_at: float = 0.0
    speaking: tuple[str, ...] = ()
    floor: FloorSoFar = field(default_factory=FloorSoFar)
    media_epoch: int = 0  # of the placement that pages here know of; 0: none was heard of
    shares: dict[str, int] = field(default_factory=dict)  # by connection: the share of the room that it is on, if any
    workers: dict[str, str] = field(default_factory=dict)  # by connection: whose answer it has
    lately: dict[str, Any] | None = None  # the last snapshot that was read
    lately_at: float = 0.0
    seqs: dict[Audience, int] = field(
        default_factory=lambda: dict.fromkeys(Audience, 0)
    )  # of the last frames that came

    def push(self, frame: dict[str, Any], audience: Audience = Audience.EVERYONE) -> None:
        """Send one frame to an audience, encoded once."""
        text = messages.encode(frame)
        for connection, socket in list(self.sockets.items()):
            if audience is Audience.EVERYONE or self.runs_the_room(connection):
                socket.push(text)

    async def push_gently(self, frame: dict[str, Any], hidden: Mapping[str, frozenset[str]] | None = None) -> None:
        """Send one frame that can wait to everyone, some at a time: a thousand sockets at once would hold up everything else
        for as long as it takes to write to all of them. `hidden`, by connection: the authors whose words are left out."""
        texts: dict[frozenset[str], str] = {frozenset(): messages.encode(frame)}
        for sent, (connection, socket) in enumerate(list(self.sockets.items())):
            if sent and sent % SOCKETS_AT_ONCE == 0:
                await asyncio.sleep(0)
            authors = hidden.get(connection, frozenset()) if hidden else frozenset()
            if authors not in texts:
                rest = without(frame, authors)
                texts[authors] = messages.encode(rest) if rest else ""
            if texts[authors]:
                socket.push(texts[authors])

    async def push_written(self, frame: dict[str, Any]) -> None:
        """Send what people wrote to everyone but those who muted them for themselves. Such frames are of no history that a
        page could find a gap in."""
        async with self.writing:
            authors = authors_of(frame)
            hidden = await self.quiet.hidden(authors) if self.quiet and authors else None
            await self.push_gently(frame, hidden)

    def tell_host(self, conflicts: list[dict[str, str]]) -> None:
        """Say to the host's page, and to nobody else, who meets whom."""
        for connection, socket in list(self.sockets.items()):
            if self.is_host(connection):
                for conflict in conflicts:
                    socket.push(messages.encode(events.frame_of(messages.RoomConflict(**conflict))))

    def tell_quiet(self, quiet: Mapping[str, set[str]]) -> None:
        """Say to each page for whom it changed whom of the people here it has muted."""
        for connection, socket in list(self.sockets.items()):
            muted = frozenset(quiet.get(connection, ()))
            if muted != self.quiet_told.get(connection, frozenset()):
                self.quiet_told[connection] = muted
                socket.push(messages.encode(events.frame_of(messages.TalkQuiet(quiet=sorted(muted)))))

    def is_host(self, connection: str) -> bool:
        """Whether this connection's person hosts the room."""
        you = self.standings.get(connection)
        return you is not None and you.role == Role.HOST

    def runs_the_room(self, connection: str) -> bool:
        """Whether this connection's person is of the moderators' audience."""
        you = self.standings.get(connection)
        return you is not None and you.role in RUNS_THE_ROOM  # a role's name equals the role

    def concerned(self, people: Collection[str]) -> set[str]:
        """The connections of these people, and of those whose place depends on others."""
        return {
            connection
            for connection, you in self.standings.items()
            if you.id in people or you.place > 0 or you.invited_by
        }
