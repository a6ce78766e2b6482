"""Sound checks: somebody hears themselves through the worker, in a room of their own that no roster knows. Two connections,
one that may be heard and one that hears it, for half a minute, and few at a time. Time is an argument."""

from dataclasses import dataclass, field

from rooms.audio.wire import CHECK_CONNECTIONS, HEARS, SPEAKS, CheckOffer, Offer, RoomTruth, check_room

LASTS_SECONDS = 30.0
MOST_AT_ONCE = 20


@dataclass
class SoundChecks:
    """The checks that go on in one worker, by their rooms."""

    _until: dict[str, float] = field(default_factory=dict)

    def __contains__(self, room: str) -> bool:
        return room in self._until

    def begin(self, check: str, now: float) -> bool:
        """Begin a check, or go on with it: that makes it no longer.

        Returns:
            Whether there is room for it.
        """
        room = check_room(check)
        if room not in self._until:
            if len(self._until) >= MOST_AT_ONCE:
                return False
            self._until[room] = now + LASTS_SECONDS
        return True

    def over(self, now: float) -> list[str]:
        """The rooms whose time has come, which are none of ours any more."""
        rooms = [room for room, until in self._until.items() if until <= now]
        for room in rooms:
            del self._until[room]
        return rooms

    def truths(self) -> dict[str, RoomTruth]:
        """What is true of the rooms of all checks."""
        return {room: truth_of(room) for room in self._until}

    def end(self, room: str) -> None:
        """It is over sooner; another's room is not our business."""
        self._until.pop(room, None)


def offer_of(check: CheckOffer) -> Offer:
    """What it is to the worker: an offer of somebody in a room."""
    who = SPEAKS if check.speaks else HEARS
    return Offer(
        request=check.request,
        reply_to=check.reply_to,
        room=check_room(check.check),
        connection=who,
        person=who,
        sdp=check.sdp,
    )


def truth_of(room: str) -> RoomTruth:
    """Who is there, and who may be heard."""
    return RoomTruth(room, version=1, may_speak=frozenset({SPEAKS}), present=frozenset(CHECK_CONNECTIONS))
