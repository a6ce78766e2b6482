"""A real audio worker in the test's own event loop, with a roster that the test writes."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from rooms.audio import wire
from rooms.audio.media import Media
from rooms.audio.media_link import StartMedia
from rooms.audio.worker import AudioWorker, Config
from tests.audio.client import Client
from tests.audio.inside import MediaInside


class Stage:
    """A worker, its bus and its roster."""

    def __init__(self, *, start_media: StartMedia | None = None, config: Config | None = None) -> None:
        self.config = config or Config(public_ip="127.0.0.1", udp_port=0, bind_ip="127.0.0.1")
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.present: set[str] = set()
        self.may_speak: set[str] = set()
        self.version = 0
        self.database_is_away = False
        self.witness: bool | None = (
            None  # what web says when it is asked whether it reaches the database; None: nothing
        )
        self.bus_is_away = False
        self.epoch = 1
        self.clients: list[Client] = []
        self._receivers: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._answers: dict[str, asyncio.Future[wire.Message]] = {}
        self._numbers = itertools.count(1)
        self.beats: list[wire.Load] = []
        self.silent: set[str] = set()  # said to have a place and no sound
        self.move_away: Callable[[], int] = lambda: 0
        self.inside = MediaInside()
        self.worker = AudioWorker(
            self.config,
            self,
            read_truth=self._truth,
            heartbeat=self.beats.append,
            without_media=self.silent.update,
            move_away=lambda: self.move_away(),
            start_media=start_media or self.inside,
        )

    # --- the worker's bus and database ----------------------------------------------------------------------------------

    async def subscribe(self, topic: str, receive: Callable[[dict[str, Any]], None]) -> None:
        self._receivers[topic] = receive

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        self.published.append((topic, message))
        decoded = wire.decode(message)
        if isinstance(decoded, wire.WitnessWanted) and self.witness is not None:
            self.send(wire.Witness(self.witness))
        if isinstance(decoded, wire.Echo) and not self.bus_is_away:
            self.send(decoded)
        if isinstance(decoded, wire.Answer | wire.OfferRefused):
            self._answers.pop(decoded.request).set_result(decoded)

    def _truth(self) -> dict[str, wire.RoomTruth]:
        if self.database_is_away:
            raise OSError("database is away")
        truth = wire.RoomTruth("room", self.version, frozenset(self.may_speak), frozenset(self.present), self.epoch)
        return {"room": truth} if self.present else {}

    # --- what a test does -----------------------------------------------------------------------------------------------

    def send(self, message: wire.Message) -> None:
        """As web would, over the bus."""
        self._receivers[wire.worker_topic(self.config.worker_id)](wire.encode(message))

    async def offer(self, name: str, sdp: str, *, person: str = "") -> wire.Message:
        """An offer's answer or refusal."""
        request = str(next(self._numbers))
        future = self._answers[request] = asyncio.get_running_loop().create_future()
        self.send(wire.Offer(request, "web.test", "room", name, person or name, sdp, self.epoch))
        return await asyncio.wait_for(future, 5)

    async def check(self, check: str, sdp: str, *, speaks: bool) -> wire.Message:
        """The answer or refusal of one of the two offers of a sound check."""
        request = str(next(self._numbers))
        future = self._answers[request] = asyncio.get_running_loop().create_future()
        self.send(wire.CheckOffer(request, "web.test", check, speaks, sdp))
        return await asyncio.wait_for(future, 5)

    async def exchange(self, name: str, sdp: str) -> str:
        """An offer's answer."""
        reply = await self.offer(name, sdp)
        assert isinstance(reply, wire.Answer), reply
        return reply.sdp

    def client(self, name: str, *, tone: int = 0) -> Client:
        """A participant who is on the roster, not yet joined."""
        self.present.add(name)
        made = Client(lambda sdp: self.exchange(name, sdp), tone=tone)
        self.clients.append(made)
        return made

    async def joined(self, name: str, *, tone: int = 0) -> Client:
        """A participant who is connected."""
        made = self.client(name, tone=tone)
        await made.join()
        return made

    def allow(self, *names: str) -> None:
        """The stage changes: these may be heard now. Web says so over the bus."""
        self.version += 1
        self.may_speak = set(names)
        self.send(wire.Stage("room", self.version, tuple(names)))

    @property
    def media(self) -> Media:
        """Where the sound is."""
        return self.inside.media

    def members(self) -> dict[str, Any]:
        """Media's members of the room, by connection."""
        room = self.media.engine.rooms.get("room")
        return dict(room.members) if room else {}

    async def ticks(self, count: int) -> None:
        """Wait for so many ticks."""
        until = self.media.engine.ticks + count
        await self.until(lambda: self.media.engine.ticks >= until)

    async def until(self, condition: Callable[[], bool], *, within: float = 5.0) -> None:
        """Wait for a condition."""
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A running worker."""
    made = Stage()
    await made.worker.start()
    yield made
    for client in made.clients:
        await client.close()
    made.worker.stop()
    await made.worker.run_until_stopped()
