"""What can be asked of a stage. Actors and targets are people as they are in the room at that moment."""

from dataclasses import dataclass

from rooms.domain.limits import Ability
from rooms.domain.links import Link
from rooms.domain.snapshot import Hand, HandPolicy, Person


@dataclass(frozen=True, slots=True)
class Arrive:
    """A person enters, or comes back within their minute: with a seat, a hand or an invitation that was kept, or openly as
    staff."""

    actor: Person
    hand: Hand | None = None
    invited_by: str = ""
    was_away: bool = False  # a seat was kept


@dataclass(frozen=True, slots=True)
class Depart:
    """A person leaves the room, or is off the roster; `kept`: seat, hand and invitation wait a minute for them."""

    actor: Person
    kept: bool = False


@dataclass(frozen=True, slots=True)
class SetMuted:
    """A person mutes or unmutes themselves."""

    actor: Person
    muted: bool


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """A listener raises a hand, with a line of why. `followed`: somebody on stage follows them."""

    actor: Person
    line: str = ""
    followed: bool = False


@dataclass(frozen=True, slots=True)
class LowerHand:
    """A listener lowers their own hand."""

    actor: Person


@dataclass(frozen=True, slots=True)
class LowerOtherHand:
    """Somebody who runs the room lowers another's hand."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody who runs the room invites a listener: with their hand up they are on stage, else they are asked."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class Withdraw:
    """An invitation is taken back."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class JoinStage:
    """A listener accepts an invitation; a moderator or the host takes a seat."""

    actor: Person


@dataclass(frozen=True, slots=True)
class Decline:
    """A listener would rather not."""

    actor: Person


@dataclass(frozen=True, slots=True)
class LeaveStage:
    """Somebody on stage goes back to the audience."""

    actor: Person


@dataclass(frozen=True, slots=True)
class MuteOther:
    """Somebody on stage is muted by another. There is no unmuting of others."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class MoveToAudience:
    """Somebody is taken off the stage."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class Remove:
    """Somebody is put out of the room."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody is put out of the room, or was there, and does not come back."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class LockStage:
    """Nobody comes onto the stage any more but those who run the room; or again."""

    actor: Person
    locked: bool


@dataclass(frozen=True, slots=True)
class ResetStage:
    """Everybody but those who run the room sits in the audience; hands are lowered, invitations withdrawn."""

    actor: Person


@dataclass(frozen=True, slots=True)
class SetHandPolicy:
    """Who may raise a hand from now on."""

    actor: Person
    policy: HandPolicy


@dataclass(frozen=True, slots=True)
class SetSlowMode:
    """So many seconds between two messages of one person from now on."""

    actor: Person
    seconds: int


@dataclass(frozen=True, slots=True)
class SetTurnLimit:
    """So many seconds should one turn on stage take at most from now on; 0 for no limit."""

    actor: Person
    seconds: int


@dataclass(frozen=True, slots=True)
class PinLink:
    """A link that everybody sees, or none."""

    actor: Person
    link: Link | None


@dataclass(frozen=True, slots=True)
class NameModerator:
    """The host makes somebody a moderator."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class DismissModerator:
    """The host makes a moderator a member again."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class HandOver:
    """The host makes another the host, and becomes a moderator."""

    actor: Person
    target: Person


@dataclass(frozen=True, slots=True)
class Succeed:
    """The rule makes somebody the host in place of one who is gone."""

    successor: Person


@dataclass(frozen=True, slots=True)
class Limit:
    """Somebody may not do these things any more: they lose what they have of them."""

    person: Person
    abilities: frozenset[Ability]


@dataclass(frozen=True, slots=True)
class Freeze:
    """Staff freeze the room: everybody is muted and stays so until they let it go on. Without an actor, from outside."""

    actor: Person | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class TellRoom:
    """Staff say something to everybody in the room; empty takes it back. Without an actor, from outside."""

    actor: Person | None
    text: str


@dataclass(frozen=True, slots=True)
class EndRoom:
    """The host or staff end the room; without an actor, it ends by itself."""

    actor: Person | None


Command = (
    Arrive
    | Depart
    | SetMuted
    | RaiseHand
    | LowerHand
    | LowerOtherHand
    | Invite
    | Withdraw
    | JoinStage
    | Decline
    | LeaveStage
    | MuteOther
    | MoveToAudience
    | Remove
    | Ban
    | LockStage
    | ResetStage
    | SetHandPolicy
    | SetSlowMode
    | SetTurnLimit
    | PinLink
    | NameModerator
    | DismissModerator
    | HandOver
    | Succeed
    | Limit
    | Freeze
    | TellRoom
    | EndRoom
)
