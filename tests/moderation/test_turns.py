"""So many transcripts are made at once in a process: the others wait, and go away without holding anybody up."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

from moderation.streaming import streamed
from moderation.turns import Turns


class Transcripts:
    """What is under way, and the most that ever was."""

    def __init__(self) -> None:
        self.going_on = self.most = self.done = 0

    def one(self) -> Iterator[bytes]:
        self.going_on += 1
        self.most = max(self.most, self.going_on)
        try:
            yield from (b"first", b"second")
            self.done += 1
        finally:
            self.going_on -= 1


async def read(transcripts: Transcripts, turns: Turns) -> list[bytes]:
    return [line async for line in streamed(transcripts.one(), turns)]


async def test_one_after_the_other() -> None:
    transcripts, turns = Transcripts(), Turns(lambda: 1)
    found = await asyncio.gather(*(read(transcripts, turns) for _ in range(5)))
    assert found == [[b"first", b"second"]] * 5
    assert (transcripts.most, transcripts.done, transcripts.going_on) == (1, 5, 0)


async def test_as_many_as_are_set() -> None:
    transcripts, turns = Transcripts(), Turns(lambda: 2)
    async with aclosing(streamed(transcripts.one(), turns)) as one, aclosing(streamed(transcripts.one(), turns)) as two:
        assert (await anext(one), await anext(two)) == (b"first", b"first")
        third = asyncio.ensure_future(read(transcripts, turns))
        await asyncio.wait([third], timeout=0)
        assert transcripts.going_on == 2
    assert await asyncio.wait_for(third, 10) == [b"first", b"second"]


async def test_whoever_goes_away_gives_their_turn_back_also_while_they_wait() -> None:
    transcripts, turns = Transcripts(), Turns(lambda: 1)
    async with aclosing(streamed(transcripts.one(), turns)) as one:
        await anext(one)
        waits = asyncio.ensure_future(read(transcripts, turns))
        await asyncio.wait([waits], timeout=0)
        waits.cancel()
        await asyncio.wait([waits])
    assert await asyncio.wait_for(read(transcripts, turns), 10) == [b"first", b"second"]
