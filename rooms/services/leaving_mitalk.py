"""Somebody deletes their account: what they run goes to others, or is called off."""

from django.db import transaction

from accounts.models import User
from rooms import selectors
from rooms.domain.programme import MailKind
from rooms.domain.snapshot import Phase
from rooms.models import CoHost, Room
from rooms.services.carrying_out import locked
from rooms.services.departing import suspend
from rooms.services.programme import cancel_scheduled
from rooms.services.programme_mail import tell_those_who_are_going


@transaction.atomic
def leave_everything(user: User) -> None:
    """Out of every room, and none to come is theirs any more: the co-host who accepted first has it, else it is called off.
    In live ones somebody succeeds by rule, as when a host leaves. An undo does not bring this back."""
    suspend(user)
    to_come = Room.objects.filter(host=user, phase=Phase.SCHEDULED).values_list("public_id", flat=True)
    for public_id in list(to_come):
        if not _hand_over(locked(public_id)):
            cancel_scheduled(public_id, user)


def _hand_over(room: Room) -> bool:
    heir = selectors.accepted_co_hosts(room).exclude(user=room.host).order_by("accepted_at", "pk").first()
    if heir is None or room.phase != Phase.SCHEDULED:
        return False
    former = room.host
    room.host = room.opened_by = heir.user
    room.revision += 1
    room.save(update_fields=["host", "opened_by", "revision"])
    CoHost.objects.filter(pk=heir.pk).delete()
    room.speakers.remove(former)
    tell_those_who_are_going(room, MailKind.CHANGED, str(room.revision), but=former)
    return True
