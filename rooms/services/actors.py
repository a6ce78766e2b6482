"""Who acts, and whether they may at all: where every service of somebody in a room begins."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts import services as accounts
from accounts.text import tidy, validate_words
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.roles import Act, Position, Role, may
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room
from rooms.services.carrying_out import locked_participant


def demand(me: Participant, act: Act) -> None:
    """Refuse who may not do this at all.

    Raises:
        Refused: `not_allowed`.
    """
    if not may(Role(me.role), Position(me.position), act):
        raise Refused(Code.NOT_ALLOWED)


def present(room: Room, connection: str) -> Participant:
    """Whoever acts, as they are once their row is locked: they may be entering another room at this moment."""
    me = first(room.participants.filter(connection=connection))
    if me is None or not selectors.admitted(room.participants.filter(pk=me.pk, connection=connection)).exists():
        raise Refused(Code.ROOM_ENDED if room.phase == Phase.ENDED else Code.NOT_JOINED)
    return me


def first(people: QuerySet[Participant]) -> Participant | None:
    """The first of them, under its row's lock, which is taken after the room's."""
    pk = people.values_list("pk", flat=True).first()
    return locked_participant(pk) if pk is not None else None


def readable(words: str) -> str:
    """A line as it will be shown.

    Raises:
        Refused: `text_unreadable` for what cannot be seen, or looks like what it is not.
    """
    line = tidy(words)
    if line:
        try:
            validate_words(line)
        except ValidationError as error:
            raise Refused(Code.TEXT_UNREADABLE) from error
    return line


def record(room: Room, me: Participant, act: str, target: str = "", *, reason: str = "") -> None:
    """What staff, moderators and hosts do is in the log. `target` is the public id of whom or what it was done to."""
    accounts.record(f"room.{act}", f"{room.public_id} {target}".strip(), actor=me.user, reason=reason)
