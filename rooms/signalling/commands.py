"""Which service carries out which command of the live protocol. What needs the socket itself is in the consumer."""

from collections.abc import Callable
from typing import Any

from rooms import services
from rooms.domain import messages as m


def _written(what: str, written: services.Written) -> dict[str, Any]:
    return {what: written.id, "waits": written.waits}


# command → what is done: (room, connection, command) → what more the answer says
CHANGES: dict[type, Callable[[str, str, Any], dict[str, Any] | None]] = {
    m.End: lambda room, me, command: services.end(room, me),
    m.Mute: lambda room, me, command: services.set_muted(room, me, muted=True),
    m.Unmute: lambda room, me, command: services.set_muted(room, me, muted=False),
    m.HandRaise: lambda room, me, command: services.raise_hand(room, me, line=command.line),
    m.HandLower: lambda room, me, command: services.lower_hand(room, me),
    m.HandLowerOther: lambda room, me, command: services.lower_other_hand(room, me, command.person),
    m.HandsPolicy: lambda room, me, command: services.set_hand_policy(room, me, command.policy),
    m.StageInvite: lambda room, me, command: services.invite(room, me, command.person),
    m.StageWithdraw: lambda room, me, command: services.withdraw(room, me, command.person),
    m.StageJoin: lambda room, me, command: services.join_stage(room, me),
    m.StageDecline: lambda room, me, command: services.decline(room, me),
    m.StageLeave: lambda room, me, command: services.leave_stage(room, me),
    m.StageLock: lambda room, me, command: services.lock_stage(room, me, is_locked=command.locked),
    m.StageReset: lambda room, me, command: services.reset_stage(room, me),
    m.PersonMute: lambda room, me, command: services.mute_other(room, me, command.person),
    m.PersonMove: lambda room, me, command: services.move_to_audience(room, me, command.person),
    m.PersonRemove: lambda room, me, command: services.remove(room, me, command.person),
    m.PersonBan: lambda room, me, command: services.ban(room, me, command.person, reason=command.reason),
    m.PersonReport: lambda room, me, command: services.report(
        room, me, command.person, category=command.category, line=command.line, message=command.message
    ),
    m.PersonBlock: lambda room, me, command: services.block(room, me, command.person),
    m.PersonQuiet: lambda room, me, command: services.mute_for_oneself(room, me, command.person, muted=True),
    m.PersonHear: lambda room, me, command: services.mute_for_oneself(room, me, command.person, muted=False),
    m.ModeratorName: lambda room, me, command: services.name_moderator(room, me, command.person),
    m.ModeratorDismiss: lambda room, me, command: services.dismiss_moderator(room, me, command.person),
    m.HostHandOver: lambda room, me, command: services.hand_over(room, me, command.person),
    m.RoomFreeze: lambda room, me, command: services.freeze(room, me, frozen=command.frozen, reason=command.reason),
    m.ChatSay: lambda room, me, command: _written("message", services.say(room, me, command.text)),
    m.ChatRemove: lambda room, me, command: services.remove_message(room, me, command.message),
    m.ChatSlow: lambda room, me, command: services.set_slow_mode(room, me, command.seconds),
    m.TurnLimit: lambda room, me, command: services.set_turn_limit(room, me, command.seconds),
    m.QuestionAsk: lambda room, me, command: _written("question", services.ask(room, me, command.text)),
    m.QuestionVote: lambda room, me, command: services.vote(room, me, command.question, up=command.up),
    m.QuestionAnswer: lambda room, me, command: services.mark_answered(
        room, me, command.question, answered=command.answered
    ),
    m.QuestionRemove: lambda room, me, command: services.remove_question(room, me, command.question),
    m.LinkPin: lambda room, me, command: services.pin_link(room, me, url=command.url, title=command.title),
    m.RoomMessage: lambda room, me, command: services.tell_room(room, me, command.text),
}
