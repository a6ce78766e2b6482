"""Whether somebody is in a room, for what must not happen while they are."""

from django.db.models import Q

from accounts import clock
from accounts.models import User
from rooms.domain.snapshot import Phase
from rooms.models import Participant


def is_in_a_room(user: User) -> bool:
    """Whether somebody is in a room, or a place in one waits for them."""
    here = Q(left_at=None) | Q(place_until__gt=clock.now(), room__phase=Phase.LIVE)
    return Participant.objects.filter(here, user=user).exists()
