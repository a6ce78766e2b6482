"""The worker's own life: a roster that cannot be read, loops that fail, messages without sense, its start and its end."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rooms.audio import wire
from rooms.audio.blocking import BlockingCalls
from rooms.audio.core.rate import TokenBucket
from tests.audio.conftest import Stage

ROOT = Path(__file__).parent.parent.parent


async def test_a_reading_older_than_a_peer_does_not_end_it_and_a_younger_one_does(stage: Stage) -> None:
    await stage.joined("guest")
    await stage.joined("host")
    guest = stage.members()["guest"].peer
    truth = {"room": wire.RoomTruth("room", 1, frozenset(), frozenset({"host"}))}
    stage.worker.reconcile(truth, guest.began)
    assert "guest" in stage.members()
    stage.worker.reconcile(truth, guest.began + 0.01)
    assert set(stage.members()) == {"host"}


async def test_a_room_the_roster_does_not_know_is_ended(stage: Stage) -> None:
    await stage.joined("guest")
    stage.present.clear()
    await stage.until(lambda: not stage.members(), within=1)


async def test_a_dead_peer_is_noticed_while_the_database_hangs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from rooms.audio.transport import ice_lite

    await stage.joined("guest")
    hanging = threading.Event()
    stage.worker._read_truth = lambda: hanging.wait(20) and {}  # type: ignore[assignment, return-value]
    monkeypatch.setattr(ice_lite, "CONSENT_SECONDS", 0.5)
    await stage.until(lambda: not stage.members())
    hanging.set()


async def test_a_handshake_that_is_never_finished_is_ended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from rooms.audio.transport import peer

    monkeypatch.setattr(peer, "HANDSHAKE_SECONDS", 0.2)
    client = stage.client("guest")
    client.connection.addTransceiver("audio", direction="recvonly")
    await client.connection.setLocalDescription(await client.connection.createOffer())
    await stage.exchange("guest", client.connection.localDescription.sdp)  # and nothing after it
    assert "guest" in stage.members()
    await stage.until(lambda: not stage.members())
    assert not stage.worker._endpoint.ice._by_ufrag


async def test_an_offer_to_receive_nothing_gets_nothing_and_the_next_one_goes_on(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    peer, offer = stage.members()["listener"].peer, listener.connection.localDescription.sdp
    sequence = peer.stream.sequence
    assert "a=inactive" in await stage.exchange("listener", offer.replace("a=recvonly", "a=inactive"))
    assert peer.stream is None
    await stage.exchange("listener", offer)
    listener.forget()
    await listener.hears(440)
    assert 0 < (peer.stream.sequence - sequence) & 0xFFFF < 1_000


async def test_a_peer_that_was_replaced_cannot_end_the_one_that_replaced_it(stage: Stage) -> None:
    """The page has a new peer connection on the same socket; its old one dies in the same moment."""
    await stage.joined("guest")
    old = stage.members()["guest"].peer
    again = stage.client("guest")
    again.connection.addTransceiver("audio", direction="recvonly")
    await again.connection.setLocalDescription(await again.connection.createOffer())
    await stage.exchange("guest", again.connection.localDescription.sdp)
    old._end()
    new = stage.members()["guest"].peer
    assert new is not old
    assert not any(message["kind"] == "media_lost" for _topic, message in stage.published)


async def test_messages_of_the_wrong_types_are_passed_over(stage: Stage) -> None:
    await stage.joined("guest")
    receive = stage._receivers[wire.worker_topic(stage.config.worker_id)]
    for message in (
        {"kind": "stage", "room": "room", "version": "x", "may_speak": ["guest"]},
        {"kind": "stage", "room": "room", "version": 9, "may_speak": [{}]},
        {"kind": "stage", "room": [], "version": 9, "may_speak": []},
        {"kind": "hangup", "room": {}, "connection": 1},
        {"kind": "speaking", "room": "room", "people": []},
    ):
        receive(message)
    assert (await stage.offer("other", 7)).code == "media_failed"  # type: ignore[arg-type, union-attr]
    assert set(stage.members()) == {"guest"}


async def test_without_its_loop_the_worker_ends_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Stage()
    await made.worker.start()
    monkeypatch.setattr(made.worker.engine, "tick", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(made.worker.run_until_stopped(), 5)


async def test_stopping_frees_the_port_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    made = Stage()
    await made.worker.start()
    await made.joined("guest")
    port = made.worker.port
    made.worker.stop()
    await made.worker.run_until_stopped()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", port))
    await made.clients[0].close()
    await made.until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})


async def test_joins_and_leaves_leave_nothing_behind(stage: Stage) -> None:
    for number in range(5):
        client = await stage.joined(f"guest {number}")
        await client.close()
        stage.send(wire.Hangup("room", f"guest {number}"))
    await stage.until(lambda: not stage.worker.engine.rooms)
    ice = stage.worker._endpoint.ice
    assert not ice._by_ufrag
    assert not ice._by_address
    stage.present.clear()


async def test_a_call_that_hangs_times_out_and_the_next_is_made_after_it() -> None:
    calls = BlockingCalls("test")
    hanging = threading.Event()
    with pytest.raises(TimeoutError):
        await calls.call(lambda: hanging.wait(20), within=0.05)
    made: list[int] = []
    with pytest.raises(TimeoutError):
        await calls.call(lambda: made.append(1), within=0.05)
    hanging.set()
    assert await calls.call(lambda: 7, within=5) == 7
    assert made == []  # what nobody waits for any more is not made
    calls.close()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(10, 5)
    assert sum(bucket.take(100.0) for _ in range(50)) == 5
    assert sum(bucket.take(100 + number / 100) for number in range(200)) == 19
    assert sum(bucket.take(1_000.0) for _ in range(50)) == 5


def test_a_port_in_use_is_said_in_one_sentence(settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        settings.MITALK_UDP_PORT, settings.MITALK_UDP_BIND = taken.getsockname()[1], "127.0.0.1"
        with pytest.raises(CommandError, match=r"UDP port \d+ on 127\.0\.0\.1 cannot be used .* MITALK_UDP_PORT"):
            call_command("run_audio")


@pytest.mark.parametrize(
    ("arguments", "figures"),
    [
        (
            ["fanout", "--listeners", "5", "--seconds", "1"],
            {"cpu_ms_per_s_per_listener", "tick_late_p99_ms", "packets_lost", "gap_max_ms", "rss_mb"},
        ),
        (["latency", "--rooms", "2", "--seconds", "2"], {"added_p50_ms", "added_p99_ms"}),
    ],
)
def test_the_bench_measures_without_a_database(tmp_path: Path, arguments: list[str], figures: set[str]) -> None:
    file = tmp_path / "figures.json"
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    command = [sys.executable, "manage.py", "bench", *arguments, "--json", str(file)]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    measured = json.loads(file.read_text())
    assert figures <= measured.keys()
    assert all(name in said.stdout for name in figures)
    assert measured.get("packets_refused", 0) == 0
    assert measured.get("packets_received", 1) > 0
    assert measured.get("beeps", 1) > 0
