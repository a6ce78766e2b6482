"""Who meets in a room although a block stands between them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Block, User
from rooms.domain.confidentiality import shows_audience
from rooms.domain.messages import RoomConflict
from rooms.domain.roles import Position
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room
from rooms.selectors.people import on_roster

MOST_CONFLICTS = 8  # told at once: more are no news


def conflicts(room: Room, user: User | None = None) -> list[RoomConflict]:
    """Those who meet on stage, or one on stage and one who listens, with a block between them: of this person, or of anybody.
    Where nobody is told who listens, those on stage only. Not of the host, who knows whom they blocked."""
    blocker, blocked = (_here(room).filter(user=OuterRef(side)) for side in ("blocker", "blocked"))
    speaks = Q(position=Position.STAGE)
    if shows_audience(Confidentiality(room.confidentiality)):
        one_speaks = Q(Exists(blocker.filter(speaks))) | Q(Exists(blocked.filter(speaks)))
    else:
        one_speaks = Q(Exists(blocker.filter(speaks))) & Q(Exists(blocked.filter(speaks)))
    blocks = Block.objects.filter(Exists(blocker), Exists(blocked), one_speaks)
    blocks = blocks.exclude(Q(blocker=room.host_id) | Q(blocked=room.host_id))
    if user is not None:
        blocks = blocks.filter(Q(blocker=user) | Q(blocked=user))
    pairs = {frozenset(pair) for pair in blocks.values_list("blocker_id", "blocked_id")[: 2 * MOST_CONFLICTS]}
    people = {key for pair in pairs for key in pair}
    found = {
        participant.user_id: participant
        for participant in _here(room).filter(user__in=people).select_related("user__profile")
    }
    return sorted(
        (_conflict(*(found[key] for key in pair)) for pair in pairs if pair <= found.keys()),
        key=lambda conflict: (conflict.first_name, conflict.second_name),
    )[:MOST_CONFLICTS]


def conflicts_in(public_id: str) -> list[RoomConflict]:
    """All of them, by the room's public id."""
    return conflicts(Room.objects.get(public_id=public_id))


def _here(room: Room) -> QuerySet[Participant]:
    return on_roster(Participant.objects.filter(room=room, user__isnull=False))


def _conflict(one: Participant, other: Participant) -> RoomConflict:
    first, second = sorted((one, other), key=lambda participant: participant.name)
    return RoomConflict(first.public_id, first.name, second.public_id, second.name)
