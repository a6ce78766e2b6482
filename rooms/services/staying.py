"""Whether somebody is in a room, for what must not happen while they are."""

from django.utils import timezone

from accounts.models import User
from rooms.domain.snapshot import Phase
from rooms.models import Participant


def is_in_a_room(user: User) -> bool:
    """Whether somebody is in a room, or a place in one waits for them. Every place that they could come back to is locked, so
    within a transaction that has locked the account, too, the answer holds until it ends: see `accounts.renaming.lock`."""
    places = Participant.objects.select_for_update(of=("self",)).filter(user=user).exclude(room__phase=Phase.ENDED)
    now = timezone.now()
    return any(
        place.left_at is None or (place.place_until is not None and place.place_until > now)
        for place in places.order_by("pk")
    )
