"""Asking a follower into a room: once a person and room, a few an hour, and never past a block."""

from datetime import timedelta

from django.db import transaction

from accounts import clock
from accounts.models import User
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.models import Ping, Room

MOST_PINGS_AN_HOUR = 20
_AN_HOUR = timedelta(hours=1)


@transaction.atomic
def ping(room_public_id: str, by: User, whom: User) -> None:
    """Ask one of one's followers to come into the room that one is in. Twice changes nothing.

    Raises:
        Refused: `not_joined` for who is not in it as a member; `too_many_messages` for who asks without end; `not_allowed` of
            somebody who does not follow them, may not come in, is there, or is parted by a block: which, is not said.
    """
    room = Room.objects.get(public_id=room_public_id)
    if not selectors.may_ping_from(room, by):
        raise Refused(Code.NOT_JOINED)
    if Ping.objects.filter(room=room, sender=by, receiver=whom).exists():
        return
    if Ping.objects.filter(sender=by, at__gt=clock.now() - _AN_HOUR).count() >= MOST_PINGS_AN_HOUR:
        raise Refused(Code.TOO_MANY_MESSAGES)
    may_come = selectors.may_enter(room, whom) and selectors.may_be_pinged(room, by).filter(pk=whom.pk).exists()
    if not may_come:
        raise Refused(Code.NOT_ALLOWED)
    Ping.objects.get_or_create(room=room, sender=by, receiver=whom)


def put_ping_away(public_id: str, by: User) -> bool:
    """Do not show this ping any more. Of somebody else's, nothing happens.

    Returns:
        Whether it is theirs.
    """
    theirs = Ping.objects.filter(public_id=public_id, receiver=by)
    theirs.filter(put_away_at=None).update(put_away_at=clock.now())
    return theirs.exists()
