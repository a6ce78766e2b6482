"""What the two processes of a worker say to each other: control, which negotiates, and media, which sounds.

Each message is a frozen dataclass; how it travels is `pipe.py`. Both ends are the same version of ours, and nothing is lost
on the way; a peer is known by its `number`. Why two processes: docs/decisions/0009.
"""

import typing
from dataclasses import dataclass
from typing import Any

from rooms.audio.transport.ice_lite import Credentials
from rooms.audio.transport.peer import Agreed
from rooms.audio.transport.srtp import Keys

# --- control to media -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Make a peer, and answer its checks."""

    number: int
    room: str
    connection: str
    person: str
    ssrc: int
    cname: str
    payload_type: int
    sends: bool
    receives: bool
    remote_ufrag: str
    ufrag: str
    password: str

    @property
    def agreed(self) -> Agreed:
        """What offer and answer settled."""
        return Agreed(self.payload_type, self.sends, self.receives)

    @property
    def credentials(self) -> Credentials:
        """What checks must name and be signed with."""
        return Credentials(self.remote_ufrag, self.ufrag, self.password)


@dataclass(frozen=True, slots=True)
class Agree:
    """Another answer was given: the peer goes on stage, or comes back."""

    number: int
    payload_type: int
    sends: bool
    receives: bool

    @property
    def agreed(self) -> Agreed:
        """What offer and answer settled."""
        return Agreed(self.payload_type, self.sends, self.receives)


@dataclass(frozen=True, slots=True)
class Expect:
    """ICE begins anew: answer checks with these too."""

    number: int
    remote_ufrag: str
    ufrag: str
    password: str

    @property
    def credentials(self) -> Credentials:
        """What checks must name and be signed with."""
        return Credentials(self.remote_ufrag, self.ufrag, self.password)


@dataclass(frozen=True, slots=True)
class Unlock:
    """The handshake is done."""

    number: int
    profile: int
    sending: bytes
    receiving: bytes

    @property
    def keys(self) -> Keys:
        """The keys it came to."""
        return Keys(self.profile, self.sending, self.receiving)


@dataclass(frozen=True, slots=True)
class Record:
    """A datagram of DTLS: to be sent, or received from the peer's checked address."""

    number: int
    datagram: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """End a peer."""

    number: int


@dataclass(frozen=True, slots=True)
class OnStage:
    """Who may be heard in a room as of a version of its stage."""

    room: str
    version: int
    connections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """Until when (monotonic seconds) voices may be let through; then all rooms are silent until another comes."""

    until: float


@dataclass(frozen=True, slots=True)
class Shared:
    """Which workers share a room that is mixed here: address, port, key's name and key of each."""

    room: str
    epoch: int
    shares: tuple[tuple[str, int, bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a room is mixed of which listeners are here; without an address: here."""

    room: str
    epoch: int
    ip: str
    port: int
    keys: tuple[tuple[bytes, bytes], ...]  # name and key; the home seals with one of them


@dataclass(frozen=True, slots=True)
class ExpectLoss:
    """What the listeners of a room that is mixed here lose on the workers that share it, in percent."""

    room: str
    percent: int


@dataclass(frozen=True, slots=True)
class CensusWanted:
    """Tell what there is."""

    request: int


# --- media to control -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reached:
    """A peer's first address has passed a check."""

    number: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A peer has not checked for too long that we are here; it is still open."""

    number: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is heard in a room now, the dominant speaker first. Connections' people."""

    room: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """How long each of these people has spoken, in seconds, and who has the floor for how long."""

    room: str
    people: tuple[str, ...]
    seconds: tuple[int, ...]
    holder: str
    held: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """A connection may be heard, and no packet of its voice has come for a while; or one has come again."""

    room: str
    connection: str
    unheard: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What was let through of a room's voices since the last one: `evidence.packets.pack`."""

    room: str
    batch: bytes


@dataclass(frozen=True, slots=True)
class Pulse:
    """Media lives, and has done so far what these sums say (`core.figures`). Once a second."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The lease was over: nobody is heard in any room, until there is another and stages are told again."""


@dataclass(frozen=True, slots=True)
class Losing:
    """What listeners here lose of a room that is mixed elsewhere, in percent. Every five seconds."""

    room: str
    percent: int


@dataclass(frozen=True, slots=True)
class Unfed:
    """Of these rooms, which are mixed elsewhere, no frame comes. When it is others than before."""

    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Census:
    """What there is, in answer to `CensusWanted`."""

    request: int
    figures: dict[str, Any]
    peers: list[dict[str, Any]]


Message = (
    Open | Agree | Expect | Unlock | Record | Close | OnStage | Lease | Shared | Source | ExpectLoss | CensusWanted
    | Reached | Gone | Heard | Floor | Unheard | Kept | Pulse | Lapsed | Losing | Unfed | Census
)  # fmt: skip
BY_KIND: dict[str, type[Message]] = {message.__name__: message for message in typing.get_args(Message)}
