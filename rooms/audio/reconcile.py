"""Roster equals media: who has sound without a place in the roster, and who has a place without sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rooms.audio.engine import Member, Room
from rooms.audio.wire import RoomTruth

NO_PEER_SECONDS = 3.5  # on the roster and never offered: with the reading's half second, the product's five hold
NOT_CONNECTED_SECONDS = 10.0  # offered, and ICE or DTLS does not come to an end


def without_place(members: Iterable[Member], present: frozenset[str], began: float) -> list[str]:
    """The connections that have media and no place in a reading of the roster that began then. An offer is taken to a worker
    only after its connection was written there: so only a peer that is younger than the reading can rightly miss in it."""
    return [member.connection for member in members if member.connection not in present and member.peer.began < began]


@dataclass
class MissingMedia:
    """Since when each connection on the roster has had no peer, or none that is connected. Times are monotonic seconds."""

    _no_peer: dict[str, float] = field(default_factory=dict)
    _not_connected: dict[str, float] = field(default_factory=dict)

    def of(self, truths: Iterable[RoomTruth], rooms: Mapping[str, Room], now: float) -> frozenset[str]:
        """The connections for which that is too long now."""
        no_peer: dict[str, float] = {}
        not_connected: dict[str, float] = {}
        for truth in truths:
            room = rooms.get(truth.room)
            for connection in truth.present:
                member = room.members.get(connection) if room is not None else None
                if member is None:
                    no_peer[connection] = self._no_peer.get(connection, now)
                if member is None or not member.peer.connected:
                    not_connected[connection] = self._not_connected.get(connection, now)
        self._no_peer, self._not_connected = no_peer, not_connected
        return frozenset(
            [name for name, since in no_peer.items() if now - since >= NO_PEER_SECONDS]
            + [name for name, since in not_connected.items() if now - since >= NOT_CONNECTED_SECONDS]
        )
