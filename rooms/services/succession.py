"""When the host is gone somebody else is in charge, by rule."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import clock
from rooms import limits, selectors
from rooms.domain import commands
from rooms.domain.limits import Ability
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Phase
from rooms.domain.succession import Candidate, successor
from rooms.models import Participant, Room
from rooms.services.carrying_out import change, locked


def succeed_absent_hosts() -> int:
    """Look through the live rooms whose host was there and is gone, also those where nobody could succeed until now.

    Returns:
        How many rooms have another host.
    """
    host_here = selectors.on_roster(Participant.objects.filter(room=OuterRef("pk"), role=Role.HOST))
    without = Room.objects.filter(~Exists(host_here), phase=Phase.LIVE).values_list("public_id", flat=True)
    succeeded = 0
    for public_id in list(without):
        with transaction.atomic():
            succeeded += succeed_if_host_is_gone(locked(public_id))
    return succeeded


def succeed_if_host_is_gone(room: Room) -> bool:
    """Make somebody the host if the one there was has left, or dropped and their minute is over. The room must be locked.

    Returns:
        Whether somebody else is the host now.
    """
    former = room.participants.filter(user=room.host_id, joins__gt=0).first()
    if room.phase != Phase.LIVE or former is None:
        return False
    is_here = former.left_at is None and former.role == Role.HOST
    waits = former.place_until is not None and former.place_until > clock.now()
    if is_here or (former.left_at is not None and waits):
        return False
    seated_or_moderating = Q(position=Position.STAGE) | Q(role=Role.MODERATOR)
    here = list(selectors.on_roster(room.participants.filter(seated_or_moderating, user__isnull=False)))
    lost = limits.limits_of_many([person.user_id for person in here if person.user_id])
    able = [person for person in here if Ability.HOST not in lost.get(person.user_id or 0, {})]
    chosen = successor(Candidate(selectors.as_person(person), person.moderator_since) for person in able)
    if chosen is None:
        return False
    # They come back as a moderator: bad luck with one's network is no demotion.
    gone = Participant.objects.filter(pk=former.pk, role=Role.HOST)
    gone.update(role=Role.MODERATOR, moderator_since=clock.now())
    change(room, commands.Succeed(chosen))
    return True
