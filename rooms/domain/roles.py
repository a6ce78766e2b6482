"""Who may do what in a live room: the one table that decides, and on whom.

A role is what a person is, a position is where they sit; both are separate, and staff is a role that is entered openly.
docs/permissions.md is written from this table, the page hides by it what would be refused, tests walk every cell of it.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a room, wherever they sit."""

    GUEST = "guest"
    MEMBER = "member"
    MODERATOR = "moderator"
    HOST = "host"
    STAFF = "staff"


RUNS_THE_ROOM = frozenset({Role.MODERATOR, Role.HOST})


class Position(StrEnum):
    """Where a person sits."""

    AUDIENCE = "audience"
    STAGE = "stage"


class Act(StrEnum):
    """What can be done in a room by a command."""

    LISTEN = "listen"
    LEAVE = "leave"
    RAISE_HAND = "raise_hand"
    LOWER_HAND = "lower_hand"
    JOIN_STAGE = "join_stage"
    DECLINE = "decline"
    LEAVE_STAGE = "leave_stage"
    MUTE_SELF = "mute_self"
    UNMUTE_SELF = "unmute_self"
    INVITE = "invite"
    LOWER_OTHER_HAND = "lower_other_hand"
    MUTE_OTHER = "mute_other"
    MOVE_TO_AUDIENCE = "move_to_audience"
    REMOVE = "remove"
    BAN = "ban"
    NAME_MODERATOR = "name_moderator"
    DISMISS_MODERATOR = "dismiss_moderator"
    LOCK_STAGE = "lock_stage"
    RESET_STAGE = "reset_stage"
    SET_HAND_POLICY = "set_hand_policy"
    SEARCH_PEOPLE = "search_people"
    CHAT = "chat"
    REMOVE_MESSAGE = "remove_message"
    SET_SLOW_MODE = "set_slow_mode"
    SET_TURN_LIMIT = "set_turn_limit"
    REACT = "react"
    ASK = "ask"
    VOTE = "vote"
    MARK_ANSWERED = "mark_answered"
    REMOVE_QUESTION = "remove_question"
    PIN_LINK = "pin_link"
    HAND_OVER = "hand_over"
    END_ROOM = "end_room"
    FREEZE = "freeze"
    MESSAGE_ROOM = "message_room"
    REPORT = "report"
    BLOCK = "block"
    MUTE_FOR_ONESELF = "mute_for_oneself"


_ANYWHERE = frozenset(Position)
_STAGE = frozenset({Position.STAGE})
_AUDIENCE = frozenset({Position.AUDIENCE})
_NOWHERE: frozenset[Position] = frozenset()


def _row(
    *,
    guest: frozenset[Position] = _NOWHERE,
    member: frozenset[Position] = _NOWHERE,
    moderator: frozenset[Position] = _NOWHERE,
    host: frozenset[Position] = _NOWHERE,
    staff: frozenset[Position] = _NOWHERE,
) -> dict[Role, frozenset[Position]]:
    return {
        Role.GUEST: guest,
        Role.MEMBER: member,
        Role.MODERATOR: moderator,
        Role.HOST: host,
        Role.STAFF: staff,
    }


_WHO_RUN_IT = {"moderator": _ANYWHERE, "host": _ANYWHERE}
_WITH_A_SEAT_OR_WITHOUT = {"member": _ANYWHERE, "moderator": _ANYWHERE, "host": _ANYWHERE}
_HAS_A_SEAT = {"member": _STAGE, "moderator": _STAGE, "host": _STAGE}

# act → role → the positions from which it is allowed. Guests and staff always sit in the audience.
PERMISSIONS: dict[Act, dict[Role, frozenset[Position]]] = {
    Act.LISTEN: _row(guest=_AUDIENCE, member=_ANYWHERE, moderator=_ANYWHERE, host=_ANYWHERE, staff=_AUDIENCE),
    Act.LEAVE: _row(guest=_AUDIENCE, member=_ANYWHERE, moderator=_ANYWHERE, host=_ANYWHERE, staff=_AUDIENCE),
    Act.RAISE_HAND: _row(member=_AUDIENCE),
    Act.LOWER_HAND: _row(member=_AUDIENCE),
    Act.JOIN_STAGE: _row(member=_AUDIENCE, moderator=_AUDIENCE, host=_AUDIENCE),
    Act.DECLINE: _row(member=_AUDIENCE),
    Act.LEAVE_STAGE: _row(**_HAS_A_SEAT),
    Act.MUTE_SELF: _row(**_HAS_A_SEAT),
    Act.UNMUTE_SELF: _row(**_HAS_A_SEAT),
    Act.INVITE: _row(**_WHO_RUN_IT),
    Act.LOWER_OTHER_HAND: _row(**_WHO_RUN_IT),
    Act.MUTE_OTHER: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.MOVE_TO_AUDIENCE: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.REMOVE: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.BAN: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.NAME_MODERATOR: _row(host=_ANYWHERE),
    Act.DISMISS_MODERATOR: _row(host=_ANYWHERE),
    Act.LOCK_STAGE: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.RESET_STAGE: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.SET_HAND_POLICY: _row(**_WHO_RUN_IT),
    Act.SEARCH_PEOPLE: _row(**_WHO_RUN_IT, staff=_AUDIENCE),
    Act.CHAT: _row(**_WITH_A_SEAT_OR_WITHOUT),
    Act.REMOVE_MESSAGE: _row(**_WITH_A_SEAT_OR_WITHOUT, staff=_AUDIENCE),
    Act.SET_SLOW_MODE: _row(**_WHO_RUN_IT),
    Act.SET_TURN_LIMIT: _row(**_WHO_RUN_IT),
    Act.REACT: _row(**_WITH_A_SEAT_OR_WITHOUT),
    Act.ASK: _row(**_WITH_A_SEAT_OR_WITHOUT),
    Act.VOTE: _row(**_WITH_A_SEAT_OR_WITHOUT),
    Act.MARK_ANSWERED: _row(**_WHO_RUN_IT),
    Act.REMOVE_QUESTION: _row(**_WITH_A_SEAT_OR_WITHOUT, staff=_AUDIENCE),
    Act.PIN_LINK: _row(**_WHO_RUN_IT),
    Act.HAND_OVER: _row(host=_ANYWHERE),
    Act.END_ROOM: _row(host=_ANYWHERE, staff=_AUDIENCE),
    Act.FREEZE: _row(staff=_AUDIENCE),
    Act.MESSAGE_ROOM: _row(staff=_AUDIENCE),
    Act.REPORT: _row(guest=_AUDIENCE, member=_ANYWHERE, moderator=_ANYWHERE, host=_ANYWHERE),
    Act.BLOCK: _row(member=_ANYWHERE, moderator=_ANYWHERE, host=_ANYWHERE),
    Act.MUTE_FOR_ONESELF: _row(member=_ANYWHERE, moderator=_ANYWHERE, host=_ANYWHERE),
}

_ANYONE = frozenset(Role)
_ANYONE_BUT_STAFF = _ANYONE - {Role.STAFF}
_MEMBER = frozenset({Role.MEMBER})
_WITH_ACCOUNT = frozenset({Role.MEMBER, Role.MODERATOR, Role.HOST})


def _on(
    *, moderator: frozenset[Role] = frozenset(), host: frozenset[Role], staff: frozenset[Role] = frozenset()
) -> dict[Role, frozenset[Role]]:
    return {Role.MODERATOR: moderator, Role.HOST: host, Role.STAFF: staff}


# act on another → role of who acts → the roles it may be done to. Nobody does any of these to themselves.
ON_WHOM: dict[Act, dict[Role, frozenset[Role]]] = {
    Act.INVITE: _on(moderator=_MEMBER, host=_MEMBER),
    Act.LOWER_OTHER_HAND: _on(moderator=_MEMBER, host=_MEMBER),
    Act.MUTE_OTHER: _on(moderator=_MEMBER, host=_ANYONE_BUT_STAFF, staff=_ANYONE),
    Act.MOVE_TO_AUDIENCE: _on(moderator=_MEMBER, host=_ANYONE_BUT_STAFF, staff=_ANYONE),
    Act.REMOVE: _on(moderator=_MEMBER | {Role.GUEST}, host=_ANYONE_BUT_STAFF, staff=_ANYONE),
    Act.BAN: _on(moderator=_MEMBER | {Role.GUEST}, host=_ANYONE_BUT_STAFF, staff=_ANYONE),
    Act.NAME_MODERATOR: _on(host=_MEMBER),
    Act.DISMISS_MODERATOR: _on(host=frozenset({Role.MODERATOR})),
    Act.HAND_OVER: _on(host=frozenset({Role.MEMBER, Role.MODERATOR})),
    Act.REPORT: {role: _ANYONE for role in Role if role is not Role.STAFF},
    Act.BLOCK: dict.fromkeys(_WITH_ACCOUNT, _WITH_ACCOUNT),
    Act.MUTE_FOR_ONESELF: dict.fromkeys(_WITH_ACCOUNT, _WITH_ACCOUNT),
}

# What a yes in the table still depends on: for the page that is written from it.
CONDITIONS: dict[tuple[Act, Role], str] = {
    (Act.LISTEN, Role.GUEST): "public rooms",
    (Act.LISTEN, Role.MEMBER): "rooms that let them in",
    (Act.LISTEN, Role.STAFF): "yes, shown",
    (Act.RAISE_HAND, Role.MEMBER): "as the hand policy allows",
    (Act.JOIN_STAGE, Role.MEMBER): "when invited",
    (Act.REMOVE_MESSAGE, Role.MEMBER): "their own",
    (Act.REMOVE_QUESTION, Role.MEMBER): "their own",
}


def may(role: Role, position: Position, act: Act) -> bool:
    """Whether somebody in this role and position may do this at all."""
    return position in PERMISSIONS[act][role]


def may_to(role: Role, position: Position, act: Act, target: Role) -> bool:
    """Whether they may do it to somebody of that role."""
    return may(role, position, act) and target in ON_WHOM[act].get(role, frozenset())
