"""What web and worker say to each other: the only part of audio that the rest of MiTalk may import.

Every message is a frozen dataclass that travels as a flat JSON object with its `kind`. Topics are those of `rooms.bus`.
Nothing here is trusted to arrive: the worker reads the truth (`RoomTruth`) twice a second, and web asks again.
"""

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

# Grows when a worker or a web of the old version could misread a message, or open no frame: no room goes to one of another.
VERSION = 4
WORKERS_TOPIC = "workers"  # workers announce themselves here, and ask; every web process listens


def worker_topic(worker: str) -> str:
    """The topic that one audio worker listens to."""
    return f"audio.{worker}"


def web_topic(process: str) -> str:
    """The topic on which one web process receives the answers to its own requests."""
    return f"web.{process}"


def room_topic(room: str) -> str:
    """The topic of everything that the members of one room should see."""
    return f"room.{room}"


CHECK_CONNECTIONS = SPEAKS, HEARS = "speaks", "hears"  # of a sound check


def check_room(check: str) -> str:
    """The room of one sound check: no public id of a room has a dot."""
    return f"check.{check}"


@dataclass(frozen=True, slots=True)
class Offer:
    """Web to worker: a participant's SDP offer, already sanitised and already admitted by the roster."""

    kind: ClassVar[str] = "offer"
    request: str  # correlates the answer
    reply_to: str  # a topic
    room: str
    connection: str  # one peer, one connection; a new one of the same person replaces the old
    person: str
    sdp: str
    epoch: int = 0  # of the room's placement that it goes by; a worker that knows of a later one refuses


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """Web to worker: one of the two SDP offers of a sound check, already sanitised. Answered as an `Offer` is."""

    kind: ClassVar[str] = "check_offer"
    request: str
    reply_to: str
    check: str  # a random id: both offers name it
    speaks: bool  # may be heard; else it is the one that hears
    sdp: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Worker to web: the SDP answer to an `Offer` or a `CheckOffer`, and the epoch that the offer went by."""

    kind: ClassVar[str] = "answer"
    request: str
    sdp: str
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """Worker to web: an offer that could not be answered, with a stable code of `rooms.domain.errors`."""

    kind: ClassVar[str] = "offer_refused"
    request: str
    code: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Web to worker: who may be heard in a room as of `version`. Older versions than the one known are ignored."""

    kind: ClassVar[str] = "stage"
    room: str
    version: int
    may_speak: tuple[str, ...]  # connections


@dataclass(frozen=True, slots=True)
class Hangup:
    """Web to worker: drop this connection's media now."""

    kind: ClassVar[str] = "hangup"
    room: str
    connection: str


@dataclass(frozen=True, slots=True)
class PeersWanted:
    """Anybody to worker: which connections have sound?"""

    kind: ClassVar[str] = "peers_wanted"
    reply_to: str  # a topic


@dataclass(frozen=True, slots=True)
class Peers:
    """Worker, in answer to `PeersWanted`: the connections that have sound, or are about to."""

    kind: ClassVar[str] = "peers"
    worker: str
    connections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speaking:
    """Worker to room: the people whose voice is in the mix now, the dominant speaker first. On change, at most five times a
    second; repeated every two seconds for web processes that came later."""

    kind: ClassVar[str] = "speaking"
    room: str
    people: tuple[str, ...]
    epoch: int = 0  # of the placement by which the worker has the room: web believes no earlier one


@dataclass(frozen=True, slots=True)
class Floor:
    """Worker to room: how long each of these people has spoken since the worker has the room, in seconds; whose turn it is
    (nobody's, if empty), and for how long. When the turn passes, and every five seconds while somebody speaks."""

    kind: ClassVar[str] = "floor"
    room: str
    people: tuple[str, ...]
    seconds: tuple[int, ...]
    holder: str
    held: int
    epoch: int = 0  # of the placement by which the worker has the room: web believes no earlier one


@dataclass(frozen=True, slots=True)
class Unheard:
    """Worker to room: this connection may be heard, and for two seconds nothing has come from it; or something has again."""

    kind: ClassVar[str] = "unheard"
    room: str
    connection: str
    unheard: bool
    epoch: int = 0  # of the placement by which the worker has the room: web believes no earlier one


@dataclass(frozen=True, slots=True)
class MediaLost:
    """Worker to room: this connection's media ended without our asking; its page should negotiate again."""

    kind: ClassVar[str] = "media_lost"
    room: str
    connection: str
    epoch: int = 0  # of the placement by which the worker has the room: web believes no earlier one
    worker: str = ""  # the page may have another peer elsewhere by now


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """Worker to `WORKERS_TOPIC`: a worker begins with no peers; pages whose room it carries negotiate again."""

    kind: ClassVar[str] = "worker_started"
    worker: str


@dataclass(frozen=True, slots=True)
class WitnessWanted:
    """Worker to `WORKERS_TOPIC`: I cannot reach the database. Is it me?"""

    kind: ClassVar[str] = "witness_wanted"
    worker: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Web to worker, in answer: whether it has heard from the database lately itself."""

    kind: ClassVar[str] = "witness"
    reached: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Web, jobs or worker to room: its sound was placed anew. Pages negotiate again, spread over so many milliseconds."""

    kind: ClassVar[str] = "placed"
    room: str
    epoch: int
    spread_ms: int


@dataclass(frozen=True, slots=True)
class Look:
    """Web to worker: look into the database now, for the workers that have a room's sound are others."""

    kind: ClassVar[str] = "look"
    room: str


@dataclass(frozen=True, slots=True)
class Echo:
    """Worker to itself: what comes back says that the bus carries."""

    kind: ClassVar[str] = "echo"


@dataclass(frozen=True, slots=True)
class ShareEnded:
    """Web, jobs or worker to room: a worker that carried a part of its listeners does so no more. Their pages negotiate
    again, spread over so many milliseconds."""

    kind: ClassVar[str] = "share_ended"
    room: str
    share: int
    spread_ms: int


@dataclass(frozen=True, slots=True)
class ListenersLose:
    """Worker to the worker that mixes the room: what nine in ten of the listeners here lose at most, in percent."""

    kind: ClassVar[str] = "listeners_lose"
    room: str
    worker: str
    percent: int
    epoch: int


Message = (
    Offer | CheckOffer | Answer | OfferRefused | Stage | Hangup | PeersWanted | Peers
    | Speaking | Floor | Unheard | MediaLost | WorkerStarted | WitnessWanted | Witness | Placed
    | Look | Echo | ShareEnded | ListenersLose
)  # fmt: skip
_BY_KIND: dict[str, type[Message]] = {message.kind: message for message in typing.get_args(Message)}


# What each field must be: the bus carries JSON, and a message of another version must not get further than this.
_FIELDS: dict[str, dict[str, Any]] = {
    kind: {name: hint for name, hint in typing.get_type_hints(message).items() if name != "kind"}
    for kind, message in _BY_KIND.items()
}
_IS: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    bool: lambda value: isinstance(value, bool),
    tuple[str, ...]: lambda value: isinstance(value, tuple) and all(isinstance(each, str) for each in value),
    tuple[int, ...]: lambda value: isinstance(value, tuple) and all(type(each) is int for each in value),
}


class UnknownMessage(ValueError):
    """A message of another version or of nobody: log it and go on."""


def encode(message: Message) -> dict[str, Any]:
    """The JSON object of a message."""
    return {"kind": message.kind, **dataclasses.asdict(message)}


def decode(data: dict[str, Any]) -> Message:
    """The message of a JSON object.

    Raises:
        UnknownMessage: the kind is not ours, or its fields do not fit.
    """
    fields: Any = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items() if name != "kind"
    }
    try:
        message = _BY_KIND[data["kind"]](**fields)
        fits = all(_IS[kind](getattr(message, name)) for name, kind in _FIELDS[message.kind].items())
    except (KeyError, TypeError) as error:
        raise UnknownMessage(f"not a wire message: {data.get('kind')!r}") from error
    if not fits:
        raise UnknownMessage(f"fields of the wrong type: {message.kind}")
    return message


@dataclass(frozen=True, slots=True)
class Place:
    """Another worker that has a part of a room, and which share of it that is."""

    share: int
    ip: str
    port: int
    worker: str


@dataclass(frozen=True, slots=True)
class RoomTruth:
    """One room as the database knows it; what the worker reconciles its peers with."""

    room: str
    version: int
    may_speak: frozenset[str]  # connections on stage, unmuted, in a live room
    present: frozenset[str]  # every connection of the roster; media of any other is ended
    epoch: int = 0  # of its placement
    expected: frozenset[str] | None = None  # those who must have sound here; None: all that are present
    home: Place | None = None  # the worker that mixes it, if that is another, with the number of our share
    shares: tuple[Place, ...] = ()  # other workers that have listeners of it, if it is mixed here


@dataclass(frozen=True, slots=True)
class Load:
    """What a worker says of itself with each beat."""

    people: int  # that have sound, or are about to
    most_people: int
    late_ms: int  # nineteen in twenty ticks of the last five seconds were no later
    cpu_percent: int  # of a core, its two processes together
    unfed: int = 0  # rooms that another worker mixes, and of which nothing comes
    disk: str = ""  # what hinders it from keeping what is said, in a few words
    deaf_for: float = 0.0  # seconds since what it sends to itself over the bus came back
