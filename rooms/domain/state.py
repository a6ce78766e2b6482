"""What a command does to a stage: `decide` turns it into events or refuses it. Pure; services run it under the room's lock.

What events make of a stage is in rooms.domain.changes; every page runs the same in JavaScript.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from rooms.domain import commands as c
from rooms.domain.changes import (
    Ended,
    Event,
    Frozen,
    HandLowered,
    HandPolicyChanged,
    HandRaised,
    InvitationEnded,
    Invited,
    LinkPinned,
    MuteChanged,
    RoleChanged,
    Seated,
    SlowModeChanged,
    StaffEntered,
    StaffLeft,
    StageLocked,
    Told,
    TurnLimitChanged,
    Unseated,
)
from rooms.domain.commands import Command
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.domain.links import host_of
from rooms.domain.roles import RUNS_THE_ROOM, Act, Position, Role, may, may_to
from rooms.domain.snapshot import Hand, HandPolicy, Person, Phase, Snapshot

Events = tuple[Event, ...]


def decide(snapshot: Snapshot, command: Command, now: datetime) -> Events:
    """What a command does to a stage at `now`; nothing, if it already is so.

    Raises:
        Refused: the rules do not allow it, with the code that says why.
    """
    if snapshot.phase is Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    if snapshot.phase is Phase.SCHEDULED:
        raise Refused(Code.ROOM_NOT_OPEN)
    return _DECISIONS[type(command)](snapshot, command, now)


# --- Coming and going ---------------------------------------------------------------------------------------------


def _arrive(snapshot: Snapshot, command: c.Arrive, now: datetime) -> Events:
    actor = command.actor
    if actor.role is Role.STAFF:
        return () if actor.id in snapshot.staff else (StaffEntered(actor),)
    events: list[Event] = []
    if actor.position is Position.STAGE and snapshot.stage.get(actor.id) != actor:
        if actor.id not in snapshot.stage and not command.was_away:
            _demand_seat(snapshot, actor)
        events.append(Seated(actor, was_away=command.was_away))
    if command.hand is not None and actor.id not in snapshot.hands:
        events.append(HandRaised(command.hand))
    if command.invited_by and actor.id not in snapshot.invited:
        events.append(Invited(actor.id, command.invited_by))
    return tuple(events)


def _depart(snapshot: Snapshot, command: c.Depart, now: datetime) -> Events:
    return _gone(snapshot, command.actor.id, kept=command.kept)


def _gone(snapshot: Snapshot, person: str, *, by: str = "", kept: bool = False) -> Events:
    events: list[Event] = list(_wishes_end(snapshot, person, by=by, kept=kept))
    if person in snapshot.stage:
        events.append(Unseated(person, by=by, kept=kept))
    if person in snapshot.staff:
        events.append(StaffLeft(person))
    return tuple(events)


def _wishes_end(snapshot: Snapshot, person: str, *, by: str = "", kept: bool = False) -> Events:
    """Neither a hand nor an invitation any more."""
    events: list[Event] = []
    if person in snapshot.hands:
        events.append(HandLowered(person, by=by, kept=kept))
    if person in snapshot.invited:
        events.append(InvitationEnded(person, kept=kept))
    return tuple(events)


# --- The two keys -------------------------------------------------------------------------------------------------


def _raise_hand(snapshot: Snapshot, command: c.RaiseHand, now: datetime) -> Events:
    actor = command.actor
    _demand(actor, Act.RAISE_HAND)
    _demand_not_frozen(snapshot)
    if actor.id in snapshot.invited:
        return _seat(snapshot, actor)
    known = snapshot.hands.get(actor.id)
    if known is not None:
        return () if known.line == command.line else (HandRaised(replace(known, line=command.line)),)
    if snapshot.hand_policy is HandPolicy.NOBODY:
        raise Refused(Code.HANDS_CLOSED)
    if snapshot.hand_policy is HandPolicy.FOLLOWED and not command.followed:
        raise Refused(Code.HANDS_FOR_FOLLOWED)
    return (HandRaised(Hand(actor.id, snapshot.last_number + 1, now, command.line)),)


def _lower_hand(snapshot: Snapshot, command: c.LowerHand, now: datetime) -> Events:
    _demand(command.actor, Act.LOWER_HAND)
    return (HandLowered(command.actor.id),) if command.actor.id in snapshot.hands else ()


def _lower_other_hand(snapshot: Snapshot, command: c.LowerOtherHand, now: datetime) -> Events:
    _demand(command.actor, Act.LOWER_OTHER_HAND, command.target)
    if command.target.id not in snapshot.hands:
        return ()
    return (HandLowered(command.target.id, by=command.actor.id),)


def _invite(snapshot: Snapshot, command: c.Invite, now: datetime) -> Events:
    actor, target = command.actor, command.target
    _demand(actor, Act.INVITE, target)
    _demand_not_frozen(snapshot)
    if target.id in snapshot.stage:
        raise Refused(Code.ALREADY_ON_STAGE)
    if target.id in snapshot.hands:
        return _seat(snapshot, target, by=actor.id)
    if target.id in snapshot.invited:
        return ()
    _demand_seat(snapshot, target)
    return (Invited(target.id, by=actor.id),)


def _withdraw(snapshot: Snapshot, command: c.Withdraw, now: datetime) -> Events:
    _demand(command.actor, Act.INVITE, command.target)
    return (InvitationEnded(command.target.id),) if command.target.id in snapshot.invited else ()


def _join_stage(snapshot: Snapshot, command: c.JoinStage, now: datetime) -> Events:
    actor = command.actor
    if actor.id in snapshot.stage:
        return ()
    _demand(actor, Act.JOIN_STAGE)
    _demand_not_frozen(snapshot)
    if actor.role not in RUNS_THE_ROOM and actor.id not in snapshot.invited:
        raise Refused(Code.NOT_INVITED)
    return _seat(snapshot, actor)


def _decline(snapshot: Snapshot, command: c.Decline, now: datetime) -> Events:
    _demand(command.actor, Act.DECLINE)
    return (InvitationEnded(command.actor.id),) if command.actor.id in snapshot.invited else ()


def _seat(snapshot: Snapshot, person: Person, *, by: str = "") -> Events:
    """On stage, muted; the hand came down and the invitation is used."""
    _demand_seat(snapshot, person)
    seated = replace(person, position=Position.STAGE, muted=True, number=snapshot.last_number + 1)
    return (*_wishes_end(snapshot, person.id, by=by), Seated(seated, by=by))


def _demand_seat(snapshot: Snapshot, person: Person) -> None:
    if snapshot.locked and person.role not in RUNS_THE_ROOM:
        raise Refused(Code.STAGE_LOCKED)
    if person.role is not Role.HOST and len(snapshot.stage) + snapshot.away >= snapshot.stage_size:
        raise Refused(Code.STAGE_FULL)


# --- On stage -----------------------------------------------------------------------------------------------------


def _set_muted(snapshot: Snapshot, command: c.SetMuted, now: datetime) -> Events:
    seated = snapshot.stage.get(command.actor.id)
    if seated is None:
        raise Refused(Code.NOT_ON_STAGE)
    _demand(seated, Act.MUTE_SELF if command.muted else Act.UNMUTE_SELF)
    if not command.muted:
        _demand_not_frozen(snapshot)
    return () if seated.muted == command.muted else (MuteChanged(seated.id, command.muted),)


def _leave_stage(snapshot: Snapshot, command: c.LeaveStage, now: datetime) -> Events:
    if command.actor.id not in snapshot.stage:
        raise Refused(Code.NOT_ON_STAGE)
    _demand(command.actor, Act.LEAVE_STAGE)
    return (Unseated(command.actor.id),)


def _mute_other(snapshot: Snapshot, command: c.MuteOther, now: datetime) -> Events:
    _demand(command.actor, Act.MUTE_OTHER, command.target)
    seated = _on_stage(snapshot, command.target)
    return () if seated.muted else (MuteChanged(seated.id, muted=True, by=command.actor.id),)


def _move_to_audience(snapshot: Snapshot, command: c.MoveToAudience, now: datetime) -> Events:
    _demand(command.actor, Act.MOVE_TO_AUDIENCE, command.target)
    return (Unseated(_on_stage(snapshot, command.target).id, by=command.actor.id),)


def _on_stage(snapshot: Snapshot, person: Person) -> Person:
    seated = snapshot.stage.get(person.id)
    if seated is None:
        raise Refused(Code.NOT_ON_STAGE)
    return seated


# --- Running the room ---------------------------------------------------------------------------------------------


def _remove(snapshot: Snapshot, command: c.Remove, now: datetime) -> Events:
    _demand(command.actor, Act.REMOVE, command.target)
    return _gone(snapshot, command.target.id, by=command.actor.id)


def _ban(snapshot: Snapshot, command: c.Ban, now: datetime) -> Events:
    _demand(command.actor, Act.BAN, command.target)
    return _gone(snapshot, command.target.id, by=command.actor.id)


def _lock_stage(snapshot: Snapshot, command: c.LockStage, now: datetime) -> Events:
    _demand(command.actor, Act.LOCK_STAGE)
    return () if snapshot.locked == command.locked else (StageLocked(command.locked, by=command.actor.id),)


def _reset_stage(snapshot: Snapshot, command: c.ResetStage, now: datetime) -> Events:
    _demand(command.actor, Act.RESET_STAGE)
    by = command.actor.id
    seats = [Unseated(person.id, by=by) for person in snapshot.in_order() if person.role not in RUNS_THE_ROOM]
    return (*_all_wishes_end(snapshot, by=by), *seats)


def _all_wishes_end(snapshot: Snapshot, *, by: str = "") -> Events:
    hands = [HandLowered(hand.person, by=by) for hand in snapshot.queue()]
    return (*hands, *(InvitationEnded(person) for person in sorted(snapshot.invited)))


def _set_hand_policy(snapshot: Snapshot, command: c.SetHandPolicy, now: datetime) -> Events:
    _demand(command.actor, Act.SET_HAND_POLICY)
    if snapshot.hand_policy is command.policy:
        return ()
    return (HandPolicyChanged(command.policy, by=command.actor.id),)


def _set_slow_mode(snapshot: Snapshot, command: c.SetSlowMode, now: datetime) -> Events:
    _demand(command.actor, Act.SET_SLOW_MODE)
    if snapshot.slow_mode == command.seconds:
        return ()
    return (SlowModeChanged(command.seconds, by=command.actor.id),)


def _set_turn_limit(snapshot: Snapshot, command: c.SetTurnLimit, now: datetime) -> Events:
    _demand(command.actor, Act.SET_TURN_LIMIT)
    if snapshot.turn_limit == command.seconds:
        return ()
    return (TurnLimitChanged(command.seconds, by=command.actor.id),)


def _pin_link(snapshot: Snapshot, command: c.PinLink, now: datetime) -> Events:
    _demand(command.actor, Act.PIN_LINK)
    if command.link is not None:
        host_of(command.link.url)
    return () if snapshot.link == command.link else (LinkPinned(command.link, by=command.actor.id),)


def _name_moderator(snapshot: Snapshot, command: c.NameModerator, now: datetime) -> Events:
    actor, target = command.actor, command.target
    _demand(actor, Act.NAME_MODERATOR, target)
    return (*_wishes_end(snapshot, target.id, by=actor.id), RoleChanged(target.id, Role.MODERATOR, by=actor.id))


def _dismiss_moderator(snapshot: Snapshot, command: c.DismissModerator, now: datetime) -> Events:
    _demand(command.actor, Act.DISMISS_MODERATOR, command.target)
    return (RoleChanged(command.target.id, Role.MEMBER, by=command.actor.id),)


def _hand_over(snapshot: Snapshot, command: c.HandOver, now: datetime) -> Events:
    actor, target = command.actor, command.target
    _demand(actor, Act.HAND_OVER, target)
    _demand_not_frozen(snapshot)
    return (
        *_wishes_end(snapshot, target.id, by=actor.id),
        RoleChanged(actor.id, Role.MODERATOR, by=actor.id),
        RoleChanged(target.id, Role.HOST, by=actor.id),
    )


def _succeed(snapshot: Snapshot, command: c.Succeed, now: datetime) -> Events:
    person = command.successor.id
    return (*_wishes_end(snapshot, person), RoleChanged(person, Role.HOST))


def _limit(snapshot: Snapshot, command: c.Limit, now: datetime) -> Events:
    person, lost = command.person, command.abilities
    events: list[Event] = []
    if Ability.STAGE in lost:
        events += _gone(snapshot, person.id)
    elif Ability.SPEAK in lost and person.id in snapshot.stage and not snapshot.stage[person.id].muted:
        events.append(MuteChanged(person.id, muted=True))
    if Ability.HOST in lost and person.role in RUNS_THE_ROOM:
        events.append(RoleChanged(person.id, Role.MEMBER))
    return tuple(events)


def _freeze(snapshot: Snapshot, command: c.Freeze, now: datetime) -> Events:
    by = _staff(command.actor, Act.FREEZE)
    return () if snapshot.frozen == command.frozen else (Frozen(command.frozen, by=by),)


def _tell_room(snapshot: Snapshot, command: c.TellRoom, now: datetime) -> Events:
    by = _staff(command.actor, Act.MESSAGE_ROOM)
    return () if snapshot.notice == command.text else (Told(command.text, by=by),)


def _end_room(snapshot: Snapshot, command: c.EndRoom, now: datetime) -> Events:
    by = _staff(command.actor, Act.END_ROOM)
    return (*_all_wishes_end(snapshot), Ended(by=by))


def _staff(actor: Person | None, act: Act) -> str:
    """Who does it, by id; nobody in the room, if it comes from outside."""
    if actor is None:
        return ""
    _demand(actor, act)
    return actor.id


# --- Demands ------------------------------------------------------------------------------------------------------


def _demand(actor: Person, act: Act, target: Person | None = None) -> None:
    if target is None:
        allowed = may(actor.role, actor.position, act)
    else:
        allowed = may_to(actor.role, actor.position, act, target.role) and target.id != actor.id
    if not allowed:
        raise Refused(Code.NOT_ALLOWED)


def _demand_not_frozen(snapshot: Snapshot) -> None:
    if snapshot.frozen:
        raise Refused(Code.ROOM_FROZEN)


_DECISIONS: dict[type, Callable[[Snapshot, Any, datetime], Events]] = {
    c.Arrive: _arrive,
    c.Depart: _depart,
    c.SetMuted: _set_muted,
    c.RaiseHand: _raise_hand,
    c.LowerHand: _lower_hand,
    c.LowerOtherHand: _lower_other_hand,
    c.Invite: _invite,
    c.Withdraw: _withdraw,
    c.JoinStage: _join_stage,
    c.Decline: _decline,
    c.LeaveStage: _leave_stage,
    c.MuteOther: _mute_other,
    c.MoveToAudience: _move_to_audience,
    c.Remove: _remove,
    c.Ban: _ban,
    c.LockStage: _lock_stage,
    c.ResetStage: _reset_stage,
    c.SetHandPolicy: _set_hand_policy,
    c.SetSlowMode: _set_slow_mode,
    c.SetTurnLimit: _set_turn_limit,
    c.PinLink: _pin_link,
    c.NameModerator: _name_moderator,
    c.DismissModerator: _dismiss_moderator,
    c.HandOver: _hand_over,
    c.Succeed: _succeed,
    c.Limit: _limit,
    c.Freeze: _freeze,
    c.TellRoom: _tell_room,
    c.EndRoom: _end_room,
}
