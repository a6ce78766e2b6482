"""Calls that may block, one at a time in a thread of their own, so that the event loop never waits for the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class BlockingCalls:
    """One thread. A call that hangs delays those after it; they time out in turn and are not made."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(self, work: Callable[[], Result], *, within: float) -> Result:
        """The result of `work`.

        Raises:
            TimeoutError: it did not come within so many seconds.
            Exception: whatever `work` raises.
        """
        async with asyncio.timeout(within):
            return await asyncio.wrap_future(self._executor.submit(work))

    def close(self) -> None:
        """Make no more calls; do not wait for one that hangs."""
        self._executor.shutdown(wait=False, cancel_futures=True)
