"""`bench shares`: a room on two workers. How much later than at home is a packet heard on the one that shares it, and what
does a share cost the one that mixes?

Each packet of the shared mix is the same for all, so that its arrivals at home and on the share can be told apart by it.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from rooms.audio import wire
from rooms.audio.bench.client import CHECK_SECONDS, Client, Poller
from rooms.audio.bench.figures import percentile
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.voice import buzz, packets, speak
from rooms.audio.relaying import Relays, Target
from rooms.audio.transport import ice_lite
from rooms.audio.transport.dtls import certificate
from rooms.audio.transport.fanout import Outlet
from rooms.audio.transport.relay import key_of
from rooms.audio.worker import AudioWorker, Config

_ROOM, _SHARE, _EPOCH = "room", 1, 1
_SETTLE_SECONDS = 2.0
_RELAYED = 5_000
_PAYLOAD = bytes(80)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--listeners", type=int, default=20, help="on each of the two workers")
    parser.add_argument("--seconds", type=float, default=8.0)


class Pair:
    """A worker that mixes a room, one that shares it, and their bus and roster."""

    def __init__(self) -> None:
        self._present: dict[str, set[str]] = {"home": set(), "share": set()}
        self._receivers: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._answers: dict[str, asyncio.Future[wire.Message]] = {}
        self._workers = {name: self._made(name) for name in self._present}

    def _made(self, name: str) -> AudioWorker:
        config = Config("127.0.0.1", 0, "127.0.0.1", worker_id=name, secret="of both")  # noqa: S106 - for one measurement
        return AudioWorker(
            config,
            self,
            read_truth=lambda: self._truth(name),
            heartbeat=lambda load: None,
            without_media=lambda silent: None,
        )

    def _truth(self, name: str) -> dict[str, wire.RoomTruth]:
        other = "share" if name == "home" else "home"
        place = wire.Place(_SHARE, "127.0.0.1", self._workers[other].port, other)
        present, mixes = frozenset(self._present[name]), name == "home"
        truth = wire.RoomTruth(
            room=_ROOM,
            version=1,
            may_speak=frozenset({"speaker"}) if mixes else frozenset(),
            present=present,
            epoch=_EPOCH,
            home=None if mixes else place,
            shares=(place,) if mixes else (),
        )
        return {_ROOM: truth}

    async def start(self) -> None:
        """Both begin."""
        for worker in self._workers.values():
            await worker.start()

    async def stop(self) -> None:
        """Both end."""
        for worker in self._workers.values():
            worker.stop()
            await worker.run_until_stopped()

    async def subscribe(self, topic: str, receive: Callable[[dict[str, Any]], None]) -> None:
        """A worker listens to its own topic."""
        self._receivers[topic] = receive

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Only answers are waited for, and what somebody sends to themselves."""
        match wire.decode(message):
            case wire.Answer() | wire.OfferRefused() as reply:
                self._answers.pop(reply.request).set_result(reply)
            case wire.Echo():
                self._receivers[topic](message)

    async def offer(self, worker: str, connection: str, sdp: str) -> str:
        """The answer to an offer."""
        self._present[worker].add(connection)
        future = self._answers[connection] = asyncio.get_running_loop().create_future()
        offer = wire.Offer(connection, "bench", _ROOM, connection, connection, sdp, _EPOCH)
        self._receivers[wire.worker_topic(worker)](wire.encode(offer))
        reply = await asyncio.wait_for(future, 5)
        assert isinstance(reply, wire.Answer)
        return reply.sdp


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name."""
    return await measure(listeners=options["listeners"], seconds=options["seconds"])


async def measure(*, listeners: int, seconds: float) -> dict[str, Any]:
    """So many listeners on each for so many seconds, after a moment to settle."""
    pair, poller, identity = Pair(), Poller(), certificate()
    await pair.start()
    link = cast(ServerLink, pair)  # it asks for nothing but `offer`
    clients: dict[str, list[Client]] = {"home": [], "share": []}
    arrivals: dict[str, dict[bytes, float]] = {"home": {}, "share": {}}
    speaker = Client(poller, identity, sends=True)
    await speaker.join(link, "home", "speaker")
    for name, there in clients.items():
        for number in range(listeners):
            client = Client(poller, identity)
            await client.join(link, name, f"{name} {number}")
            there.append(client)
    everybody = [speaker, *clients["home"], *clients["share"]]
    voice = asyncio.create_task(speak(speaker, packets(buzz(10.0, pitch=120))))
    await _wait(everybody, _SETTLE_SECONDS)
    for name, (first, *_others) in clients.items():
        first.on_sound = partial(_note, arrivals[name])
    for client in everybody:
        client.ear.reset()
    await _wait(everybody, seconds)
    voice.cancel()
    both = arrivals["home"].keys() & arrivals["share"].keys()
    added = [1_000 * (arrivals["share"][payload] - arrivals["home"][payload]) for payload in both]
    figures = {
        "listeners_each": listeners,
        "packets": len(both),
        "share_later_p50_ms": round(percentile(added, 50), 2),
        "share_later_p99_ms": round(percentile(added, 99), 2),
        "home_lost": sum(client.ear.lost for client in clients["home"]),
        "share_lost": sum(client.ear.lost for client in clients["share"]),
        "home_us_per_packet_and_share": round(_cost_of_a_share(), 1),
    }
    for client in everybody:
        client.close()
    poller.close()
    await pair.stop()
    return figures


def _note(arrivals: dict[bytes, float], payload: bytes, now: float) -> None:
    arrivals.setdefault(payload, now)


async def _wait(clients: list[Client], seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for client in clients:
            client.check()
            client.report()
        await asyncio.sleep(min(left, CHECK_SECONDS))


def _cost_of_a_share() -> float:
    """Microseconds of sealing one packet and handing it to the kernel."""
    with ice_lite.listen("127.0.0.1", 0) as ours, ice_lite.listen("127.0.0.1", 0) as theirs:
        relays = Relays(Outlet(ours).send, lambda *_: None, lambda _room: 0, time.monotonic)
        relays.share(_ROOM, [Target(theirs.getsockname(), key_of(bytes(32), _ROOM, _EPOCH, _SHARE, "home"))])
        began = time.perf_counter()
        for number in range(_RELAYED):
            relays.relay(_ROOM, _PAYLOAD, 960 * number, marker=False)
        return 1e6 * (time.perf_counter() - began) / _RELAYED
