"""Flags: raised by machines, decided by staff."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from moderation.models import Flag, FlagSource, FlagState
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
    """Put something before staff. Nothing else follows from it."""
    return Flag.objects.create(
        source=source,
        where=where,
        because=because[:200],
        room=room,
        participant=participant,
        user=user or (participant.user if participant else None),
        language=language,
        excerpt=excerpt[:500],
        seconds_in=seconds_in,
    )


@transaction.atomic
def decide_flag(flag: Flag, *, by: User, upheld: bool, reason: str = "") -> bool:
    """Close a flag.

    Returns:
        Whether it was still open.
    """
    state = FlagState.UPHELD if upheld else FlagState.DISMISSED
    still_open = Flag.objects.filter(pk=flag.pk, state=FlagState.OPEN)
    if not still_open.update(state=state, decided_by=by, decided_at=timezone.now()):
        return False
    record(f"flag.{state}", flag.public_id, actor=by, reason=reason)
    return True
