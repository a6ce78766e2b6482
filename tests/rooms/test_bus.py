"""Messages between processes: real sockets, real Redis where it is set."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from rooms.bus import ChannelLayerBus, LocalBus, get_bus

PATIENCE_SECONDS = 5.0


class Inbox:
    """What arrived."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def __call__(self, message: dict[str, Any]) -> None:
        self.messages.append(message)

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.messages) < count:
                await asyncio.sleep(0.005)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LocalBus]:
    bus = LocalBus(tmp_path / "bus.sock")
    await bus.serve_or_start()
    yield bus
    await bus.close()


async def a_client(tmp_path: Path) -> LocalBus:
    client = LocalBus(tmp_path / "bus.sock")
    await client.start()
    return client


async def hears(bus: LocalBus | ChannelLayerBus, topic: str, sender: LocalBus | ChannelLayerBus) -> Inbox:
    """An inbox that is known to receive: the sender repeats itself until the first message arrived."""
    inbox = Inbox()
    await bus.subscribe(topic, inbox)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not inbox.messages:
            await sender.publish(topic, {"n": 0})
            await asyncio.sleep(0.01)
    await sender.publish(topic, {"n": "settled"})
    async with asyncio.timeout(PATIENCE_SECONDS):
        while inbox.messages[-1] != {"n": "settled"}:
            await asyncio.sleep(0.005)
    inbox.messages.clear()
    return inbox


async def test_messages_reach_other_processes_in_order_and_by_topic(server: LocalBus, tmp_path: Path) -> None:
    client = await a_client(tmp_path)
    here, there = Inbox(), await hears(client, "room.a", server)
    await server.subscribe("room.a", here)
    for number in range(100):
        await server.publish("room.b", {"n": number})
        await server.publish("room.a", {"n": number})
    await there.holds(100)
    assert there.messages == here.messages == [{"n": number} for number in range(100)]
    await client.close()


async def test_a_client_reaches_the_server_and_other_clients(server: LocalBus, tmp_path: Path) -> None:
    first, second = await a_client(tmp_path), await a_client(tmp_path)
    at_second = await hears(second, "room.a", server)
    at_server = await hears(server, "room.a", first)
    await at_second.holds(2)
    at_second.messages.clear()
    await first.publish("room.a", {"words": "안녕 你好"})
    await at_second.holds(1)
    await at_server.holds(1)
    assert at_second.messages == at_server.messages == [{"words": "안녕 你好"}]
    for client in (first, second):
        await client.close()


async def test_a_client_finds_a_restarted_server_again(tmp_path: Path) -> None:
    before = LocalBus(tmp_path / "bus.sock")
    await before.serve_or_start()
    client = await a_client(tmp_path)
    await hears(client, "room.a", before)
    await before.close()
    after = LocalBus(tmp_path / "bus.sock")
    await after.serve_or_start()
    inbox = await hears(client, "room.a", after)
    await after.publish("room.a", {"n": 1})
    await inbox.holds(1)
    await client.close()
    await after.close()


async def test_who_comes_second_connects_to_who_serves(server: LocalBus, tmp_path: Path) -> None:
    second = LocalBus(tmp_path / "bus.sock")
    await second.serve_or_start()
    inbox = await hears(second, "room.a", server)
    await server.publish("room.a", {"n": 1})
    await inbox.holds(1)
    await second.close()


async def test_a_socket_left_behind_by_a_killed_server_is_no_obstacle(tmp_path: Path) -> None:
    script = f"import socket; s = socket.socket(socket.AF_UNIX); s.bind({str(tmp_path / 'bus.sock')!r}); s.listen()"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], check=True)
    assert (tmp_path / "bus.sock").exists()
    bus = LocalBus(tmp_path / "bus.sock")
    await bus.serve_or_start()
    inbox = Inbox()
    await bus.subscribe("room.a", inbox)
    await bus.publish("room.a", {"n": 1})
    assert inbox.messages == [{"n": 1}]
    await bus.close()


async def test_garbage_on_the_socket_harms_nobody(server: LocalBus, tmp_path: Path) -> None:
    _reader, writer = await asyncio.open_unix_connection(str(tmp_path / "bus.sock"))
    writer.write(b"garbage\n[]\n{}\n\xff\xfe\n" + b'{"topic": "room.a"}\n' + b'{"subscribe": {"a": 1}}\n')
    await writer.drain()
    client = await a_client(tmp_path)
    inbox = await hears(client, "room.a", server)
    await server.publish("room.a", {"n": 1})
    await inbox.holds(1)
    writer.close()
    await client.close()


async def test_a_receiver_that_raises_does_not_stop_the_next_message(server: LocalBus) -> None:
    inbox = Inbox()

    def fragile(message: dict[str, Any]) -> None:
        inbox(message)
        raise ValueError

    await server.subscribe("room.a", fragile)
    await server.publish("room.a", {"n": 1})
    await server.publish("room.a", {"n": 2})
    assert len(inbox.messages) == 2


async def test_threads_and_processes_that_were_never_started_can_publish(server: LocalBus, tmp_path: Path) -> None:
    inbox = Inbox()
    await server.subscribe("room.a", inbox)
    threading.Thread(target=server.publish_from_thread, args=("room.a", {"from": "thread"})).start()
    await inbox.holds(1)
    elsewhere = LocalBus(tmp_path / "bus.sock")
    await asyncio.to_thread(elsewhere.publish_from_thread, "room.a", {"from": "elsewhere"})
    await inbox.holds(2)


async def test_publishing_without_a_server_loses_the_message_and_nothing_else(tmp_path: Path) -> None:
    lonely = LocalBus(tmp_path / "nobody.sock")
    lonely.publish_from_thread("room.a", {"n": 1})
    await lonely.publish("room.a", {"n": 1})


async def test_a_redis_that_answers_nobody_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that is behind a network which was cut: it refuses nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        layer = RedisPubSubChannelLayer(hosts=[f"redis://127.0.0.1:{silent.getsockname()[1]}"])
        monkeypatch.setattr("rooms.bus.get_channel_layer", lambda: layer)
        bus = ChannelLayerBus()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(bus.publish("room.a", {"n": number}) for number in range(3)))
        await layer.flush()


async def test_only_its_owner_may_open_the_socket(server: LocalBus, tmp_path: Path) -> None:
    assert (tmp_path / "bus.sock").stat().st_mode & 0o077 == 0


async def test_a_path_too_long_for_a_socket_is_shortened(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30) / "bus.sock"
    bus = LocalBus(deep)
    await bus.serve_or_start()
    client = LocalBus(deep)
    await client.start()
    inbox = await hears(client, "room.a", bus)
    await bus.publish("room.a", {"n": 1})
    await inbox.holds(1)
    await client.close()
    await bus.close()


async def test_the_bus_of_the_settings_carries_messages_between_two_members() -> None:
    """With REDIS_URL this is channels-redis, as in production."""
    channel_layers.backends.clear()
    get_bus.cache_clear()
    bus = get_bus()
    assert isinstance(bus, ChannelLayerBus if settings.REDIS_URL else LocalBus)
    if isinstance(bus, LocalBus):
        await bus.serve_or_start()
        other: LocalBus | ChannelLayerBus = LocalBus(Path(settings.BUS_SOCKET))
    else:
        await bus.start()
        other = ChannelLayerBus()
    await other.start()
    inbox = await hears(other, "room.a", bus)
    await asyncio.to_thread(bus.publish_from_thread, "room.a", {"n": 1})
    await inbox.holds(1)
    await other.unsubscribe("room.a")
    await other.close()
    await bus.close()
    get_bus.cache_clear()
    channel_layers.backends.clear()
