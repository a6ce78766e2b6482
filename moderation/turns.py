"""Work of which so much may go on at once in this process: the rest waits for its turn, without a thread."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

_Loop = asyncio.AbstractEventLoop


class Turns:
    """See the module. Who came first is first; whoever goes away while they wait keeps nobody waiting. `most` is asked once a
    loop."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._by_loop: WeakKeyDictionary[_Loop, asyncio.Semaphore] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and give it back."""
        loop = asyncio.get_running_loop()
        async with self._by_loop.setdefault(loop, asyncio.Semaphore(self._most())):
            yield
