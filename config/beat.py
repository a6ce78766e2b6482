"""The clock: Celery's beat, for which a machine's clock that is set back is no reason to send nothing.

Beat waits until its wall clock has come to the next run. One that was ten minutes ahead, and was put right, would have
nobody's mail sent for ten minutes, whether it ran meanwhile or was started again with what it had noted before.
"""

import time
from typing import Any

from celery.beat import PersistentScheduler

_SET_BACK_SECONDS = 1.0  # less than that, it is only late


class SteadyScheduler(PersistentScheduler):
    """See the module."""

    _apart: float | None = None  # the wall clock from the one that is never set

    def tick(self, *arguments: Any, **more: Any) -> float:
        """Send what is due; the seconds until something is."""
        apart = time.time() - time.monotonic()
        if self._apart is not None and apart < self._apart - _SET_BACK_SECONDS:
            self._heap = None  # its times are those of the clock as it was
        self._apart = apart
        return super().tick(*arguments, **more)

    def populate_heap(self, *arguments: Any, **more: Any) -> None:
        """Put what there is in order. What was sent at a time to come was sent now."""
        for entry in self.schedule.values():
            entry.last_run_at = min(entry.last_run_at, entry.default_now())
        super().populate_heap(*arguments, **more)
