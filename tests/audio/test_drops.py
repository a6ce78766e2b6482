"""What goes no further in a peer is counted by its reason, and what is let through costs no counting."""

import asyncio

from tests.audio.conftest import Stage
from tests.audio.test_hostile import TONE, address_of, port_of


def dropped(stage: Stage) -> dict[str, int]:
    return stage.media._figures()["dropped"]  # type: ignore[return-value]


async def a_packet_of(stage: Stage, name: str) -> bytes:
    """One that came of its voice."""
    peer = stage.members()[name].peer
    seen: list[bytes] = []
    receive = peer._connection.receive
    peer._connection.receive = lambda data: (seen.append(data), receive(data))
    await stage.until(lambda: any(data[0] in (0x80, 0x90) for data in seen))
    peer._connection.receive = receive
    return next(data for data in seen if data[0] in (0x80, 0x90))


async def test_replayed_forged_and_too_short_packets_of_a_voice(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    packet, address = await a_packet_of(stage, "speaker"), address_of(stage, "speaker")
    before = dropped(stage)
    port_of(stage).receive(packet, address)
    port_of(stage).receive(packet[:-1] + bytes([packet[-1] ^ 1]), address)
    port_of(stage).receive(packet[:2] + bytes([packet[2] ^ 0x40]) + packet[3:], address)
    port_of(stage).receive(packet[:10], address)
    found = dropped(stage)
    assert found["replayed"] - before["replayed"] >= 1
    assert found["replayed"] + found["not_authentic"] - before["replayed"] - before["not_authentic"] == 3
    assert found["malformed"] - before["malformed"] == 1


async def test_a_listener_who_sends_all_the_same(stage: Stage) -> None:
    sender = stage.client("sender", tone=TONE)
    await sender.join(direction="recvonly")
    before = dropped(stage)["not_agreed"]
    await sender.send_rtp(ssrc=7, sequence=1, timestamp=960, payload=b"\x08" * 40)
    await stage.until(lambda: dropped(stage)["not_agreed"] > before)


async def test_more_than_a_voice_sends(stage: Stage) -> None:
    flooder = await stage.joined("flooder", tone=TONE)
    for number in range(400):
        await flooder.send_rtp(ssrc=7, sequence=number, timestamp=number * 960, payload=b"\x08" * 40)
        await asyncio.sleep(0)
    await stage.until(lambda: dropped(stage)["too_many"] > 0)


async def test_a_flood_of_handshakes(stage: Stage) -> None:
    await stage.joined("guest")
    for _ in range(200):
        port_of(stage).receive(b"\x16" + bytes(60), address_of(stage, "guest"))
    assert dropped(stage)["too_many"] >= 100


async def test_what_the_other_side_of_the_pipe_was_too_slow_for(stage: Stage) -> None:
    await stage.joined("guest")
    pipe = stage.media._pipe
    pipe._unsent += bytes(1 << 18)
    pipe.offer(None)
    pipe._unsent.clear()
    assert dropped(stage)["not_read"] == 1
