"""What was decided is saved and told, under the room's lock. Everything that changes a stage ends here."""

from django.db import transaction

from accounts import clock
from accounts.models import User
from rooms import events, media, passing, selectors
from rooms.domain import changes
from rooms.domain.commands import Command
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Audience, Confidentiality, Phase, Snapshot
from rooms.domain.state import decide
from rooms.models import Participant, Room, Vote
from rooms.services.remembering import remember

_CHANGED_BY_EVENTS = [
    "version",
    "moderators_version",
    "stage_empty_since",
    "phase",
    "ended_at",
    "host",
    "hand_policy",
    "locked",
    "frozen",
    "slow_mode",
    "turn_limit",
    "link_url",
    "link_title",
    "link_by",
    "notice",
    "notice_by",
]
_CHANGES_THE_AUDIENCE = (changes.Seated, changes.Unseated, changes.RoleChanged)  # who is in it, or how they look there


def locked(room_public_id: str) -> Room:
    """The room under its lock; always taken before a participant's, so that two of us never wait for each other. Not the
    stronger one that a new participant's foreign key would wait for. On SQLite the transaction itself is the lock
    (IMMEDIATE)."""
    return (
        Room.objects.select_for_update(of=("self",), no_key=True).select_related("worker").get(public_id=room_public_id)
    )


def locked_participant(pk: int) -> Participant:
    """One person in a room, under their row's lock."""
    return (
        Participant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("room__worker", "user__profile")
        .get(pk=pk)
    )


def change(room: Room, command: Command) -> bool:
    """Decide on one command and carry it out. The room must be locked.

    Returns:
        Whether anything is otherwise now.

    Raises:
        Refused: by the rules; nothing was changed.
    """
    snapshot = selectors.stage_snapshot(room)
    decided = decide(snapshot, command, clock.now())
    carry_out(room, snapshot, decided)
    return bool(decided)


def carry_out(room: Room, snapshot: Snapshot, decided: tuple[changes.Event, ...]) -> None:
    """Save what was decided and tell everybody, in the order of the versions."""
    if not decided:
        return
    names = {Audience.EVERYONE: events.names_for_everyone_in(room), Audience.MODERATORS: events.names_in(room)}
    for event in decided:
        snapshot = changes.apply(snapshot, event)
        _save(room, event)
        seq = snapshot.version if event.audience is Audience.EVERYONE else snapshot.moderators_version
        events.publish_change(room, event, seq, names[event.audience])
    remember(room, decided)
    room.version, room.moderators_version = snapshot.version, snapshot.moderators_version
    if snapshot.phase is Phase.LIVE and not snapshot.stage:
        room.stage_empty_since = room.stage_empty_since or clock.now()
    else:
        room.stage_empty_since = None
    room.save(update_fields=_CHANGED_BY_EVENTS)  # not the worker: placing takes no lock
    events.publish_standings(room, decided)
    if any(isinstance(event, _CHANGES_THE_AUDIENCE) for event in decided):
        events.publish(room.public_id, events.AudienceMoved())
    _tell_conflicts(room, decided)
    if any(event.audience is Audience.EVERYONE for event in decided):
        media.stage_changed(room, snapshot)


def _tell_conflicts(room: Room, decided: tuple[changes.Event, ...]) -> None:
    """Whoever goes on stage may meet somebody there, or be met by somebody who listens; a new host knows of nothing yet."""
    for event in decided:
        if isinstance(event, changes.Seated):
            events.publish_conflicts(room, _user(room, event.person.id))
        elif isinstance(event, changes.RoleChanged) and event.role is Role.HOST:
            events.publish_conflicts(room)


def _user(room: Room, person: str) -> User | None:
    return room.participants.select_related("user").get(public_id=person).user


def _save(room: Room, event: changes.Event) -> None:
    people = room.participants
    match event:
        case changes.Seated(person):
            people.filter(public_id=person.id).update(
                position=Position.STAGE, muted=person.muted, number=person.number, sent_down=False
            )
        case changes.Unseated(person, by, kept):
            if not kept:
                people.filter(public_id=person).update(
                    position=Position.AUDIENCE, muted=True, number=0, sent_down=bool(by)
                )
        case changes.MuteChanged(person, muted):
            people.filter(public_id=person).update(muted=muted)
        case changes.RoleChanged(person, role):
            _save_role(room, person, role)
        case changes.StageLocked(is_locked):
            room.locked = is_locked
        case changes.HandPolicyChanged(policy):
            room.hand_policy = policy
        case changes.SlowModeChanged(seconds):
            room.slow_mode = seconds
        case changes.TurnLimitChanged(seconds):
            room.turn_limit = seconds
        case changes.LinkPinned(link, by):
            room.link_url, room.link_title = (link.url, link.title) if link else ("", "")
            room.link_by = events.name_of(room, by) if link else ""
        case changes.Frozen(frozen):
            room.frozen = frozen
            if frozen:
                people.filter(position=Position.STAGE).update(muted=True)  # theirs too whose seat is only kept
        case changes.Told(text, by):
            room.notice = text
            room.notice_by = events.name_of(room, by) if text else ""
        case changes.HandRaised(hand):
            people.filter(public_id=hand.person).update(hand_number=hand.number, hand_at=hand.at, hand_line=hand.line)
        case changes.HandLowered(person, kept=kept):
            if not kept:
                people.filter(public_id=person).update(hand_number=0, hand_at=None, hand_line="", hand_line_waiting="")
        case changes.Invited(person, by):
            people.filter(public_id=person).update(invited_by=people.get(public_id=by))
        case changes.InvitationEnded(person, kept=kept):
            if not kept:
                people.filter(public_id=person).update(invited_by=None)
        case changes.Ended():
            room.phase = Phase.ENDED
            room.ended_at = clock.now()
            room.frozen = False
            people.filter(place_until__isnull=False).update(place_until=None)
            selectors.on_roster(people.all()).update(left_at=room.ended_at)
            _forget_names(room)


def _forget_names(room: Room) -> None:
    """What passes has passed, and where names are not kept, nobody reads later who voted for what."""
    transaction.on_commit(lambda: passing.forget(room.public_id))
    if not may_be_kept(Confidentiality(room.confidentiality), Kept.NAMES):
        Vote.objects.filter(question__room=room).delete()


def _save_role(room: Room, person: str, role: Role) -> None:
    since = clock.now() if role is Role.MODERATOR else None
    room.participants.filter(public_id=person).update(role=role, moderator_since=since)
    if role is Role.HOST:
        user = room.participants.select_related("user").get(public_id=person).user
        assert user is not None  # guests run nothing
        room.host = user
