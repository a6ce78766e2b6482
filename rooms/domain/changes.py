"""What happened to a stage: events, each told to one audience, and what each makes of a snapshot.

`by` is the id of whoever did it, empty when somebody did it themselves or nobody did.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

from rooms.domain.links import Link
from rooms.domain.roles import Role
from rooms.domain.snapshot import Audience, Hand, HandPolicy, Person, Phase, Snapshot


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody is on stage now. `was_away`: on a seat that was kept for them."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: Person
    by: str = ""
    was_away: bool = False


@dataclass(frozen=True, slots=True)
class Unseated:
    """Somebody is on stage no more. `kept`: their seat waits for them."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: str
    by: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class MuteChanged:
    """Somebody on stage is muted or unmuted."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: str
    muted: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """Somebody is a member, a moderator or the host from now on."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: str
    role: Role
    by: str = ""


@dataclass(frozen=True, slots=True)
class StageLocked:
    """The stage was locked or unlocked."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    locked: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class HandPolicyChanged:
    """Others may raise a hand from now on."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    policy: HandPolicy
    by: str = ""


@dataclass(frozen=True, slots=True)
class SlowModeChanged:
    """So many seconds between two messages of one person from now on."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    seconds: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class TurnLimitChanged:
    """So many seconds should one turn on stage take at most from now on; 0 for no limit."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    seconds: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class LinkPinned:
    """Another link is pinned, or none."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    link: Link | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Staff froze the room, which mutes everybody, or let it go on."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    frozen: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class StaffEntered:
    """Staff are here, for everybody to see."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: Person


@dataclass(frozen=True, slots=True)
class StaffLeft:
    """Staff are here no more."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    person: str


@dataclass(frozen=True, slots=True)
class Told:
    """Staff said something to everybody; empty: they took it back."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The room is over."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    by: str = ""


@dataclass(frozen=True, slots=True)
class HandRaised:
    """A hand went up."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    hand: Hand


@dataclass(frozen=True, slots=True)
class HandLowered:
    """A hand came down. `kept`: its place in the queue waits for somebody who dropped."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    person: str
    by: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Invited:
    """A listener is asked onto the stage."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    person: str
    by: str


@dataclass(frozen=True, slots=True)
class InvitationEnded:
    """An invitation was accepted, declined or withdrawn, which the moderators need not know apart. `kept`: it waits for
    somebody who dropped."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    person: str
    kept: bool = False


Event = (
    Seated
    | Unseated
    | MuteChanged
    | RoleChanged
    | StageLocked
    | HandPolicyChanged
    | SlowModeChanged
    | TurnLimitChanged
    | LinkPinned
    | Frozen
    | StaffEntered
    | StaffLeft
    | Told
    | Ended
    | HandRaised
    | HandLowered
    | Invited
    | InvitationEnded
)


def apply(snapshot: Snapshot, event: Event) -> Snapshot:
    """The stage after one event; the version of its audience is one higher."""
    if event.audience is Audience.EVERYONE:
        return replace(snapshot, version=snapshot.version + 1, **_for_everyone(snapshot, event))
    return replace(snapshot, moderators_version=snapshot.moderators_version + 1, **_for_moderators(snapshot, event))


def _for_everyone(snapshot: Snapshot, event: Event) -> dict[str, Any]:
    match event:
        case Seated(person, was_away=was_away):
            return {
                "stage": _with(snapshot.stage, person.id, person),
                "away": max(0, snapshot.away - was_away),
                "last_number": max(snapshot.last_number, person.number),
            }
        case Unseated(person, kept=kept):
            return {"stage": _without(snapshot.stage, person), "away": snapshot.away + kept}
        case MuteChanged(person, muted):
            return {"stage": _with(snapshot.stage, person, replace(snapshot.stage[person], muted=muted))}
        case RoleChanged(person, role):
            seated = snapshot.stage.get(person)
            return {"stage": _with(snapshot.stage, person, replace(seated, role=role))} if seated else {}
        case StageLocked(locked):
            return {"locked": locked}
        case HandPolicyChanged(policy):
            return {"hand_policy": policy}
        case SlowModeChanged(seconds):
            return {"slow_mode": seconds}
        case TurnLimitChanged(seconds):
            return {"turn_limit": seconds}
        case LinkPinned(link):
            return {"link": link}
        case Frozen(frozen):
            stage = {id_: replace(person, muted=True) for id_, person in snapshot.stage.items()}
            return {"frozen": frozen, "stage": MappingProxyType(stage) if frozen else snapshot.stage}
        case StaffEntered(person):
            return {"staff": _with(snapshot.staff, person.id, person)}
        case StaffLeft(person):
            return {"staff": _without(snapshot.staff, person)}
        case Told(text):
            return {"notice": text}
        case Ended():
            nobody: MappingProxyType[str, Any] = MappingProxyType({})
            return {"phase": Phase.ENDED, "stage": nobody, "staff": nobody, "frozen": False, "away": 0}
    raise AssertionError(event)


def _for_moderators(snapshot: Snapshot, event: Event) -> dict[str, Any]:
    match event:
        case HandRaised(hand):
            number = max(snapshot.last_number, hand.number)
            return {"hands": _with(snapshot.hands, hand.person, hand), "last_number": number}
        case HandLowered(person):
            return {"hands": _without(snapshot.hands, person)}
        case Invited(person, by):
            return {"invited": _with(snapshot.invited, person, by)}
        case InvitationEnded(person):
            return {"invited": _without(snapshot.invited, person)}
    raise AssertionError(event)


def _with(people: Any, key: str, value: Any) -> MappingProxyType[str, Any]:
    return MappingProxyType({**people, key: value})


def _without(people: Any, key: str) -> MappingProxyType[str, Any]:
    return MappingProxyType({id_: value for id_, value in people.items() if id_ != key})
