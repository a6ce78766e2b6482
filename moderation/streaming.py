"""Lines that come slowly, handed to ASGI without blocking it."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async

from moderation.turns import Turns


async def streamed(lines: Iterator[bytes], turns: Turns) -> AsyncIterator[bytes]:
    """Each line as it comes, got in a thread of its own once it is their turn. Whoever goes away ends the iterator."""
    end = b""
    following = sync_to_async(lambda: next(lines, end), thread_sensitive=False)
    try:
        async with turns.turn():
            while line := await following():
                yield line
    finally:
        close = getattr(lines, "close", None)
        if close is not None:
            await sync_to_async(close, thread_sensitive=False)()
