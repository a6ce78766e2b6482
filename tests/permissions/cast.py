"""A live room with two people of every standing, made by the services; what it looks like in the database, and back to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from accounts.models import AuditEntry, Block, Mute
from moderation.models import Report
from rooms import services
from rooms.domain.errors import Refused
from rooms.domain.snapshot import Visibility
from rooms.guests import COOKIE, cookie_value, remember
from rooms.models import Ban, ChatMessage, Participant, Question, Room, Vote
from tests.factories import a_member, a_topic
from tests.permissions.statement import ACTORS, HOSTS, Standing

LINE = "How the yield was measured"
LINK = "https://example.org/data-sheet"
NOTICE = "We are looking into the sound"
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

# What a page sends with each command, beside the person.
FIELDS: dict[str, dict[str, Any]] = {
    "hand.raise": {"line": LINE},
    "hands.policy": {"policy": "nobody"},
    "stage.lock": {"locked": True},
    "person.ban": {"reason": "Advertises"},
    "person.report": {"category": "harassment", "line": "Shouts", "message": ""},
    "chat.say": {"text": LINE},
    "chat.slow": {"seconds": 30},
    "turn.limit": {"seconds": 120},
    "room.react": {"reaction": "agree"},
    "question.ask": {"text": LINE},
    "link.pin": {"url": LINK, "title": "The data sheet"},
    "room.freeze": {"frozen": True, "reason": "A report"},
    "room.message": {"text": NOTICE},
    "room.people": {"query": ""},
    "room.audience": {"after": ""},
    "media.offer": {"sdp": SDP},
}


_written: dict[str, tuple[str, str]] = {}  # room → a message and a question that are there


def written_in(room: str) -> dict[str, dict[str, Any]]:
    """What a page sends with each command about what is written in a room."""
    message, question = _written[room]
    return {
        "chat.remove": {"message": message},
        "question.vote": {"question": question, "up": True},
        "question.answer": {"question": question, "answered": True},
        "question.remove": {"question": question},
    }


@dataclass
class Player:
    """Somebody in the room, and by what they came."""

    standing: Standing
    entrant: services.Entrant
    guest_cookie: str = ""  # signed, as their browser has it
    id: str = ""
    connection: str = ""

    def join(self, room: str) -> services.Joined:
        """Come into a room, or back to it, on a new page."""
        return services.join(room, self.entrant, muted=False, as_staff=self.standing is Standing.STAFF)


# command → what is called: (room, who acts, on whom) → what it returns
SERVICES: dict[str, Callable[[str, Player, str], Any]] = {
    "room.join": lambda room, me, them: me.join(room),
    "room.leave": lambda room, me, them: services.leave(room, me.connection),
    "room.end": lambda room, me, them: services.end(room, me.connection),
    "mic.mute": lambda room, me, them: services.set_muted(room, me.connection, muted=True),
    "mic.unmute": lambda room, me, them: services.set_muted(room, me.connection, muted=False),
    "hand.raise": lambda room, me, them: services.raise_hand(room, me.connection, line=LINE),
    "hand.lower": lambda room, me, them: services.lower_hand(room, me.connection),
    "hand.lower_other": lambda room, me, them: services.lower_other_hand(room, me.connection, them),
    "hands.policy": lambda room, me, them: services.set_hand_policy(room, me.connection, "nobody"),
    "stage.invite": lambda room, me, them: services.invite(room, me.connection, them),
    "stage.withdraw": lambda room, me, them: services.withdraw(room, me.connection, them),
    "stage.join": lambda room, me, them: services.join_stage(room, me.connection),
    "stage.decline": lambda room, me, them: services.decline(room, me.connection),
    "stage.leave": lambda room, me, them: services.leave_stage(room, me.connection),
    "stage.lock": lambda room, me, them: services.lock_stage(room, me.connection, is_locked=True),
    "stage.reset": lambda room, me, them: services.reset_stage(room, me.connection),
    "person.mute": lambda room, me, them: services.mute_other(room, me.connection, them),
    "person.move": lambda room, me, them: services.move_to_audience(room, me.connection, them),
    "person.remove": lambda room, me, them: services.remove(room, me.connection, them),
    "person.ban": lambda room, me, them: services.ban(room, me.connection, them, **FIELDS["person.ban"]),
    "person.report": lambda room, me, them: services.report(room, me.connection, them, **FIELDS["person.report"]),
    "person.block": lambda room, me, them: services.block(room, me.connection, them),
    "person.quiet": lambda room, me, them: services.mute_for_oneself(room, me.connection, them, muted=True),
    "person.hear": lambda room, me, them: services.mute_for_oneself(room, me.connection, them, muted=False),
    "moderator.name": lambda room, me, them: services.name_moderator(room, me.connection, them),
    "moderator.dismiss": lambda room, me, them: services.dismiss_moderator(room, me.connection, them),
    "host.hand_over": lambda room, me, them: services.hand_over(room, me.connection, them),
    "room.freeze": lambda room, me, them: services.freeze(room, me.connection, **FIELDS["room.freeze"]),
    "room.message": lambda room, me, them: services.tell_room(room, me.connection, NOTICE),
    "chat.say": lambda room, me, them: services.say(room, me.connection, LINE),
    "chat.remove": lambda room, me, them: services.remove_message(
        room, me.connection, **written_in(room)["chat.remove"]
    ),
    "chat.slow": lambda room, me, them: services.set_slow_mode(room, me.connection, 30),
    "turn.limit": lambda room, me, them: services.set_turn_limit(room, me.connection, 120),
    "question.ask": lambda room, me, them: services.ask(room, me.connection, LINE),
    "question.vote": lambda room, me, them: services.vote(room, me.connection, **written_in(room)["question.vote"]),
    "question.answer": lambda room, me, them: services.mark_answered(
        room, me.connection, **written_in(room)["question.answer"]
    ),
    "question.remove": lambda room, me, them: services.remove_question(
        room, me.connection, **written_in(room)["question.remove"]
    ),
    "link.pin": lambda room, me, them: services.pin_link(room, me.connection, **FIELDS["link.pin"]),
    "room.people": lambda room, me, them: services.find_people(room, me.connection, ""),
    "room.audience": lambda room, me, them: services.see_audience(room, me.connection, ""),
}


def answer_of(command: str, room: str, me: Player, them: str = "") -> str:
    """What a service answers: `ok`, or the code of its refusal."""
    try:
        with transaction.atomic():
            SERVICES[command](room, me, them)
    except Refused as refusal:
        return refusal.code.value
    return "ok"


@dataclass
class Cast:
    """One room and everybody in it. There are two of each standing, one to act and one to be acted on; but one host."""

    room: str
    actors: dict[Standing, Player]
    others: dict[Standing, Player]

    def ready_for(self, command: str, actor: Standing, target: Standing | None = None) -> bool:
        """Have the host sit where the cell says, and whoever unmutes themselves muted: everybody on stage is unmuted.

        Returns:
            Whether something had to be changed for it.
        """
        host_goes_down, is_muted = Standing.HOST in (actor, target), command == "mic.unmute" and actor.on_stage
        if host_goes_down:
            services.leave_stage(self.room, self.actors[Standing.HOST].connection)
        if is_muted:
            services.set_muted(self.room, self.actors[actor].connection, muted=True)
        return host_goes_down or is_muted

    def targets_of(self, actor: Standing) -> list[tuple[str, Standing, Player]]:
        """Everybody to whom something could be done, by a name for the cell: also oneself."""
        others = [(standing.value, standing, player) for standing, player in self.others.items()]
        if actor in HOSTS:
            others = [other for other in others if other[1] not in HOSTS]
        return [*others, ("oneself", actor, self.actors[actor])]


def a_cast() -> Cast:
    """A public room in the middle of a conversation."""
    host = _a_player(Standing.HOST_ON_STAGE)
    actors = {standing: host if standing in HOSTS else _a_player(standing) for standing in ACTORS}
    others = {standing: host if standing in HOSTS else _a_player(standing) for standing in Standing}
    user = host.entrant.user
    assert user is not None
    everybody = [host, *(player for players in (actors, others) for player in players.values() if player is not host)]
    room = services.open_room(
        host=user,
        title="Who pays for the second foundry?",
        topic=a_topic(user),
        language="en",
        visibility=Visibility.PUBLIC,
        speakers=[player.entrant.user for player in everybody if player.standing.on_stage and player.entrant.user],
    ).public_id
    for player in everybody:
        joined = player.join(room)
        player.id, player.connection = joined.person, joined.connection
        _take_up(room, player, host)
    return Cast(room, actors, others)


def _a_player(standing: Standing) -> Player:
    if standing is Standing.GUEST:
        cookie = a_guest_cookie()
        return Player(standing, services.guest(cookie_value(cookie), "192.0.2.1"), cookie)
    name = "".join(letter for letter in standing.title() if letter.isalpha() or letter == " ")
    return Player(standing, services.Entrant(user=a_member(name, is_staff=standing is Standing.STAFF)))


def a_guest_cookie() -> str:
    """What a visitor's browser keeps."""
    response = HttpResponse()
    remember(HttpRequest(), response)
    return response.cookies[COOKIE].value


def _take_up(room: str, player: Player, host: Player) -> None:
    """What makes somebody who entered stand as they should."""
    match player.standing:
        case Standing.MODERATOR | Standing.MODERATOR_ON_STAGE:
            services.name_moderator(room, host.connection, player.id)
        case Standing.WITH_HAND:
            services.raise_hand(room, player.connection, line="")
        case Standing.INVITED:
            services.invite(room, host.connection, player.id)
        case Standing.GONE:
            message, question = (
                services.say(room, player.connection, "Hm").id,
                services.ask(room, player.connection, "Who").id,
            )
            _written[room] = message, question
            services.leave(room, player.connection)
    if player.standing.on_stage:
        services.set_muted(room, player.connection, muted=False)


# --- The database ---------------------------------------------------------------------------------------------------

Row = dict[str, Any]
_HISTORY = (
    "version",
    "moderators_version",
    "talk_version",
)  # goes on, whatever is taken back: the pages have heard of it


@dataclass(frozen=True)
class State:
    """Everything that an act in a room can change, as the database keeps it. Equal when nothing did; the log is looked at
    beside."""

    room: Row
    people: dict[str, Row]
    bans: list[Row]
    reports: list[Row]
    blocks: list[Row]
    mutes: list[Row]
    messages: list[Row]
    questions: list[Row]
    votes: list[Row]
    log: list[Row] = field(compare=False)

    @classmethod
    def of(cls, public_id: str) -> "State":
        """The room as it is now. Read a few thousand times, and therefore without the ORM."""
        (room,) = _rows(Room, "public_id = %s", public_id)
        people = _rows(Participant, "room_id = %s", room["id"])
        somebody_here = f"IN (SELECT user_id FROM {Participant._meta.db_table} WHERE room_id = %s)"
        return cls(
            room=room,
            people={row["public_id"]: _without_place(row) for row in people},
            bans=_rows(Ban, "room_id = %s", room["id"]),
            reports=_rows(Report, "room_id = %s", room["id"]),
            blocks=_rows(Block, f"blocker_id {somebody_here}", room["id"]),
            mutes=_rows(Mute, f"muter_id {somebody_here}", room["id"]),
            messages=_rows(ChatMessage, "room_id = %s", room["id"]),
            questions=_rows(Question, "room_id = %s", room["id"]),
            votes=_rows(
                Vote, f"question_id IN (SELECT id FROM {Question._meta.db_table} WHERE room_id = %s)", room["id"]
            ),
            log=_rows(AuditEntry, "target LIKE %s", f"{public_id}%"),
        )

    def bring_back(self) -> "State":
        """Undo what was changed since, but for histories and the log; the state then."""
        now = State.of(self.room["public_id"])
        _put_back(Room, {name: value for name, value in self.room.items() if name not in _HISTORY})
        for person, row in self.people.items():
            if now.people[person] != row:
                _put_back(Participant, row)
        for model, before, after in (
            (Ban, self.bans, now.bans),
            (Report, self.reports, now.reports),
            (Block, self.blocks, now.blocks),
            (Mute, self.mutes, now.mutes),
            (Vote, self.votes, now.votes),
            (ChatMessage, self.messages, now.messages),
            (Question, self.questions, now.questions),
        ):
            new = {row["id"] for row in after} - {row["id"] for row in before}
            model.objects.filter(pk__in=new).delete()
            for row in before:
                if row["id"] not in {known["id"] for known in after}:
                    _put_there(model, row)
                elif row not in after:
                    _put_back(model, row)
        return State.of(self.room["public_id"])


def _without_place(row: Row) -> Row:
    """Where somebody's sound is, an offer decides anew each time: it is no act of theirs."""
    return {name: value for name, value in row.items() if name not in ("share_id", "placed_epoch")}


def _rows(model: type[Model], condition: str, *values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} WHERE {condition} ORDER BY id", values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _put_back(model: type[Model], row: Row) -> None:
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} = %s" for name in row)
        cursor.execute(f"UPDATE {model._meta.db_table} SET {columns} WHERE id = %s", [*row.values(), row["id"]])


def _put_there(model: type[Model], row: Row) -> None:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(row)}) VALUES ({places})", [*row.values()])


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is done within is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
