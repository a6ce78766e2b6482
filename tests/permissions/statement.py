"""What the product says of who may do what: typed here by hand, independent of rooms.domain.roles.

The columns are those of the product's page: a listener is a member in the audience, a speaker a member on stage. Whatever
is not said is refused. `expected` says what a command is answered, cell by cell.
"""

from enum import StrEnum

from rooms.domain.messages import COMMANDS

# yes, no (-), from where, or only what is theirs.
ACTS = """
act             | guest | listener | speaker | moderator       | host            | staff
listen          | yes   | yes      | yes     | yes             | yes             | yes
leave           | yes   | yes      | yes     | yes             | yes             | yes
raise hand      | -     | yes      | -       | -               | -               | -
lower hand      | -     | yes      | -       | -               | -               | -
join stage      | -     | yes      | -       | in the audience | in the audience | -
decline         | -     | yes      | -       | -               | -               | -
leave stage     | -     | -        | yes     | on stage        | on stage        | -
mute self       | -     | -        | yes     | on stage        | on stage        | -
unmute self     | -     | -        | yes     | on stage        | on stage        | -
lock stage      | -     | -        | -       | yes             | yes             | yes
reset stage     | -     | -        | -       | yes             | yes             | yes
set hand policy | -     | -        | -       | yes             | yes             | -
search people   | -     | -        | -       | yes             | yes             | yes
chat            | -     | yes      | yes     | yes             | yes             | -
remove message  | -     | theirs   | theirs  | yes             | yes             | yes
set slow mode   | -     | -        | -       | yes             | yes             | -
set turn limit  | -     | -        | -       | yes             | yes             | -
react           | -     | yes      | yes     | yes             | yes             | -
ask             | -     | yes      | yes     | yes             | yes             | -
vote            | -     | yes      | yes     | yes             | yes             | -
mark answered   | -     | -        | -       | yes             | yes             | -
remove question | -     | theirs   | theirs  | yes             | yes             | yes
pin link        | -     | -        | -       | yes             | yes             | -
end room        | -     | -        | -       | -               | yes             | yes
freeze          | -     | -        | -       | -               | -               | yes
message room    | -     | -        | -       | -               | -               | yes
"""

# Nobody does any of these to themselves.
ACTS_ON_OTHERS = """
act               | by                                        | on
invite            | moderator, host                           | listener, speaker
lower other hand  | moderator, host                           | listener, speaker
mute other        | moderator                                 | listener, speaker
mute other        | host                                      | guest, listener, speaker, moderator, host
mute other        | staff                                     | guest, listener, speaker, moderator, host, staff
move to audience  | moderator                                 | listener, speaker
move to audience  | host                                      | guest, listener, speaker, moderator, host
move to audience  | staff                                     | guest, listener, speaker, moderator, host, staff
remove            | moderator                                 | guest, listener, speaker
remove            | host                                      | guest, listener, speaker, moderator, host
remove            | staff                                     | guest, listener, speaker, moderator, host, staff
ban               | moderator                                 | guest, listener, speaker
ban               | host                                      | guest, listener, speaker, moderator, host
ban               | staff                                     | guest, listener, speaker, moderator, host, staff
name moderator    | host                                      | listener, speaker
dismiss moderator | host                                      | moderator
hand over         | host                                      | listener, speaker, moderator
report            | guest, listener, speaker, moderator, host | guest, listener, speaker, moderator, host, staff
block             | listener, speaker, moderator, host        | listener, speaker, moderator, host
mute for oneself  | listener, speaker, moderator, host        | listener, speaker, moderator, host
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _by_act_and_column() -> dict[tuple[str, str], str]:
    (_act, *columns), *rows = _rows(ACTS)
    return {(act, column): cell for act, *cells in rows for column, cell in zip(columns, cells, strict=True)}


def _by_act_and_two_columns() -> set[tuple[str, str, str]]:
    _header, *rows = _rows(ACTS_ON_OTHERS)
    return {(act, who, whom) for act, by, on in rows for who in by.split(", ") for whom in on.split(", ")}


_CELLS = _by_act_and_column()
_CELLS_ON_OTHERS = _by_act_and_two_columns()
COLUMNS = ("guest", "listener", "speaker", "moderator", "host", "staff")
EVERY_ACT = {act for act, _column in _CELLS} | {act for act, _who, _whom in _CELLS_ON_OTHERS}


class Standing(StrEnum):
    """How people stand in a room: every column, wherever its people may sit, and listeners who want something."""

    GUEST = "guest"
    LISTENER = "listener"
    WITH_HAND = "listener with a hand up"
    INVITED = "invited listener"
    SPEAKER = "speaker"
    MODERATOR = "moderator in the audience"
    MODERATOR_ON_STAGE = "moderator on stage"
    HOST = "host in the audience"
    HOST_ON_STAGE = "host on stage"
    STAFF = "staff"
    GONE = "listener who left"

    @property
    def column(self) -> str:
        """The column of the table that they are in."""
        return next(column for column in COLUMNS if column in self.split())

    @property
    def on_stage(self) -> bool:
        """Whether they sit on stage."""
        return self is Standing.SPEAKER or self.endswith("on stage")


ACTORS = tuple(standing for standing in Standing if standing is not Standing.GONE)
WISHES = (Standing.WITH_HAND, Standing.INVITED)  # make a difference to what one does oneself, and to nothing else
ACTORS_ON_OTHERS = tuple(standing for standing in ACTORS if standing not in WISHES)
ONE_A_COLUMN = (
    Standing.GUEST,
    Standing.LISTENER,
    Standing.SPEAKER,
    Standing.MODERATOR_ON_STAGE,
    Standing.HOST_ON_STAGE,
    Standing.STAFF,
)
HOSTS = (Standing.HOST, Standing.HOST_ON_STAGE)
ON_OTHERS = tuple(name for name, command in COMMANDS.items() if "person" in command.__annotations__)
ON_ONESELF_OR_THE_ROOM = tuple(name for name, command in COMMANDS.items() if command.act and name not in ON_OTHERS)

# In the room that is walked, what could be taken away was written by the one who left.
NOT_THEIRS = ("chat.remove", "question.remove")

# Commands that are answered with a yes and change nothing for those who are as they should be already. Two keys that turn
# at once, or a double click, are no mistake: that is why who is on stage may ask to be there.
ALREADY_SO = {
    "stage.join": {Standing.SPEAKER, Standing.MODERATOR_ON_STAGE, Standing.HOST_ON_STAGE},
    "hand.lower": {Standing.LISTENER, Standing.INVITED},
    "stage.decline": {Standing.LISTENER, Standing.WITH_HAND},
    "hand.lower_other": {Standing.LISTENER, Standing.INVITED, Standing.SPEAKER},
    "stage.invite": {Standing.INVITED},
    "stage.withdraw": {Standing.LISTENER, Standing.WITH_HAND, Standing.SPEAKER},
    "person.hear": set(Standing),
}
_MAY_BE_DONE_TO_THE_GONE = {
    "person.remove",
    "person.ban",
    "person.report",
    "person.block",
    "person.quiet",
    "person.hear",
    "moderator.dismiss",
}


def act_of(command: str) -> str:
    """The act, as the table names it, that a command is."""
    return _named(COMMANDS[command].act)


def _named(act: StrEnum | None) -> str:
    return str(act).replace("_", " ")


def may(act: str, column: str, *, on_stage: bool) -> bool:
    """Whether the product lets people of this column do this at all, from where they sit."""
    cell = _CELLS.get((act, column))
    if cell is None:
        return any((act, column, whom) in _CELLS_ON_OTHERS for whom in COLUMNS)
    return {"yes": True, "theirs": True, "-": False, "on stage": on_stage, "in the audience": not on_stage}[cell]


def may_to(act: str, column: str, whom: str) -> bool:
    """Whether the product lets people of this column do this to people of that one."""
    return (act, column, whom) in _CELLS_ON_OTHERS


def is_already_so(command: str, actor: Standing, target: Standing | None = None) -> bool:
    """Whether the command asks for what is so already."""
    return (target or actor) in ALREADY_SO.get(command, ())


def expected(command: str, actor: Standing, target: Standing | None = None, *, oneself: bool = False) -> str:
    """`ok`, or the code of the refusal: `not_allowed`, or what the moment says where that is more precise."""
    act = act_of(command)
    if command in ("mic.mute", "mic.unmute", "stage.leave") and not actor.on_stage:
        return "not_on_stage"
    if command == "stage.join" and is_already_so(command, actor):
        return "ok"
    if not may(act, actor.column, on_stage=actor.on_stage):
        return "not_allowed"
    if command in NOT_THEIRS and _CELLS[act, actor.column] == "theirs":
        return "not_allowed"
    if command == "stage.join" and actor in (Standing.LISTENER, Standing.WITH_HAND):
        return "not_invited"
    if command not in ON_OTHERS:
        return "ok"
    if target is Standing.GONE and command not in _MAY_BE_DONE_TO_THE_GONE:
        return "person_not_here"
    if oneself or target is None or not may_to(act, actor.column, target.column):
        return "not_allowed"
    if command == "stage.invite" and target.on_stage:
        return "already_on_stage"
    if command in ("person.mute", "person.move") and not target.on_stage:
        return "not_on_stage"
    return "ok"


def expected_on_a_stranger(command: str, actor: Standing) -> str:
    """What is said of somebody who is in another room: no more than that they are not here."""
    allowed = may(act_of(command), actor.column, on_stage=actor.on_stage)
    return "person_not_found" if allowed else "not_allowed"
