"""How a worker fares, measured once: media counts in sums and tells them every second; of two such readings come what
operators see, what placing goes by, and what listeners cost."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from rooms.audio.core.figures import LATENESS_BOUNDS, at_most
from rooms.audio.usage import Reading, Usage, between
from rooms.audio.wire import Load

logger = logging.getLogger(__name__)

LATELY_SECONDS = 5.0  # what a beat tells of
BEYOND_MEASURE_MS = 1_000
_LATE_SHARE = 0.95


class Reporting:
    """Belongs to the control process. `clock` and `cpu_seconds` are its own."""

    def __init__(
        self,
        clock: Callable[[], float] = lambda: asyncio.get_running_loop().time(),
        cpu_seconds: Callable[[], float] = time.process_time,
    ) -> None:
        self._clock = clock
        self._cpu_seconds = cpu_seconds
        self._told: Mapping[str, Any] = {}  # what media did so far, as it said last
        self._told_at = clock()
        self._lately: deque[Reading] = deque()
        self._recorded: Reading | None = None
        self.unfed: frozenset[str] = frozenset()  # rooms that another worker mixes, and of which nothing comes

    def hear(self, told: Mapping[str, Any], *, rooms: int, peers: int) -> None:
        """Take what media tells."""
        self._told, self._told_at = {**told, "rooms": rooms, "peers": peers}, self._clock()
        self._lately.append(Reading.of(self.figures, self._told_at))
        while len(self._lately) > 2 and self._lately[1].at <= self._told_at - LATELY_SECONDS:
            self._lately.popleft()

    def note_unfed(self, rooms: frozenset[str]) -> None:
        """Of these, and no others, nothing comes from the worker that mixes them: a firewall, mostly."""
        for room in sorted(rooms - self.unfed):
            logger.error("worker.unfed", extra={"room": room})
        for room in sorted(self.unfed - rooms):
            logger.info("worker.fed_again", extra={"room": room})
        self.unfed = rooms

    def silent_for(self, now: float) -> float:
        """Seconds since media told anything; `now` is by our clock, from any thread."""
        return now - self._told_at

    @property
    def figures(self) -> dict[str, Any]:
        """What the worker does and did: empty before media has told any. May be read in any thread."""
        told = self._told
        return {**told, "cpu_seconds": told["cpu_seconds"] + self._cpu_seconds()} if told else {}

    def load(self, *, people: int, most_people: int, disk: str) -> Load:
        """What to say with a beat."""
        unfed = len(self.unfed)
        if len(self._lately) < 2:
            return Load(people, most_people, late_ms=0, cpu_percent=0, unfed=unfed, disk=disk)
        before, after = self._lately[0], self._lately[-1]
        used = (after.cpu_seconds - before.cpu_seconds) / max(after.at - before.at, 0.001)
        return Load(people, most_people, _late_ms(before, after), round(100 * used), unfed, disk)

    def used(self) -> tuple[Usage | None, Callable[[], None]]:
        """What was used since what was kept last, and what to call when this is: else it is of the next one."""
        if not self._told:
            return None, _nothing
        before, reading = self._recorded, Reading.of(self.figures, self._clock())

        def kept() -> None:
            self._recorded = reading

        if before is None:
            kept()
            return None, _nothing
        return between(before, reading), kept


def _late_ms(before: Reading, after: Reading) -> int:
    late = [now - then for now, then in zip(after.late, before.late, strict=True)]
    bound = at_most(LATENESS_BOUNDS, late, _LATE_SHARE)
    return BEYOND_MEASURE_MS if bound == float("inf") else round(1000 * bound)


def _nothing() -> None:
    pass
