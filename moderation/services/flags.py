"""Flags: raised by machines, decided by staff."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from moderation.models import Flag, FlagSource, FlagState
from moderation.partiality import NotYours, flags_of
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room


def raise_flag(
    *,
    source: FlagSource,
    where: str,
    because: str,
    room: Room | None = None,
    participant: Participant | None = None,
    user: User | None = None,
    language: str = "",
    excerpt: str = "",
    seconds_in: int | None = None,
) -> Flag:
    """Put something before staff. Nothing else follows from it. Of a room whose names are not kept, whose it was is known
    for as long as who was there is: by their place, which is forgotten."""
    names_are_kept = room is None or may_be_kept(Confidentiality(room.confidentiality), Kept.NAMES)
    if user is None and participant is not None and names_are_kept:
        user = participant.user
    return Flag.objects.create(
        source=source,
        where=where,
        because=because[:200],
        room=room,
        participant=participant,
        user=user,
        language=language,
        excerpt=excerpt[:500],
        seconds_in=seconds_in,
    )


@transaction.atomic
def decide_flag(flag: Flag, *, by: User, upheld: bool, reason: str = "") -> bool:
    """Close a flag.

    Returns:
        Whether it was still open.

    Raises:
        NotYours: it is about them, or about a room that they run.
    """
    if flags_of(by, [flag]):
        raise NotYours
    state = FlagState.UPHELD if upheld else FlagState.DISMISSED
    still_open = Flag.objects.filter(pk=flag.pk, state=FlagState.OPEN)
    if not still_open.update(state=state, decided_by=by, decided_at=timezone.now()):
        return False
    record(f"flag.{state}", flag.public_id, actor=by, reason=reason)
    return True
