"""What is counted of live rooms: a few questions for all of them, however many there are."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from accounts.models import AuditEntry
from moderation.models import Flag, FlagSource, FlagState, Report
from moderation.risk.score import Counts
from rooms.domain.roles import Role
from rooms.models import Participant, Room

_YOUNG = timedelta(days=7)
_LATELY = timedelta(hours=1)
_REMOVED_LATELY = timedelta(minutes=30)
_MANY_ROOMS = 5
_REMOVALS = ("room.remove", "room.ban")


def counts_of(rooms: Iterable[Room], hand_changes: dict[int, float], now: datetime) -> dict[int, Counts]:
    """What happened lately in rooms that are live, by key. `hand_changes`: how often hands moved in a minute, by room."""
    by_id = {room.pk: room for room in rooms}
    here = Participant.objects.filter(room__in=by_id, left_at=None).exclude(role=Role.STAFF)
    people: list[Any] = list(
        here.values_list("room", "user", "user__date_joined", "user__sponsor", "user__sponsor__sponsor", named=True)
    )
    newcomers: dict[int, Counter[int]] = defaultdict(Counter)
    for person in people:
        if person.user is not None and person.user__date_joined > now - _YOUNG:
            for above in {person.user__sponsor, person.user__sponsor__sponsor} - {None}:
                newcomers[person.room][above] += 1
    hoppers = _hoppers({person.user for person in people if person.user is not None}, now)
    removals = _removals({room.public_id: room.pk for room in by_id.values()}, now)
    reports = _by_room(Report.objects.filter(room__in=by_id, at__gt=now - _LATELY))
    waiting = Flag.objects.filter(room__in=by_id, state=FlagState.OPEN).exclude(source=FlagSource.SIGNAL)
    flags = _by_room(waiting)
    present = Counter(person.room for person in people)
    hopping = Counter(person.room for person in people if person.user in hoppers)
    return {
        pk: Counts(
            people=present[pk],
            newcomers=max(newcomers[pk].values(), default=0),
            removals=removals[pk],
            hand_changes=hand_changes.get(pk, 0.0),
            hopping=hopping[pk],
            reports=reports.get(pk, 0),
            flags=flags.get(pk, 0),
        )
        for pk in by_id
    }


def _by_room(rows) -> dict[int, int]:  # type: ignore[no-untyped-def]
    return dict(rows.order_by().values_list("room").annotate(Count("pk")))


def _hoppers(users: set[int], now: datetime) -> set[int]:
    """Those who came into many rooms lately."""
    lately = Participant.objects.filter(user__in=users, arrived_at__gt=now - _LATELY).order_by()
    counted = lately.values("user").annotate(rooms=Count("room", distinct=True)).filter(rooms__gte=_MANY_ROOMS)
    return set(counted.values_list("user", flat=True))


def _removals(rooms: dict[str, int], now: datetime) -> Counter[int]:
    """How many were put out, by the log of what those who run rooms did."""
    lately = AuditEntry.objects.filter(act__in=_REMOVALS, at__gt=now - _REMOVED_LATELY)
    targets = (target.partition(" ")[0] for target in lately.values_list("target", flat=True))
    return Counter(rooms[room] for room in targets if room in rooms)
