"""Whom somebody in a room may ask to come, and who is asked to come where."""

from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Block, User
from accounts.muting import is_muted
from rooms.domain.confidentiality import shows_audience
from rooms.domain.roles import RUNS_THE_ROOM, Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import Participant, Ping, Room
from rooms.selectors.admission import may_enter
from rooms.selectors.people import banned_now, on_roster

MOST_SHOWN = 20
_MAY_PING = (Role.MEMBER, *RUNS_THE_ROOM)


def may_ping_from(room: Room, user: User) -> bool:
    """Whether somebody is in a live room as a member, and so can ask others to come."""
    here = on_roster(room.participants.filter(user=user, joins__gt=0, role__in=_MAY_PING))
    return room.phase == Phase.LIVE and here.exists()


def may_be_pinged(room: Room, by: User) -> QuerySet[User]:
    """The followers of somebody who could come into a room: not those who are there, were kept out of it, have been asked
    already by the same person, or whom a block parts from that person or the host. Whether the room lets them in is asked for
    each: see `pingable`. Where the audience is not shown, whether somebody is there is not told by this either."""
    there = on_roster(Participant.objects.filter(room=room, user=OuterRef("pk")))
    asked = Ping.objects.filter(room=room, sender=by, receiver=OuterRef("pk"))
    parted = Block.objects.filter(
        Q(blocker=OuterRef("pk"), blocked__in=(by.pk, room.host_id))
        | Q(blocked=OuterRef("pk"), blocker__in=(by.pk, room.host_id))
    )
    followers = User.objects.filter(follows__followed=by, is_active=True, profile__isnull=False)
    kept_out = banned_now(room).filter(user=OuterRef("pk"))
    followers = followers.exclude(Exists(asked)).exclude(Exists(parted)).exclude(Exists(kept_out))
    return followers.exclude(Exists(there)) if shows_audience(Confidentiality(room.confidentiality)) else followers


def pingable(room: Room, by: User, query: str) -> list[User]:
    """Followers of somebody, by a part of their name or all, whom they may ask to come."""
    words = query.replace("\x00", "").strip()
    found = may_be_pinged(room, by).filter(profile__name__icontains=words) if words else may_be_pinged(room, by)
    some = found.select_related("profile").order_by("profile__name", "pk")[: 2 * MOST_SHOWN]
    return [user for user in some if may_enter(room, user)][:MOST_SHOWN]


def pings_of(user: User) -> list[Ping]:
    """Who asks this person to come where, the latest first: into live rooms that let them in; nobody whom a block parts, or
    whom they muted."""
    parted = Block.objects.filter(
        Q(blocker=user.pk, blocked=OuterRef("sender")) | Q(blocked=user.pk, blocker=OuterRef("sender"))
    )
    pings = Ping.objects.filter(
        receiver=user, put_away_at=None, room__phase=Phase.LIVE, sender__is_active=True
    ).exclude(Exists(parted) | is_muted("sender", user))
    latest = pings.select_related("room__topic", "sender__profile").order_by("-at")
    return list(islice((ping for ping in latest[: 2 * MOST_SHOWN] if may_enter(ping.room, user)), MOST_SHOWN))
