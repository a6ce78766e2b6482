"""The rings of an audio worker's machine: what media hands over is written, what is reported is sealed, the rest is deleted.

Belongs to the control process, and works in a thread of its own: no disk delays a handshake or a tick. A disk that is full
costs what it cannot take, is logged once a minute, and told by `disk`; sound goes on.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from rooms.audio.blocking import BlockingCalls
from rooms.audio.evidence.orders import Orders, Sealed, SealOrder
from rooms.audio.evidence.ring import Ring
from rooms.audio.evidence.sealed import SealedFolder
from rooms.seeing.disks import Disks, said
from rooms.seeing.logs import called

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

TEND_SECONDS = 2.0
_WITHIN_SECONDS = 30.0
_MOST_WAITING = 256  # batches: then the disk is too slow, and the newest are lost
_COMPLAIN_EVERY_SECONDS = 60.0


class Keeper:
    """See the module. `orders` and `sealed` may be slow and ask the database; `orders` gets what is kept here: the mark of
    the ring by room."""

    def __init__(
        self,
        ring: Ring,
        evidence: SealedFolder,
        *,
        orders: Callable[[Mapping[str, str]], Orders],
        sealed: Callable[[Sealed], None],
        disks: Disks | None = None,
    ) -> None:
        self._ring, self._evidence = ring, evidence
        self.disks = disks or Disks({"ring": ring.folder, "evidence": evidence.folder})
        self._orders, self._sealed = orders, sealed
        self._calls = BlockingCalls("audio-evidence")
        self._probes = BlockingCalls("audio-disks")  # evidence may be elsewhere, and hang: the ring goes on
        self._probing: asyncio.Task[None] | None = None
        self._waiting: asyncio.Queue[tuple[str, bytes, int]] = asyncio.Queue(_MOST_WAITING)
        self._complained_at = float("-inf")
        self._ended: frozenset[str] = frozenset()

    @property
    def disk(self) -> str:
        """ "ok", or what of the folders could not be written when it was last tried."""
        return said(self.disks.states())

    def keep(self, room: str, batch: bytes) -> None:
        """Take what was just said in a room (`evidence.packets.pack`)."""
        try:
            self._waiting.put_nowait((room, batch, _now_ms()))
        except asyncio.QueueFull:
            self._complain("the disk is too slow")

    async def run(self) -> None:
        """Write, seal and delete, for ever. What was left by others is looked at first."""
        tended_at = float("-inf")
        while True:
            if time.monotonic() - tended_at >= TEND_SECONDS:
                tended_at = time.monotonic()
                if self._probing is None or self._probing.done():
                    self._probing = asyncio.create_task(self._probe())
                await self._do(self._tend)
            try:
                async with asyncio.timeout(max(0.0, tended_at + TEND_SECONDS - time.monotonic())):
                    first = await self._waiting.get()
            except TimeoutError:
                continue
            batches = [first]
            while not self._waiting.empty():
                batches.append(self._waiting.get_nowait())
            await self._do(partial(self._write, batches))

    def close(self) -> None:
        """Write no more; call it when `run` has ended."""
        if self._probing is not None:
            self._probing.cancel()
        self._probes.close()
        self._calls.close()
        self._ring.close()

    async def _probe(self) -> None:
        try:
            await self._probes.call(self.disks.look, within=_WITHIN_SECONDS)
        except Exception as error:
            self._complain(called(error))

    async def _do(self, work: Callable[[], None]) -> None:
        try:
            await self._calls.call(work, within=_WITHIN_SECONDS)
        except Exception as error:
            # Rooms go on without a ring rather than not at all; whoever looks after the server reads it.
            self._complain(called(error))

    def _complain(self, why: str) -> None:
        if time.monotonic() - self._complained_at >= _COMPLAIN_EVERY_SECONDS:
            self._complained_at = time.monotonic()
            logger.error("evidence.not_kept", extra={"reason": why})

    # --- in the thread ------------------------------------------------------------------------------------------------

    def _write(self, batches: list[tuple[str, bytes, int]]) -> None:
        """One room's trouble costs the others nothing."""
        failures = _each(batches, lambda batch: self._ring.add(*batch))
        self._note("ring", failures)
        if failures:
            raise failures[0]

    def _note(self, folder: str, failures: list[Exception]) -> None:
        of_the_disk = [failure for failure in failures if isinstance(failure, OSError)]
        if of_the_disk or not failures:
            self.disks.note(folder, next(iter(of_the_disk), None))

    def _tend(self) -> None:
        rooms = self._ring.rooms()
        try:
            orders = self._orders({room: self._ring.mark(room) for room in rooms})
        except Exception:
            self._prune(rooms)  # while the database is away too, nothing of a live room grows older than is kept
            raise
        self._ended = orders.ended
        # One that fails keeps neither the others from being sealed nor what is old from being deleted: nothing else makes
        # room on a full disk. It is ordered again.
        to_seal = [order for order in orders.seal if order.room in rooms]
        failures = _each(to_seal, self._seal)
        if to_seal:
            self._note("evidence", failures)
        for room in rooms & orders.destroy:
            self._ring.destroy(room)
        self._prune(rooms - orders.destroy)
        if failures:
            raise failures[0]

    def _prune(self, rooms: set[str]) -> None:
        for room in rooms - self._ended:
            self._ring.prune(room, _now_ms())

    def _seal(self, order: SealOrder) -> None:
        ring = self._ring.mark(order.room)
        said = self._ring.read(order.room, order.span.later(order.ahead_ms))
        packets = (replace(packet, at_ms=packet.at_ms - order.ahead_ms) for packet in said)
        kept = self._evidence.write(order.name, packets, ring)
        self._sealed(Sealed(order.name, kept, ring))


def _each(items: Iterable[Item], work: Callable[[Item], None]) -> list[Exception]:
    """Do something with each; what failed of it."""
    failures: list[Exception] = []
    for item in items:
        try:
            work(item)
        except Exception as error:
            failures.append(error)
    return failures


def _now_ms() -> int:
    return int(time.time() * 1000)
