"""What happened on a stage is remembered for a while, so that staff can see what led to a report."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from rooms.domain import changes
from rooms.domain.roles import Role
from rooms.domain.snapshot import Phase
from rooms.hooks import still_needed
from rooms.models import MomentKind, Room, StageMoment

_OF_ROLES = {Role.MEMBER: MomentKind.MEMBER, Role.MODERATOR: MomentKind.MODERATOR, Role.HOST: MomentKind.HOST}


def remember(room: Room, decided: tuple[changes.Event, ...]) -> None:
    """Add what was just decided: two questions, however much it is."""
    told = [(kind, person, getattr(event, "by", "")) for event in decided for kind, person in _moment_of(event)]
    if not told:
        return
    ids = {public_id for _kind, person, by in told for public_id in (person, by) if public_id}
    places = dict(room.participants.filter(public_id__in=ids).values_list("public_id", "pk")) if ids else {}
    StageMoment.objects.bulk_create(
        StageMoment(room=room, kind=kind, person_id=places.get(person), by_id=places.get(by))
        for kind, person, by in told
    )


def _moment_of(event: changes.Event) -> list[tuple[MomentKind, str]]:
    match event:
        case changes.Seated(person):
            return [(MomentKind.SEATED, person.id)]
        case changes.Unseated(person):
            return [(MomentKind.UNSEATED, person)]
        case changes.MuteChanged(person, muted):
            return [(MomentKind.MUTED if muted else MomentKind.UNMUTED, person)]
        case changes.RoleChanged(person, role):
            return [(_OF_ROLES[role], person)] if role in _OF_ROLES else []
        case changes.StageLocked(locked):
            return [(MomentKind.LOCKED if locked else MomentKind.UNLOCKED, "")]
        case changes.Frozen(frozen):
            return [(MomentKind.FROZEN if frozen else MomentKind.THAWED, "")]
        case changes.StaffEntered(person):
            return [(MomentKind.STAFF_ENTERED, person.id)]
        case changes.StaffLeft(person):
            return [(MomentKind.STAFF_LEFT, person)]
        case changes.Told(text):
            return [(MomentKind.TOLD, "")] if text else []
        case changes.Ended():
            return [(MomentKind.ENDED, "")]
        case changes.HandRaised(hand):
            return [(MomentKind.HAND_RAISED, hand.person)]
        case changes.HandLowered(person):
            return [(MomentKind.HAND_LOWERED, person)]
        case changes.Invited(person):
            return [(MomentKind.INVITED, person)]
    return []


def forget_moments(now: datetime | None = None) -> int:
    """Delete what happened on stages of rooms that are long over, but where somebody has to decide on it (rooms.hooks).

    Returns:
        How many.
    """
    now = now or timezone.now()
    over = now - timedelta(days=settings.TIMELINE_DAYS)
    old = StageMoment.objects.filter(room__phase=Phase.ENDED, room__ended_at__lt=over)
    for needed in still_needed(now):
        old = old.exclude(room__in=needed.rooms)
    return old.delete()[0]
