"""Roster equals media: who has sound without a place in the roster, and who has a place without sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rooms.audio.wire import RoomTruth

NO_PEER_SECONDS = 3.5  # on the roster and never offered: with the reading's half second, the product's five hold
NOT_CONNECTED_SECONDS = 10.0  # offered, and ICE or DTLS does not come to an end


class Connected(Protocol):
    """What counts as sound: `transport.call.Call`."""

    @property
    def began(self) -> float:
        """Monotonic seconds."""

    @property
    def connected(self) -> bool:
        """Whether ICE and DTLS have come to an end."""


def without_place(calls: Mapping[str, Connected], present: frozenset[str], began: float) -> list[str]:
    """The connections that have media and no place in a reading of the roster that began then. An offer is taken to a worker
    only after its connection was written there: so only a peer that is younger than the reading can rightly miss in it."""
    return [connection for connection, call in calls.items() if connection not in present and call.began < began]


@dataclass
class MissingMedia:
    """Since when each connection on the roster has had no peer, or none that is connected. Times are monotonic seconds."""

    _no_peer: dict[str, float] = field(default_factory=dict)
    _not_connected: dict[str, float] = field(default_factory=dict)

    def of(
        self, truths: Iterable[RoomTruth], rooms: Mapping[str, Mapping[str, Connected]], now: float
    ) -> frozenset[str]:
        """The connections for which that is too long now, of each room's calls by connection."""
        no_peer: dict[str, float] = {}
        not_connected: dict[str, float] = {}
        for truth in truths:
            calls = rooms.get(truth.room, {})
            for connection in truth.present:
                call = calls.get(connection)
                if call is None:
                    no_peer[connection] = self._no_peer.get(connection, now)
                if call is None or not call.connected:
                    not_connected[connection] = self._not_connected.get(connection, now)
        self._no_peer, self._not_connected = no_peer, not_connected
        return frozenset(
            [name for name, since in no_peer.items() if now - since >= NO_PEER_SECONDS]
            + [name for name, since in not_connected.items() if now - since >= NOT_CONNECTED_SECONDS]
        )
