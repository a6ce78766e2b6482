"""When the host is gone somebody else is in charge, by rule."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from rooms import selectors
from rooms.domain import commands
from rooms.domain.roles import Role
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
    waits = former.place_until is not None and former.place_until > timezone.now()
    if is_here or (former.left_at is not None and waits):
        return False
    here = selectors.on_roster(room.participants.exclude(user=None))
    chosen = successor(Candidate(selectors.as_person(person), person.moderator_since) for person in here)
    if chosen is None:
        return False
    # They come back as a moderator: bad luck with one's network is no demotion.
    gone = Participant.objects.filter(pk=former.pk, role=Role.HOST)
    gone.update(role=Role.MODERATOR, moderator_since=timezone.now())
    change(room, commands.Succeed(chosen))
    return True
