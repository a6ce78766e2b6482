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

from rooms.audio import control, wire, worker
from rooms.audio.blocking import BlockingCalls
from rooms.audio.core.rate import TokenBucket
from rooms.audio.media_link import start_process
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.transport.ice_lite import listen
from tests.audio.conftest import Stage

ROOT = Path(__file__).parent.parent.parent


async def test_a_reading_older_than_a_peer_does_not_end_it_and_a_younger_one_does(stage: Stage) -> None:
    await stage.joined("guest")
    await stage.joined("host")
    guest = stage.worker.rooms["room"]["guest"]
    truth = {"room": wire.RoomTruth("room", 1, frozenset(), frozenset({"host"}))}
    stage.worker.reconcile(truth, guest.began)
    assert "guest" in stage.worker.rooms["room"]
    stage.worker.reconcile(truth, guest.began + 0.01)
    await stage.until(lambda: set(stage.members()) == {"host"})


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
    from rooms.audio.transport import call

    monkeypatch.setattr(call, "HANDSHAKE_SECONDS", 0.2)
    client = stage.client("guest")
    client.connection.addTransceiver("audio", direction="recvonly")
    await client.connection.setLocalDescription(await client.connection.createOffer())
    await stage.exchange("guest", client.connection.localDescription.sdp)  # and nothing after it
    await stage.until(lambda: "guest" in stage.members())
    await stage.until(lambda: not stage.members())
    assert not stage.media.ice._by_ufrag


async def test_an_offer_to_receive_nothing_gets_nothing_and_the_next_one_goes_on(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    peer, offer = stage.members()["listener"].peer, listener.connection.localDescription.sdp
    stream = peer.stream
    assert "a=inactive" in await stage.exchange("listener", offer.replace("a=recvonly", "a=inactive"))
    await stage.until(lambda: peer.stream is None)
    sequence, packets = stream.sequence, stream.packets
    await stage.ticks(10)
    assert stream.packets == packets
    await stage.exchange("listener", offer)
    listener.forget()
    await listener.hears(440)
    stage.media.engine.place("room", "listener")  # which brings its counters up to date
    assert peer.stream is stream
    assert stream.packets - packets == (stream.sequence - sequence) & 0xFFFF > 0


async def test_a_peer_that_was_replaced_cannot_end_the_one_that_replaced_it(stage: Stage) -> None:
    """The page has a new peer connection on the same socket; its old one dies in the same moment."""
    await stage.joined("guest")
    old, old_peer = stage.worker.rooms["room"]["guest"].call, stage.members()["guest"].peer
    again = stage.client("guest")
    again.connection.addTransceiver("audio", direction="recvonly")
    await again.connection.setLocalDescription(await again.connection.createOffer())
    await stage.exchange("guest", again.connection.localDescription.sdp)
    old._end()
    assert stage.worker.rooms["room"]["guest"].call is not old
    await stage.until(lambda: "guest" in stage.members() and stage.members()["guest"].peer is not old_peer)
    assert old_peer.stream is None
    assert len(stage.media.engine.rooms["room"].shared.listeners) == 0
    assert len(stage.media.guests) == 1
    assert not any(message["kind"] == "media_lost" for _topic, message in stage.published)


async def test_a_talker_with_a_new_peer_connection_is_heard_again_at_once(stage: Stage) -> None:
    await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    stage.database_is_away = True
    await stage.joined("speaker", tone=1_000)
    await listener.hears(1_000)


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
    receive({"kind": "offer", **dict.fromkeys(("request", "reply_to", "room", "connection", "person"), "x"), "sdp": 7})
    assert set(stage.members()) == {"guest"}


async def test_without_its_loop_the_worker_ends_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Stage()
    await made.worker.start()
    monkeypatch.setattr(made.worker, "reconcile", None)
    monkeypatch.setattr(worker, "RECONCILE_SECONDS", None)
    with pytest.raises(TypeError):
        await asyncio.wait_for(made.worker.run_until_stopped(), 5)


class RealMedia:
    """Starts what is started outside of tests, and keeps it at hand."""

    process: subprocess.Popen[bytes]

    def __call__(self, port: socket.socket, end: socket.socket) -> subprocess.Popen[bytes]:
        self.process = start_process(port, end)
        return self.process


@pytest.fixture
def real() -> RealMedia:
    return RealMedia()


async def test_in_a_process_of_its_own_the_sound_is_the_same(real: RealMedia) -> None:
    made = Stage(start_media=real)
    await made.worker.start()
    await made.joined("speaker", tone=440)
    listener = await made.joined("listener")
    made.allow("speaker")
    await listener.hears(440)
    census = await made.worker.census()
    assert census.figures["ticks"] > 0
    assert {peer["connection"] for peer in census.peers} == {"speaker", "listener"}
    made.worker.stop()
    await made.worker.run_until_stopped()
    assert real.process.returncode == 0
    for client in made.clients:
        await client.close()


async def test_when_the_media_process_is_killed_the_worker_ends_so_that_another_is_started(real: RealMedia) -> None:
    made = Stage(start_media=real)
    await made.worker.start()
    await made.worker.census()
    real.process.kill()
    with pytest.raises(Closed):
        await asyncio.wait_for(made.worker.run_until_stopped(), 5)


def test_a_media_process_does_not_outlive_its_control_process() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, listen("127.0.0.1", 0) as port:
        process = start_process(port, theirs)
        theirs.close()
        pipe = Pipe(ours)
        pipe.send(control.CensusWanted(1))
        ours.setblocking(True)
        ours.settimeout(10)
        assert ours.recv(1)
    assert process.wait(5) == 0


async def test_while_media_does_not_answer_there_is_no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose sound hangs must not be taken for alive."""
    made, beats = Stage(), []
    monkeypatch.setattr(made.worker, "_heartbeat", lambda load: beats.append(1))
    await made.worker.start()
    await made.worker._beat()
    assert beats
    later: list[int] = []
    monkeypatch.setattr(worker, "_PULSE_WITHIN_SECONDS", -1.0)
    monkeypatch.setattr(made.worker, "_heartbeat", lambda load: later.append(1))
    await made.worker._beat()
    assert not later
    made.worker.stop()
    await made.worker.run_until_stopped()


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
    await stage.until(lambda: not stage.media.engine.rooms)
    ice = stage.media.ice
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
