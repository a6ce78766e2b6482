"""What a worker's control process tells media of rooms that are too large for one worker, as the database says it is: which
workers share a room that is mixed here, and where a room is mixed of which listeners are here. Each is told once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from rooms.audio import control
from rooms.audio.transport.relay import key_of
from rooms.audio.wire import ListenersLose, Place, RoomTruth

LOSSES_COUNT_SECONDS = 15.0
UNFED_SECONDS = 3.0  # on top of media's own: longer than it takes until a room whose worker died has another
_UNFED_ONCE_MORE_SECONDS = 2.0  # it is asked once a second


@dataclass
class Sharing:
    """See the module. `secrets` are all workers' own: frames are sealed with the first and opened with any, so that workers
    of before and after a change of it hear each other. `worker` is our own id; `send` takes orders to media."""

    secrets: tuple[bytes, ...]
    worker: str
    send: Callable[[control.Message], None]
    _shared: dict[str, control.Shared] = field(default_factory=dict)
    _sources: dict[str, control.Source] = field(default_factory=dict)
    _homes: dict[str, tuple[Place, int]] = field(default_factory=dict)  # and the epoch
    _losses: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)  # by room and worker: percent, when
    _unfed: dict[tuple[str, int], tuple[float, float]] = field(
        default_factory=dict
    )  # by room and epoch: since when, until

    def follow(self, truths: Mapping[str, RoomTruth]) -> None:
        """Tell media what is not as it was."""
        shared = {room: self._shared_of(truth) for room, truth in truths.items() if truth.shares and not truth.home}
        sources = {room: self._source_of(truth, truth.home) for room, truth in truths.items() if truth.home is not None}
        for room in self._shared.keys() - shared.keys():
            self.send(control.Shared(room, 0, ()))
        for room in self._sources.keys() - sources.keys():
            self.send(control.Source(room, 0, "", 0, ()))
        for room, order in shared.items():
            if self._shared.get(room) != order:
                self.send(order)
        for room, source in sources.items():
            if self._sources.get(room) != source:
                self.send(source)
        self._shared, self._sources = shared, sources
        self._homes = {room: (truth.home, truth.epoch) for room, truth in truths.items() if truth.home is not None}
        self._losses = {room: losses for room, losses in self._losses.items() if room in shared}

    def _shared_of(self, truth: RoomTruth) -> control.Shared:
        shares = []
        for place in sorted(truth.shares, key=lambda place: place.share):
            key = key_of(self.secrets[0], truth.room, truth.epoch, place.share, self.worker)
            shares.append((place.ip, place.port, key.key_id, key.key))
        return control.Shared(truth.room, truth.epoch, tuple(shares))

    def _source_of(self, truth: RoomTruth, home: Place) -> control.Source:
        keys = [key_of(secret, truth.room, truth.epoch, home.share, home.worker) for secret in self.secrets]
        named = tuple((key.key_id, key.key) for key in keys)
        return control.Source(truth.room, truth.epoch, home.ip, home.port, named)

    def to_home(self, losing: control.Losing, worker: str) -> tuple[str, ListenersLose] | None:
        """Whom to tell what our listeners lose, and what; nobody, if the room is mixed here."""
        if losing.room not in self._homes:
            return None
        home, epoch = self._homes[losing.room]
        return home.worker, ListenersLose(losing.room, worker, losing.percent, epoch)

    def unfed(self, rooms: Iterable[str], now: float) -> list[str]:
        """No frame of these rooms comes; those of which that has been so for too long."""
        before, self._unfed = self._unfed, {}
        for room in rooms:
            if room in self._homes:
                _home, epoch = self._homes[room]
                since, until = before.get((room, epoch), (now, now))
                self._unfed[room, epoch] = (since if now - until <= _UNFED_ONCE_MORE_SECONDS else now), now
        return [room for (room, _epoch), (since, _until) in self._unfed.items() if now - since >= UNFED_SECONDS]

    def lose(self, told: ListenersLose, now: float) -> None:
        """What another worker's listeners lose of a room that is mixed here."""
        order = self._shared.get(told.room)
        if order is None or told.epoch != order.epoch:
            return
        losses = self._losses.setdefault(told.room, {})
        losses[told.worker] = told.percent, now
        worst = max(percent for percent, at in losses.values() if now - at <= LOSSES_COUNT_SECONDS)
        self.send(control.ExpectLoss(told.room, worst))
