"""What a member may not do in any room, whatever their role there: a sanction, or too little trust yet.

The permission table says what a role may do; this says what a person may not. Who decides it is registered in rooms.hooks.
"""

from enum import StrEnum

from rooms.domain.errors import Code
from rooms.domain.roles import Act


class Ability(StrEnum):
    """What can be taken from a member."""

    SPEAK = "speak"  # be heard on a stage
    STAGE = "stage"  # sit on one
    HOST = "host"  # run a room


Limits = dict[Ability, Code]  # what somebody may not do, and why they are refused
NONE: Limits = {}

OF_WHO_ACTS: dict[Act, Ability] = {
    Act.RAISE_HAND: Ability.STAGE,
    Act.JOIN_STAGE: Ability.STAGE,
    Act.UNMUTE_SELF: Ability.SPEAK,
}
OF_WHOM_IT_IS_DONE_TO: dict[Act, Ability] = {
    Act.INVITE: Ability.STAGE,
    Act.NAME_MODERATOR: Ability.HOST,
    Act.HAND_OVER: Ability.HOST,
}
