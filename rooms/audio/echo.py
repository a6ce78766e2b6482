"""Whether a worker can be asked for sound: it calls to itself over the bus, and listens for that."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
DEAF_AFTER_SECONDS = 4.0


class Echo:
    """Of one bus. A worker that was cut off from it alone lives, by all that it writes, and nobody who comes can reach it.

    `clock` tells seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard_at = clock()
        self._was_deaf = False

    @property
    def silent_for(self) -> float:
        """Seconds since something came back, or since the beginning."""
        return self._clock() - self._heard_at

    @property
    def is_deaf(self) -> bool:
        """Whether nothing has come back for so long that others are to take over."""
        return self.silent_for > DEAF_AFTER_SECONDS

    def call(self) -> None:
        """Another is sent."""
        if self.is_deaf and not self._was_deaf:
            self._was_deaf = True
            logger.error("worker.deaf")

    def hear(self) -> bool:
        """One came back.

        Returns:
            Whether others may have taken it for deaf.
        """
        self._heard_at = self._clock()
        was_deaf, self._was_deaf = self._was_deaf, False
        if was_deaf:
            logger.info("worker.hears_again")
        return was_deaf
