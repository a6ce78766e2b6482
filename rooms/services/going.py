"""Who goes to a room to come, and who runs it with the host."""

from django.db import transaction

from accounts import clock
from accounts.models import User
from rooms import limits, selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.domain.programme import MailKind
from rooms.domain.snapshot import Phase
from rooms.models import CoHost, Room, Rsvp
from rooms.services.carrying_out import locked
from rooms.services.limiting import demand_able
from rooms.services.programme_mail import write

MOST_CO_HOSTS = 5


def go(room: Room, user: User, time_zone: str) -> None:
    """Be going, and be reminded, at times of this zone. Saying it twice changes nothing.

    Raises:
        Refused: `room_ended` when it is not to come any more.
    """
    if room.phase != Phase.SCHEDULED:
        raise Refused(Code.ROOM_ENDED)
    Rsvp.objects.update_or_create(room=room, user=user, defaults={"time_zone": time_zone})


def do_not_go(room: Room, user: User) -> None:
    """Not be going any more."""
    Rsvp.objects.filter(room=room, user=user).delete()


@transaction.atomic
def ask_co_host(room_public_id: str, by: User, asked: User) -> None:
    """Ask a member to run a room to come; they are told once. Who declined is not asked again.

    Raises:
        Refused: `not_allowed` for anybody but the host, and for whom the host cannot ask (themselves, somebody with whom
            there is a block, one too many); `room_ended` when it is not to come any more.
    """
    room = locked(room_public_id)
    if room.host_id != by.pk:
        raise Refused(Code.NOT_ALLOWED)
    if room.phase != Phase.SCHEDULED:
        raise Refused(Code.ROOM_ENDED)
    if room.co_hosts.filter(user=asked).exists():
        return
    if room.co_hosts.filter(declined_at=None).count() >= MOST_CO_HOSTS or not selectors.may_ask(by, asked):
        raise Refused(Code.NOT_ALLOWED)
    if Ability.HOST in limits.limits_of(asked.pk):
        raise Refused(Code.PERSON_LIMITED)
    CoHost.objects.create(room=room, user=asked)
    write(room, MailKind.CO_HOST_ASKED, "", [(asked.pk, room.time_zone)])


def answer_co_host(room: Room, user: User, *, accept: bool, time_zone: str) -> None:
    """Accept or decline to run a room to come; one may think again until it starts.

    Raises:
        Refused: `not_allowed` for who was not asked; `room_ended` when it is not to come any more.
    """
    if room.phase != Phase.SCHEDULED:
        raise Refused(Code.ROOM_ENDED)
    if accept:
        demand_able(user, Ability.HOST)
    now = clock.now()
    answer = {"accepted_at": now if accept else None, "declined_at": None if accept else now, "time_zone": time_zone}
    if not CoHost.objects.filter(room=room, user=user).update(**answer):
        raise Refused(Code.NOT_ALLOWED)


def withdraw_co_host(room: Room, by: User, asked: User) -> None:
    """The host takes back that they asked somebody. Nobody is told.

    Raises:
        Refused: `not_allowed` for anybody else.
    """
    if room.host_id != by.pk:
        raise Refused(Code.NOT_ALLOWED)
    CoHost.objects.filter(room=room, user=asked, room__phase=Phase.SCHEDULED, declined_at=None).delete()
