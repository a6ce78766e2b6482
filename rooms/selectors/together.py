"""Where two people were at the same time."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.hooks import Together
from accounts.models import User
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.roles import Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import Participant

_NAMED = [mode.value for mode in Confidentiality if may_be_kept(mode, Kept.NAMES)]
_MOST = 10


def were_together(one: User, other: User) -> list[Together]:
    """The rooms that are over in which both were at the same time, the last first: only those whose confidentiality lets it
    be told later who was there. Of each stay the last is known, so nothing is told of two that came one after the other."""
    stays = Participant.objects.filter(joins__gt=0, left_at__isnull=False, room__phase=Phase.ENDED)
    stays = stays.filter(room__confidentiality__in=_NAMED, room__not_held="").exclude(role=Role.STAFF)
    theirs = stays.filter(
        user=other, room=OuterRef("room"), arrived_at__lt=OuterRef("left_at"), left_at__gt=OuterRef("arrived_at")
    )
    mine = stays.filter(Exists(theirs), user=one).select_related("room").order_by("-room__ended_at", "-pk")
    return [
        Together(
            stay.room.title, reverse("rooms:room", args=[stay.room.public_id]), stay.room.ended_at or stay.arrived_at
        )
        for stay in mine[:_MOST]
    ]
