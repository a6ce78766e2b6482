"""The calls of a worker: who is connected in which room, by which placement of it, and who may be heard there."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rooms.audio import control, wire
from rooms.audio.media_link import MediaLink, PeerLink
from rooms.audio.reconcile import MissingMedia, without_place
from rooms.audio.transport import sdp
from rooms.audio.transport.call import Call, Endpoint


@dataclass(eq=False, slots=True)
class Caller:
    """One connection of the roster that has sound, or is about to."""

    link: PeerLink
    call: Call

    @property
    def began(self) -> float:
        """Seconds of the event loop's clock."""
        return self.call.began

    @property
    def connected(self) -> bool:
        """Whether its handshake is done."""
        return self.call.connected


class Callers:
    """See the module. `came` hears that there is one more; `connected` how many seconds its handshake took; `lost` of one
    that ended by itself: its room, connection and the room's epoch; `dropped` gets a call that is to be closed."""

    def __init__(
        self,
        media: MediaLink,
        endpoint: Endpoint,
        most_peers: int,
        *,
        came: Callable[[], None],
        connected: Callable[[float], None],
        lost: Callable[[str, str, int], None],
        dropped: Callable[[Call], None],
    ) -> None:
        self.rooms: dict[str, dict[str, Caller]] = {}  # by room and connection
        self._media = media
        self._endpoint = endpoint
        self.most_peers = most_peers
        self._came = came
        self._connected = connected
        self._tell_lost = lost
        self._dropped = dropped
        self._missing_media = MissingMedia()
        self._by_number: dict[int, Caller] = {}
        self._stages: dict[str, control.OnStage] = {}  # the last that media was told, of each room with callers
        self._epochs: dict[str, int] = {}  # the latest known of each room

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Caller]:
        return iter(list(self._by_number.values()))

    @property
    def connected(self) -> int:
        """How many have sound. May be asked in any thread."""
        return sum(caller.connected for caller in self)

    def connections(self) -> tuple[str, ...]:
        """All that there are."""
        return tuple(name for callers in self.rooms.values() for name in callers)

    def epoch(self, room: str) -> int:
        """Of the placement by which a room is here; 0: not known."""
        return self._epochs.get(room, 0)

    def get(self, number: int) -> Call | None:
        """The call of a peer; None when it has just ended."""
        caller = self._by_number.get(number)
        return caller.call if caller is not None else None

    # --- coming and going -------------------------------------------------------------------------------------------------

    def negotiate(self, offer: wire.Offer) -> str:
        """The answer to an offer.

        Raises:
            OfferRefusedError: it gets none.
        """
        if offer.epoch < self.epoch(offer.room):
            raise sdp.OfferRefusedError(sdp.Refusal.FAILED)  # the room was placed anew since: its page asks again
        self._epochs[offer.room] = offer.epoch
        known = self.rooms.get(offer.room, {}).get(offer.connection)
        if known is not None:
            try:
                return known.call.negotiate(offer.sdp)
            except sdp.OfferRefusedError:
                # A page that lost its peer connection comes with a new one on the same socket.
                sdp.parse(offer.sdp)
                self.drop(offer.room, offer.connection)
        elif len(self._by_number) >= self.most_peers:
            raise sdp.OfferRefusedError(sdp.Refusal.FULL)
        sdp.parse(offer.sdp)  # before anything is replaced for its sake
        for name, caller in list(self.rooms.get(offer.room, {}).items()):
            if caller.link.person == offer.person:
                self.drop(offer.room, name)
        return self._begin(offer)

    def _begin(self, offer: wire.Offer) -> str:
        link = self._media.peer(offer.room, offer.connection, offer.person)
        call = Call(self._endpoint, link, ended=lambda: self.lost(link.number), connected=self._connected)
        answer = call.negotiate(offer.sdp)
        self.rooms.setdefault(offer.room, {})[offer.connection] = self._by_number[link.number] = Caller(link, call)
        if offer.room in self._stages:
            self._media.send(self._stages[offer.room])  # a peer that is replaced loses its leave to speak
        self._came()
        return answer

    def drop(self, room: str, connection: str) -> None:
        """End a call."""
        caller = self.rooms.get(room, {}).pop(connection, None)
        if caller is None:
            return
        if not self.rooms[room]:
            del self.rooms[room]
            self._stages.pop(room, None)
            self._epochs.pop(room, None)
        del self._by_number[caller.link.number]
        caller.call.stop()
        self._dropped(caller.call)

    def drop_room(self, room: str) -> None:
        """End all calls of a room."""
        for connection in list(self.rooms.get(room, {})):
            self.drop(room, connection)

    def lost(self, number: int) -> None:
        """A call ended by itself: its page should negotiate again."""
        caller = self._by_number.get(number)
        if caller is not None:
            room, connection = caller.link.room, caller.link.connection
            epoch = self.epoch(room)
            self.drop(room, connection)
            self._tell_lost(room, connection, epoch)

    # --- who may be heard -------------------------------------------------------------------------------------------------

    def set_stage(self, room: str, version: int, may_speak: Iterable[str]) -> None:
        """Who may be heard as of a version of the stage; an older one than is known changes nothing."""
        told = self._stages.get(room)
        stage = control.OnStage(room, version, tuple(sorted(may_speak)))
        if room in self.rooms and stage != told and (told is None or version >= told.version):
            self._stages[room] = stage
            self._media.send(stage)

    def tell_stages_again(self) -> None:
        """Media has silenced every room."""
        for stage in self._stages.values():
            self._media.send(stage)

    def reconcile(
        self, truth: Mapping[str, wire.RoomTruth], checks: Mapping[str, wire.RoomTruth], began: float, now: float
    ) -> dict[str, int]:
        """Make the rooms what the database said in a reading that began then: who may be heard, and nobody who is not there.
        `checks` are rooms that the database does not know.

        Returns:
            The connections on the roster that have had no sound for too long, and the epoch of each one's room.
        """
        read = {name: known.epoch for name, known in truth.items()}
        self._epochs = {name: max(read.get(name, 0), self.epoch(name)) for name in read.keys() | self.rooms.keys()}
        for name, callers in list(self.rooms.items()):
            known = checks.get(name) or truth.get(name)
            if known is not None:
                self.set_stage(name, known.version, known.may_speak)
            present = known.present if known is not None else frozenset()
            for connection in without_place(callers, present, began):
                self.drop(name, connection)
        return self._missing_media.of(truth.values(), self.rooms, now)
