"""The lease that a worker has its rooms by, between the readings of the roster that renew it and media, which goes by it."""

import logging
from collections.abc import Callable

from rooms.audio import control
from rooms.audio.lease import Lease

logger = logging.getLogger(__name__)


class LeaseHolder:
    """See `lease.py` for the rules. `send` takes orders to media; `renewed` is called when there is a lease again after one
    was over: media has silenced every room, and must hear of their stages anew. Times are seconds of the clock."""

    def __init__(
        self, clock: Callable[[], float], send: Callable[[control.Message], None], renewed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._send = send
        self._renewed = renewed
        self._lease = Lease(clock())
        self._lapsed = False  # media has silenced every room
        self._tell()

    def confirm(self, began: float) -> None:
        """A reading of the roster that began then came back."""
        self._lease.confirm(began)
        self._tell()

    def hear(self, *, reached: bool) -> None:
        """What a witness said of the database."""
        self._lease.hear(reached=reached)
        self._tell()

    def wants_witnesses(self) -> bool:
        """Whether to ask for some now."""
        return self._lease.ask(self._clock())

    def lapse(self) -> None:
        """Media says that it was over."""
        logger.error("worker.lease_lapsed")  # the database, or this machine, was away for too long
        self._lapsed = True

    def _tell(self) -> None:
        until = self._lease.until
        self._send(control.Lease(until))
        if self._lapsed and until > self._clock():
            self._lapsed = False
            self._renewed()
