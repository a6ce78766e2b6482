"""Lines that come slowly, handed to ASGI without blocking it."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async


async def streamed(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each line as it comes, got in a thread of its own. Whoever goes away ends the iterator."""
    end = b""
    following = sync_to_async(lambda: next(lines, end), thread_sensitive=False)
    try:
        while line := await following():
            yield line
    finally:
        close = getattr(lines, "close", None)
        if close is not None:
            await sync_to_async(close, thread_sensitive=False)()
