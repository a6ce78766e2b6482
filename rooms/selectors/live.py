"""The rooms that are live, as the hall needs them: what is alike for everybody is read once a second and process, not once a
page. Whether a room lets somebody in, and is live at all, is asked anew for everybody (`hall`)."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings

from rooms.domain.snapshot import Phase
from rooms.models import Room
from rooms.selectors.listing import RoomCard, cards, listed, listeners_of

MOST_ROOMS = 1000


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A live room, as far as choosing goes."""

    pk: int
    title: str
    language: str
    topic_id: str
    topic_name: str
    industry: int
    visibility: str
    listening: int


@dataclass(frozen=True, slots=True)
class LiveRooms:
    """Every live room at one moment, the fullest first; their cards as they were first asked for."""

    rooms: dict[int, LiveRoom]
    read_at: float
    _cards: dict[int, RoomCard] = field(default_factory=dict)

    def cards(self, wanted: Iterable[int]) -> list[RoomCard]:
        """The cards of these rooms, in this order; not of those that are gone."""
        keys = list(wanted)
        missing = [key for key in keys if key not in self._cards]
        if missing:
            found = list(listed(Room.objects.filter(pk__in=missing)))
            for room in found:
                room.listening = self.rooms[room.pk].listening  # type: ignore[attr-defined]
            self._cards.update(zip([room.pk for room in found], cards(found), strict=True))
        return [self._cards[key] for key in keys if key in self._cards]


_latest: LiveRooms | None = None


def live_rooms() -> tuple[LiveRooms, dict[int, str]]:
    """The live rooms as of the last second at most, and the visibility of all that are live at this moment."""
    global _latest
    latest = _latest
    if latest is not None and time.monotonic() - latest.read_at < settings.MITALK_HALL_KEPT_SECONDS:
        visibilities = dict(Room.objects.filter(phase=Phase.LIVE).order_by().values_list("pk", "visibility"))
        if visibilities.keys() <= latest.rooms.keys() or len(latest.rooms) == MOST_ROOMS:
            return latest, visibilities
    latest = _latest = _read()
    return latest, {room.pk: room.visibility for room in latest.rooms.values()}


def forget() -> None:
    """Read them anew for the next page."""
    global _latest
    _latest = None


def _read() -> LiveRooms:
    rooms = Room.objects.filter(phase=Phase.LIVE).annotate(listening=listeners_of("pk"))
    fields = (
        "pk",
        "title",
        "language",
        "topic__public_id",
        "topic__name",
        "topic__industry",
        "visibility",
        "listening",
    )
    rows = list(rooms.order_by("-listening", "title", "pk").values_list(*fields)[:MOST_ROOMS])
    return LiveRooms(rooms={row[0]: LiveRoom(*row) for row in rows}, read_at=time.monotonic())
