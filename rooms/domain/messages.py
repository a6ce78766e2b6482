"""The live protocol: every frame between a page and the server, declared once.

The consumer decodes by these classes, docs/protocol.md and static/js/room/protocol.js are written from them
(`manage.py protocol`), and a test holds both to them.

A frame is a JSON object. A command is `{"type": …, "id": n, "data": {…}}`; it is answered by exactly one
`{"type": "ok" | "error", "re": n, …}`. An event is `{"type": …, "data": {…}}`, with a `seq` when it belongs to the
ordered history of the stage.
"""

import dataclasses
import json
import typing
from dataclasses import dataclass, field
from typing import Any, ClassVar

PROTOCOL = 1  # grows when a page of the old version could misread a frame
MAX_FRAME_BYTES = 16 * 1024
MAX_ID = 2**31 - 1
HEARTBEAT_SECONDS = 5  # a page pings this often
ABSENT_AFTER_SECONDS = 12  # and is off the roster, at the next sweep, when nothing came for so long


def text(most: int) -> Any:
    """A field of at most `most` characters."""
    return field(metadata={"most": most})


# --- Commands: page to server -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """Enter the room, or come back to it. Must be the first command. `muted` is what the person last wanted: someone who
    comes back muted stays muted, and nobody is ever unmuted by coming back unless they were unmuted here before.
    `resume` is the connection that this page had before its socket was lost, empty for a page that is new: with it, the
    sound goes on as it is. Answer: `{"you": person id, "connection": …, "snapshot": RoomSnapshot}`; another connection
    than the one asked for needs a new peer connection."""

    type: ClassVar[str] = "room.join"
    protocol: int
    muted: bool
    resume: str = text(32)


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the room and give up one's place. The room goes on."""

    type: ClassVar[str] = "room.leave"


@dataclass(frozen=True, slots=True)
class End:
    """End the room for everybody. Hosts only."""

    type: ClassVar[str] = "room.end"


@dataclass(frozen=True, slots=True)
class Sync:
    """Ask for the whole stage again, after a gap in `seq`. Answer: `{"snapshot": RoomSnapshot}`."""

    type: ClassVar[str] = "room.sync"


@dataclass(frozen=True, slots=True)
class Mute:
    """Mute oneself. Only on stage."""

    type: ClassVar[str] = "mic.mute"


@dataclass(frozen=True, slots=True)
class Unmute:
    """Unmute oneself. Only on stage."""

    type: ClassVar[str] = "mic.unmute"


@dataclass(frozen=True, slots=True)
class MediaOffer:
    """Negotiate the sound: an SDP offer with one audio section, `recvonly` in the audience and `sendrecv` on stage.
    Candidates in it are ignored. Answer: `{"sdp": answer}`."""

    type: ClassVar[str] = "media.offer"
    sdp: str = text(MAX_FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Ping:
    """Say that one is still there, every `HEARTBEAT_SECONDS`."""

    type: ClassVar[str] = "ping"


Command = Join | Leave | End | Sync | Mute | Unmute | MediaOffer | Ping
COMMANDS: dict[str, type[Command]] = {command.type: command for command in typing.get_args(Command)}


# --- What events carry --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person as the others in the room see them. `number` orders the stage."""

    id: str
    name: str
    headline: str
    initials: str
    tint: int
    portrait: str
    role: str
    position: str
    muted: bool
    number: int
    demo: bool


@dataclass(frozen=True, slots=True)
class Face:
    """A listener, as the audience shows them."""

    id: str
    name: str
    initials: str
    tint: int
    portrait: str


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """The whole room for one audience, as of `seq`."""

    seq: int
    phase: str
    stage_size: int
    stage: list[PersonCard]
    count: int
    faces: list[Face]


# --- Events: server to page ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: what the server speaks."""

    type: ClassVar[str] = "hello"
    protocol: int
    heartbeat_seconds: int


@dataclass(frozen=True, slots=True)
class StageSeated:
    """Somebody is on stage, or changed there."""

    type: ClassVar[str] = "stage.seated"
    ordered: ClassVar[bool] = True
    person: PersonCard


@dataclass(frozen=True, slots=True)
class StageUnseated:
    """Somebody is on stage no more."""

    type: ClassVar[str] = "stage.unseated"
    ordered: ClassVar[bool] = True
    person: str


@dataclass(frozen=True, slots=True)
class StageMuted:
    """Somebody on stage muted or unmuted."""

    type: ClassVar[str] = "stage.muted"
    ordered: ClassVar[bool] = True
    person: str
    muted: bool


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """The room is over. `by` is the name of the person who ended it, empty if it ended by itself."""

    type: ClassVar[str] = "room.ended"
    ordered: ClassVar[bool] = True
    by: str


@dataclass(frozen=True, slots=True)
class StageVersion:
    """How far the stage's history has come. Said when an event may have been lost: a page that is behind asks for the
    snapshot."""

    type: ClassVar[str] = "stage.version"
    seq: int


@dataclass(frozen=True, slots=True)
class AudienceChanged:
    """How many listen, and a few of their faces. At most once a second."""

    type: ClassVar[str] = "audience.changed"
    count: int
    faces: list[Face]


@dataclass(frozen=True, slots=True)
class StageSpeaking:
    """The people whose voice is heard now, all of them. On change, at most five times a second."""

    type: ClassVar[str] = "stage.speaking"
    people: list[str]


@dataclass(frozen=True, slots=True)
class MediaRestart:
    """The sound was lost on our side: make a new peer connection and offer again."""

    type: ClassVar[str] = "media.restart"


Event = (
    Hello
    | StageSeated
    | StageUnseated
    | StageMuted
    | RoomEnded
    | StageVersion
    | AudienceChanged
    | StageSpeaking
    | MediaRestart
)
EVENTS: dict[str, type[Event]] = {event.type: event for event in typing.get_args(Event)}


# --- Answers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ok:
    """The command `re` was carried out."""

    type: ClassVar[str] = "ok"
    re: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Error:
    """The command `re` was refused (null if it could not be read). `code` is stable, `message` is for the person in
    their language. `fatal`: the socket closes after this frame, and coming back with the same would be refused again."""

    type: ClassVar[str] = "error"
    re: int | None
    code: str
    message: str
    fatal: bool


def encode(frame: Ok | Error | dict[str, Any]) -> str:
    """The text of one frame from the server."""
    if isinstance(frame, Ok | Error):
        frame = {"type": frame.type, **dataclasses.asdict(frame)}
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
