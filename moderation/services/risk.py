"""The risk of live rooms, counted every minute, and told to staff once a day and room."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.models import FlagSource, RoomRisk
from moderation.risk.counting import counts_of
from moderation.risk.score import THRESHOLD, risk_of
from moderation.risk.words import in_words
from moderation.services.flags import raise_flag
from rooms.domain.snapshot import Phase
from rooms.models import Room


def count_risks(now: datetime | None = None) -> int:
    """Count the risk of each live room anew; those that are over have none. Staff are told of a room from a threshold on.
    Rows are written in the order of rooms' numbers: two beats at once wait for each other in one direction.

    Returns:
        How many rooms are live.
    """
    now = now or timezone.now()
    rooms = list(Room.objects.filter(phase=Phase.LIVE).select_related("risk").order_by("pk"))
    counted = counts_of(rooms, {room.pk: _hand_changes(room, now) for room in rooms}, now)
    risks = []
    for room in rooms:
        risk = risk_of(counted[room.pk])
        parts = [asdict(part) for part in risk.parts]
        risks.append(RoomRisk(room=room, score=risk.score, parts=parts, at=now, hands_at=room.moderators_version))
    RoomRisk.objects.bulk_create(
        risks, update_conflicts=True, unique_fields=["room"], update_fields=["score", "parts", "at", "hands_at"]
    )
    _forget_those_that_are_over()
    for row in risks:
        if row.score >= THRESHOLD:
            _tell(row, now)
    return len(rooms)


def _forget_those_that_are_over() -> None:
    over = RoomRisk.objects.exclude(room__phase=Phase.LIVE).order_by("room")
    for pk in list(
        over.values_list("pk", flat=True)
    ):  # one by one: whoever holds one row alone keeps nobody waiting for ever
        RoomRisk.objects.filter(pk=pk).delete()


def with_people(risks: QuerySet[RoomRisk]) -> QuerySet[RoomRisk]:
    """With how many are in each room now, as `people`."""
    return risks.annotate(people=Count("room__participants", filter=Q(room__participants__left_at=None)))


def _hand_changes(room: Room, now: datetime) -> float:
    """How often hands moved in a minute since it was counted last: the history of those who run the room tells."""
    before = getattr(room, "risk", None)
    since, seen = (before.at, before.hands_at) if before else (room.started_at or now, 0)
    minutes = max(1.0, (now - since).total_seconds() / 60)
    return (room.moderators_version - seen) / minutes


@transaction.atomic
def _tell(risk: RoomRisk, now: datetime) -> None:
    today = timezone.localdate(now)
    untold = RoomRisk.objects.filter(room=risk.room).exclude(flagged_on=today)
    if not untold.update(flagged_on=today):
        return
    because = "; ".join(in_words(part) for part in risk.parts)
    raise_flag(
        source=FlagSource.SIGNAL,
        where="room.risk",
        because=_("risk %(score)d: %(because)s") % {"score": risk.score, "because": because},
        room=risk.room,
        seconds_in=int((now - risk.room.started_at).total_seconds()) if risk.room.started_at else None,
    )
