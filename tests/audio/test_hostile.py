"""What anybody may throw at the port, before and during a call, and what becomes of the call."""

import asyncio
import random
import re
import socket
import struct
from collections.abc import Awaitable, Callable

import aioice.ice
import pytest

from rooms.audio.transport import srtp
from rooms.audio.transport.ice_lite import Credentials, IceLite
from rooms.audio.transport.stun import Address
from tests.audio.client import Client
from tests.audio.conftest import Stage
from tests.audio.nat import Nat
from tests.audio.spoof import Spoofer
from tests.audio.test_ice_lite import request

TONE = 440


def record(kind: int, body: bytes) -> bytes:
    """A DTLS record that anybody can write: epoch 0, not encrypted."""
    return struct.pack("!BHH6sH", kind, 0xFEFD, 0, bytes(6), len(body)) + body


CLIENT_HELLO = record(
    22,
    struct.pack("!B3sHB2xB3s", 1, b"\x00\x00\x2e", 0, 0, 0, b"\x00\x00\x2e")
    + b"\xfe\xfd"
    + bytes(32)
    + b"\x00\x00\x00\x02\xc0\x2b\x01\x00",
)
NOISE = random.Random(7)
DATAGRAMS = {
    "nothing": b"",
    "one byte": b"\x80",
    "noise": NOISE.randbytes(120),
    "noise like DTLS": b"\x16" + NOISE.randbytes(120),
    "noise like STUN": b"\x00\x01" + NOISE.randbytes(120),
    "a fatal alert in plaintext": record(21, b"\x02\x28"),
    "a goodbye in plaintext": record(21, b"\x01\x00"),
    "an alert behind another record": record(20, b"\x01") + record(21, b"\x02\x28"),
    "a client hello": CLIENT_HELLO,
    "RTP without keys": struct.pack("!BBHII", 0x80, 96, 1, 960, 7) + NOISE.randbytes(80),
    "a goodbye by RTCP": struct.pack("!BBHI", 0x81, 203, 1, 7),
    "a jumbo packet": b"\x80" * 9_000,
    "a check with a forged signature": request(Credentials("them", "nobody", "x" * 32)),
}


def port_of(stage: Stage) -> IceLite:
    return stage.media.ice


def spoofer(stage: Stage) -> Spoofer:
    return Spoofer(stage.worker.port, port_of(stage).receive)


def address_of(stage: Stage, name: str) -> Address:
    address = stage.members()[name].peer.address
    assert address is not None
    return address


@pytest.mark.parametrize("what", DATAGRAMS)
async def test_during_a_call_nothing_forged_makes_a_gap(stage: Stage, what: str) -> None:
    """From a stranger's socket, and as if from the talker's and the listener's own addresses."""
    await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(TONE)
    listener.forget()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger, spoofer(stage) as forger:
        for _ in range(20):
            stranger.sendto(DATAGRAMS[what], ("127.0.0.1", stage.worker.port))
            for name in ("speaker", "listener"):
                forger.send(DATAGRAMS[what], address_of(stage, name))
            await asyncio.sleep(0.01)
    frames = listener.frames
    await stage.until(lambda: listener.frames > frames + 25)
    await listener.hears(TONE)
    assert listener.longest_gap() <= 0.1
    assert set(stage.members()) == {"speaker", "listener"}


async def test_before_a_call_nothing_forged_keeps_it_from_beginning(stage: Stage) -> None:
    """The same from strangers all through the handshake, and, but for forged handshakes, from the client's own address."""
    stop = asyncio.Event()
    own = [data for what, data in DATAGRAMS.items() if what not in ("a client hello", "noise like DTLS")]

    async def attack() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger, spoofer(stage) as forger:
            while not stop.is_set():
                for data in DATAGRAMS.values():
                    stranger.sendto(data, ("127.0.0.1", stage.worker.port))
                for address in list(port_of(stage)._by_address):
                    for data in own:
                        forger.send(data, address)
                await asyncio.sleep(0.002)

    attacking = asyncio.create_task(attack())
    await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    stop.set()
    await attacking
    stage.allow("speaker")
    await listener.hears(TONE)


async def test_what_was_heard_is_not_heard_again(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    await stage.joined("listener")
    peer = stage.members()["speaker"].peer
    seen: list[bytes] = []
    receive = peer._connection.receive
    peer._connection.receive = lambda data: (seen.append(data), receive(data))
    await stage.until(lambda: len([data for data in seen if data[0] == 0x80 or data[0] == 0x90]) > 10)
    peer._connection.receive = receive
    accepted = peer.accepted
    for data in seen * 5:
        port_of(stage).receive(data, address_of(stage, "speaker"))
    assert peer.accepted == accepted


async def test_a_listeners_packets_are_neither_decrypted_nor_decoded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page offers to receive only, and sends all the same, with the right keys and leave of the roster."""
    sender = stage.client("sender", tone=TONE)
    await sender.join(direction="recvonly")
    listener = await stage.joined("listener")
    stage.allow("sender")
    peer = stage.members()["sender"].peer
    decrypted: list[bytes] = []
    monkeypatch.setattr(srtp, "unprotect", lambda session, data, drops: decrypted.append(data))
    for number in range(50):
        await sender.send_rtp(ssrc=7, sequence=number, timestamp=number * 960, payload=b"\x08" * 40)
        await asyncio.sleep(0.002)
    await stage.ticks(10)
    assert decrypted == []
    assert peer.accepted == 0
    assert not stage.media.engine.rooms["room"].speakers
    await listener.hears_nothing()


async def test_ten_times_the_packets_and_a_hundred_sources_stay_bounded(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    flooder = await stage.joined("flooder", tone=1_000)
    listener = await stage.joined("listener")
    stage.allow("speaker", "flooder")
    await listener.hears(TONE)
    listener.forget()
    peer = stage.members()["flooder"].peer
    accepted = peer.accepted
    for number in range(600):
        ssrc = 1_000 + number % 100
        await flooder.send_rtp(ssrc=ssrc, sequence=number, timestamp=number * 960, payload=NOISE.randbytes(60))
    await listener.hears(TONE)
    assert len(peer._sources) <= 8
    assert peer.accepted - accepted < 300
    assert listener.longest_gap() <= 0.1


async def test_a_nats_new_port_is_followed_within_three_seconds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 1)  # browsers check every two seconds or so
    speaker, listener = stage.client("speaker", tone=TONE), stage.client("listener")
    nat = Nat(("127.0.0.1", stage.worker.port))
    for client, name in ((speaker, "speaker"), (listener, "listener")):
        client._exchange = lambda sdp, name=name: _through(nat, stage, name, sdp)
        await client.join()
    stage.allow("speaker")
    await listener.hears(TONE)
    peers = {name: member.peer for name, member in stage.members().items()}
    nat.rebind()
    listener.forget()
    await listener.hears(TONE, within=3)
    assert {name: member.peer for name, member in stage.members().items()} == peers
    nat.close()


async def _through(nat: Nat, stage: Stage, name: str, sdp: str) -> str:
    return nat.through(await stage.exchange(name, sdp))


async def test_an_ice_restart_keeps_the_call_and_moves_it_when_checked(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(TONE)
    peer = stage.members()["listener"].peer
    before, local = address_of(stage, "listener"), listener.connection.localDescription.sdp
    offer = re.sub(
        r"a=ice-pwd:\S+", "a=ice-pwd:" + "p" * 24, re.sub(r"a=ice-ufrag:\S+", "a=ice-ufrag:restarted", local)
    )
    answer = await stage.exchange("listener", offer)
    ufrag, password = (re.search(rf"a=ice-{name}:(\S+)", answer)[1] for name in ("ufrag", "pwd"))  # type: ignore[index]
    assert ufrag not in local
    listener.forget()
    await listener.hears(TONE)
    assert listener.longest_gap() <= 0.1
    assert address_of(stage, "listener") == before
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as moved:
        moved.bind(("127.0.0.1", 0))
        moved.setblocking(False)
        moved.sendto(request(Credentials("restarted", ufrag, password)), ("127.0.0.1", stage.worker.port))
        await stage.until(lambda: address_of(stage, "listener") == moved.getsockname())
        loop = asyncio.get_running_loop()
        first = await asyncio.wait_for(loop.sock_recv(moved, 2_048), 1)
        sound = await asyncio.wait_for(loop.sock_recv(moved, 2_048), 1)
    assert first[:2] == b"\x01\x01"  # the check's answer
    assert sound[0] == 0x80
    assert stage.members()["listener"].peer is peer


async def test_going_on_stage_by_a_second_offer_loses_no_packet_and_is_heard(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    guest = stage.client("guest", tone=1_000)
    await guest.join(direction="recvonly")
    stage.allow("speaker")
    await guest.hears(TONE)
    peer, ssrc = stage.members()["guest"].peer, stage.members()["guest"].peer._ssrc
    guest.forget()
    await guest.go_on_stage()
    stage.allow("speaker", "guest")
    await listener.hears(1_000)
    await guest.hears(TONE)
    assert guest.level_at(1_000) < -60
    assert stage.members()["guest"].peer is peer
    assert peer.stream.ssrc == ssrc
    assert guest.longest_gap() < 0.02
    stats = await guest.connection.getStats()
    assert [report.packetsLost for report in stats.values() if report.type == "inbound-rtp"] == [0]


async def test_the_ears_of_these_tests_notice_a_gap(stage: Stage) -> None:
    await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(TONE)
    listener.forget()
    peer = stage.members()["listener"].peer
    stream, peer.stream = peer.stream, None
    stage.media.engine.place("room", "listener")
    await stage.ticks(15)
    peer.stream = stream
    stage.media.engine.place("room", "listener")
    frames = listener.frames
    await stage.until(lambda: listener.frames > frames + 20)
    assert listener.longest_gap() > 0.2


async def _backwards(client: Client, number: int) -> None:
    await client.send_rtp(ssrc=7, sequence=number, timestamp=-number * 960, payload=NOISE.randbytes(60))


async def _jumps(client: Client, number: int) -> None:
    await client.send_rtp(ssrc=7, sequence=number * 7_919, timestamp=number * 960, payload=NOISE.randbytes(60))


async def _leaps(client: Client, number: int) -> None:
    await client.send_rtp(ssrc=7, sequence=number, timestamp=number * 50_000_000, payload=NOISE.randbytes(60))


async def _long(client: Client, number: int) -> None:
    await client.send_rtp(ssrc=7, sequence=number, timestamp=number * 960, payload=b"\xff" + NOISE.randbytes(1_100))


async def _claims(client: Client, number: int) -> None:
    """The loudest level there is, in a header extension (RFC 6464), over silence."""
    loud = struct.pack("!BBHIIHHI", 0x90, 96, number, number * 960, 7, 0xBEDE, 1, 0x10800000) + b"\xf8\xff\xfe"
    await client.connection.getSenders()[0].transport._send_rtp(loud)


@pytest.mark.parametrize("send", [_backwards, _jumps, _leaps, _long, _claims])
async def test_a_talker_who_sends_nonsense_harms_nobody_else(
    stage: Stage, send: Callable[[Client, int], Awaitable[None]]
) -> None:
    """With the right keys and leave of the roster, ten times as many packets as a voice has."""
    await stage.joined("speaker", tone=TONE)
    hostile = stage.client("hostile", tone=1_000)
    await hostile.join()
    hostile.connection.getSenders()[0].replaceTrack(None)  # it sends nothing of its own any more
    listener = await stage.joined("listener")
    stage.allow("speaker", "hostile")
    await listener.hears(TONE)
    listener.forget()
    peer = stage.members()["hostile"].peer
    accepted = peer.accepted
    for number in range(400):
        await send(hostile, number)
        await asyncio.sleep(0.002)
    await listener.hears(TONE)
    assert listener.longest_gap() <= 0.1
    assert peer.accepted - accepted > 50  # it was taken for a voice
    room = stage.media.engine.rooms["room"]
    buffers = [speaker.buffer for speaker in room.speakers.values()]
    assert all(len(buffer) <= 64 for buffer in buffers)
    if send is _claims:
        assert set(room.session.speaking()) <= {"speaker"}


async def test_reordered_and_doubled_packets_are_heard_once_and_in_order(stage: Stage) -> None:
    """SRTP that comes in another order is new; the same again is a replay."""
    speaker = await stage.joined("speaker", tone=TONE)
    listener = await stage.joined("listener")
    peer = stage.members()["speaker"].peer
    receive, held = peer._connection.receive, []

    def shuffled(data: bytes) -> None:
        held.append(data)
        if len(held) == 3:
            for each in (held[1], held[0], held[2], held[1]):
                receive(each)
            held.clear()

    peer._connection.receive = shuffled
    stage.allow("speaker")
    await listener.hears(TONE)
    listener.forget()
    accepted = peer.accepted
    await stage.ticks(60)
    assert listener.longest_gap() <= 0.1
    assert peer.accepted - accepted <= 63
    assert speaker.voice is not None
    await listener.hears(TONE)
