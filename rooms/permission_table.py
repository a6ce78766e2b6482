"""The permission table, written out: docs/permissions.md for people, plain lists for pages."""

from rooms.domain import messages
from rooms.domain.limits import OF_WHO_ACTS, OF_WHOM_IT_IS_DONE_TO, Ability
from rooms.domain.roles import CONDITIONS, ON_WHOM, PERMISSIONS, Act, Position, Role

# The columns that people think in: a listener is a member in the audience, a speaker one on stage.
COLUMNS: dict[str, tuple[Role, frozenset[Position]]] = {
    "guest": (Role.GUEST, frozenset({Position.AUDIENCE})),
    "listener": (Role.MEMBER, frozenset({Position.AUDIENCE})),
    "speaker": (Role.MEMBER, frozenset({Position.STAGE})),
    "moderator": (Role.MODERATOR, frozenset(Position)),
    "host": (Role.HOST, frozenset(Position)),
    "staff": (Role.STAFF, frozenset({Position.AUDIENCE})),
}
_EVERY_ROLE = frozenset(Role)


def page() -> str:
    """docs/permissions.md."""
    lines = [
        "# Who may do what in a live room",
        "",
        "Written by `manage.py protocol` from `rooms/domain/roles.py`; do not edit.",
        "",
        "A role (guest, member, moderator, host, staff) and a position (audience, stage) are separate things. A listener is",
        "a member in the audience, a speaker a member on stage. Staff is a role entered openly. Where a cell names people,",
        "the act may be done to them; nobody does any of these to themselves.",
        "",
        f"| act | command | {' | '.join(COLUMNS)} |",
        f"|---|---|{'---|' * len(COLUMNS)}",
        *[_row(act) for act in Act],
        "",
        "Beside their role, a sanction or too little trust can take something from a member (`rooms/domain/limits.py`): to",
        f"{_limited(OF_WHO_ACTS)}. Nobody can {_limited(OF_WHOM_IT_IS_DONE_TO)} somebody from whom that is taken.",
        "",
    ]
    return "\n".join(lines)


def _limited(acts: dict[Act, Ability]) -> str:
    named = [f"{act.value.replace('_', ' ')} ({ability.value})" for act, ability in acts.items()]
    return f"{', '.join(named[:-1])} or {named[-1]}"


def _row(act: Act) -> str:
    commands = [f"`{name}`" for name, command in messages.COMMANDS.items() if command.act is act]
    cells = [_cell(act, role, positions) for role, positions in COLUMNS.values()]
    return f"| {act.value.replace('_', ' ')} | {', '.join(commands)} | {' | '.join(cells)} |"


def _cell(act: Act, role: Role, positions: frozenset[Position]) -> str:
    allowed = PERMISSIONS[act][role] & positions
    if not allowed:
        return "no"
    if act in ON_WHOM:
        return _people(ON_WHOM[act].get(role, frozenset()))
    words = CONDITIONS.get((act, role), "yes")
    if len(positions) > 1 and len(allowed) == 1:
        where = "on stage" if Position.STAGE in allowed else "in the audience"
        return where if words == "yes" else f"{words}, {where}"
    return words


def _people(roles: frozenset[Role]) -> str:
    if roles == _EVERY_ROLE:
        return "anyone"
    if roles == _EVERY_ROLE - {Role.STAFF}:
        return "anyone but staff"
    names = [name for name, (role, _positions) in COLUMNS.items() if role in roles]
    return ", ".join(names) or "no"


def allowed() -> dict[str, dict[str, list[str]]]:
    """The table as lists, for the page's module."""
    return {
        act.value: {role.value: sorted(position.value for position in positions) for role, positions in row.items()}
        for act, row in PERMISSIONS.items()
    }


def on_whom() -> dict[str, dict[str, list[str]]]:
    """The same of whom it may be done to."""
    return {
        act.value: {role.value: sorted(target.value for target in row[role]) for role in Role if role in row}
        for act, row in ON_WHOM.items()
    }
