"""Roster equals media: who has sound without a place in the roster, and who has a place without sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rooms.audio.wire import RoomTruth

NO_PEER_SECONDS = 3.5  # on the roster and never offered: with the reading's half second, the product's five hold
NOT_CONNECTED_SECONDS = 10.0  # offered, and ICE or DTLS does not come to an end
FIRST_EPOCH = 1  # of a room that nobody had sound in before
MOVED_SECONDS = 2.0  # until everybody in a room that was moved has been told so
COME_A_SECOND = 100  # of them


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
    """Since when each connection on the roster has had no peer, or none that is connected. Times are monotonic seconds.

    Pages of a room that was moved here are told to come, spread over some seconds: they are given these.
    """

    _no_peer: dict[str, float] = field(default_factory=dict)
    _not_connected: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, tuple[int, float]] = field(default_factory=dict)  # by room: its epoch, and when its time begins

    def of(
        self, truths: Iterable[RoomTruth], rooms: Mapping[str, Mapping[str, Connected]], now: float
    ) -> dict[str, int]:
        """The connections for which that is too long now, of each room's calls by connection, and the epoch by which this
        worker has the room of each."""
        no_peer: dict[str, float] = {}
        not_connected: dict[str, float] = {}
        epochs: dict[str, int] = {}
        begun: dict[str, tuple[int, float]] = {}
        for truth in truths:
            begun[truth.room] = self._begin(truth, now)
            _epoch, since = begun[truth.room]
            calls = rooms.get(truth.room, {})
            for connection in truth.present if truth.expected is None else truth.expected:
                epochs[connection] = truth.epoch
                call = calls.get(connection)
                if call is None:
                    no_peer[connection] = max(since, self._no_peer.get(connection, now))
                if call is None or not call.connected:
                    not_connected[connection] = max(since, self._not_connected.get(connection, now))
        self._no_peer, self._not_connected, self._begun = no_peer, not_connected, begun
        missing = [name for name, since in no_peer.items() if now - since >= NO_PEER_SECONDS]
        missing += [name for name, since in not_connected.items() if now - since >= NOT_CONNECTED_SECONDS]
        return {name: epochs[name] for name in missing}

    def _begin(self, truth: RoomTruth, now: float) -> tuple[int, float]:
        known = self._begun.get(truth.room)
        if known is not None and known[0] == truth.epoch:
            return known
        if truth.epoch <= FIRST_EPOCH:
            return truth.epoch, now
        return truth.epoch, now + MOVED_SECONDS + len(truth.present) / COME_A_SECOND
