"""Who may do what in a live room: the one table that decides. Roles and positions are separate things."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a room, wherever they sit."""

    MEMBER = "member"
    MODERATOR = "moderator"
    HOST = "host"


class Position(StrEnum):
    """Where a person sits."""

    AUDIENCE = "audience"
    STAGE = "stage"


class Act(StrEnum):
    """What can be done in a room by a command."""

    LISTEN = "listen"
    MUTE_SELF = "mute_self"
    UNMUTE_SELF = "unmute_self"
    LEAVE = "leave"
    END_ROOM = "end_room"


_ANYWHERE = frozenset(Position)
_STAGE = frozenset({Position.STAGE})
_NOWHERE: frozenset[Position] = frozenset()

# act → role → the positions from which it is allowed
PERMISSIONS: dict[Act, dict[Role, frozenset[Position]]] = {
    Act.LISTEN: {Role.MEMBER: _ANYWHERE, Role.MODERATOR: _ANYWHERE, Role.HOST: _ANYWHERE},
    Act.MUTE_SELF: {Role.MEMBER: _STAGE, Role.MODERATOR: _STAGE, Role.HOST: _STAGE},
    Act.UNMUTE_SELF: {Role.MEMBER: _STAGE, Role.MODERATOR: _STAGE, Role.HOST: _STAGE},
    Act.LEAVE: {Role.MEMBER: _ANYWHERE, Role.MODERATOR: _ANYWHERE, Role.HOST: _ANYWHERE},
    Act.END_ROOM: {Role.MEMBER: _NOWHERE, Role.MODERATOR: _NOWHERE, Role.HOST: _ANYWHERE},
}


def may(role: Role, position: Position, act: Act) -> bool:
    """Whether somebody in this role and position may do this."""
    return position in PERMISSIONS[act][role]
