"""Whether a worker can be asked for sound: it calls to itself over the bus, and listens for that."""

import logging

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
_MOST_UNANSWERED = 3  # calls, not seconds: a process that stood still has called as seldom as it has listened


class Echo:
    """Of one bus. A worker that was cut off from it alone lives, by all that it writes, and nobody who comes can reach it."""

    def __init__(self) -> None:
        self._unanswered = 0

    def call(self) -> None:
        """One more was sent."""
        was_deaf = self.is_deaf
        self._unanswered += 1
        if self.is_deaf and not was_deaf:
            logger.error("worker.deaf")

    def hear(self) -> None:
        """One came back."""
        if self.is_deaf:
            logger.info("worker.hears_again")
        self._unanswered = 0

    @property
    def is_deaf(self) -> bool:
        """Whether several in a row did not come back."""
        return self._unanswered > _MOST_UNANSWERED
