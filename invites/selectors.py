"""What members read about invites."""

from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from invites.models import Invite, InviteState, Redemption
from rooms.domain.snapshot import Phase, Visibility
from rooms.models import Room

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class MyInvite:
    """One of a member's invites, and who came by it."""

    invite: Invite
    state: InviteState
    came: list[User] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it can still be sent, copied or withdrawn."""
        return self.state is InviteState.OPEN


def invites_of(sponsor: User) -> list[MyInvite]:
    """A member's invites, the latest first."""
    redemptions = Redemption.objects.select_related("user__profile").order_by("at")
    found = (
        Invite.objects.filter(sponsor=sponsor)
        .select_related("room", "sponsor")
        .prefetch_related(Prefetch("redemptions", redemptions))
    )
    now = timezone.now()
    return [
        MyInvite(invite, invite.state(now), [redemption.user for redemption in invite.redemptions.all()])
        for invite in found[:MOST_SHOWN]
    ]


def rooms_to_invite_into(member: User) -> QuerySet[Room]:
    """The rooms that a member may send somebody to: where they are now, and those to come that they run or go to, as long as
    newcomers are let in."""
    here = Q(phase=Phase.LIVE, participants__user=member, participants__left_at=None)
    mine = Q(host=member) | Q(co_hosts__user=member, co_hosts__accepted_at__isnull=False) | Q(rsvps__user=member)
    to_come = Q(phase=Phase.SCHEDULED, starts_at__gt=timezone.now()) & mine
    open_to_all = Q(visibility__in=(Visibility.PUBLIC, Visibility.MEMBERS))
    return Room.objects.filter((here | to_come) & open_to_all).distinct().order_by("starts_at")
