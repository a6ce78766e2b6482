"""The table that decides, against what the product says: every cell."""

import pytest

from rooms.domain import roles
from rooms.domain.messages import COMMANDS
from rooms.domain.roles import Act, Position, Role
from rooms.signalling.commands import CHANGES
from tests.permissions.cast import SERVICES
from tests.permissions.effects import EFFECTS, READS
from tests.permissions.statement import COLUMNS, EVERY_ACT, ON_ONESELF_OR_THE_ROOM, ON_OTHERS, may, may_to

SEATS = {
    "guest": (Role.GUEST, {Position.AUDIENCE}),
    "listener": (Role.MEMBER, {Position.AUDIENCE}),
    "speaker": (Role.MEMBER, {Position.STAGE}),
    "moderator": (Role.MODERATOR, set(Position)),
    "host": (Role.HOST, set(Position)),
    "staff": (Role.STAFF, {Position.AUDIENCE}),
}


@pytest.mark.parametrize("act", Act)
def test_the_table_is_what_the_product_says(act: Act) -> None:
    name = act.value.replace("_", " ")
    for column, (role, positions) in SEATS.items():
        for position in positions:
            on_stage = position is Position.STAGE
            assert roles.may(role, position, act) == may(name, column, on_stage=on_stage), (column, position)
            for whom, (target, _positions) in SEATS.items():
                if act in roles.ON_WHOM:
                    assert roles.may_to(role, position, act, target) == may_to(name, column, whom), (column, whom)
                else:
                    assert not may_to(name, column, whom)


def test_guests_and_staff_never_act_from_the_stage() -> None:
    for act in Act:
        for role in (Role.GUEST, Role.STAFF):
            assert not roles.may(role, Position.STAGE, act), act


def test_the_statement_is_whole() -> None:
    assert {act.value.replace("_", " ") for act in Act} == EVERY_ACT
    assert set(COLUMNS) == SEATS.keys()


def test_every_command_with_an_act_is_walked() -> None:
    with_act = {name for name, command in COMMANDS.items() if command.act is not None}
    assert set(ON_OTHERS) | set(ON_ONESELF_OR_THE_ROOM) == with_act
    assert EFFECTS.keys() | READS == with_act
    assert SERVICES.keys() | {"room.sync", "room.react", "media.offer"} == with_act  # those are the socket's own
    assert {command.type for command in CHANGES} <= SERVICES.keys()
    assert {command.act for command in COMMANDS.values()} - {None} == set(Act)
