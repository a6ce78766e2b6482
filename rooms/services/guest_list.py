"""Who may enter a closed room: members whom its host names, before it and while it is live. A page's business, not the live
protocol's: the host alone."""

from django.db import transaction

from accounts.models import Block, User
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room
from rooms.services.carrying_out import locked
from rooms.services.departing import depart

MOST_ON_A_GUEST_LIST = 500


@transaction.atomic
def put_on_guest_list(room_public_id: str, by: User, member: User) -> None:
    """Let a member in. Twice changes nothing.

    Raises:
        Refused: `not_allowed` for anybody but the host, or of somebody whom a block parts from them; `guest_list_full`;
            `room_ended`.
    """
    room = _of_host(room_public_id, by)
    apart = Block.objects.filter(blocker__in=(by, member), blocked__in=(by, member)).exists()
    if apart or not member.is_active:
        raise Refused(Code.NOT_ALLOWED)
    if room.guest_list.count() >= MOST_ON_A_GUEST_LIST:
        raise Refused(Code.GUEST_LIST_FULL)
    room.guest_list.add(member)


def take_off_guest_list(room_public_id: str, by: User, member: User) -> None:
    """Let a member in no more: whoever is in the room by it leaves it at once, and their place is not kept.

    Raises:
        Refused: `not_allowed` for anybody but the host; `room_ended`.
    """
    with transaction.atomic():
        _of_host(room_public_id, by).guest_list.remove(member)
    # After it is committed: leaving takes the room's lock and theirs in its own order.
    there = selectors.shut_out(Participant.objects.filter(room__public_id=room_public_id, user=member))
    for pk in there.values_list("pk", flat=True):
        depart(pk, there, keeps_place=False, code=Code.ROOM_PRIVATE)


def _of_host(room_public_id: str, by: User) -> Room:
    room = locked(room_public_id)
    if room.host_id != by.pk:
        raise Refused(Code.NOT_ALLOWED)
    if room.phase == Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    return room
