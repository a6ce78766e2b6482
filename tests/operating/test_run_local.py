"""`manage.py run_local` as a person at a terminal has it: starts, says what it must, ends without a trace."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rooms.demo.people import PEOPLE, ROOMS_TO_COME
from tests.environment.installation import Installation


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """One installation with its demonstration, for the tests that leave it running."""
    with Installation(demo=True, fresh=True) as installation:
        yield installation


def is_running(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet fetched by its parent (a zombie) does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_it_prints_the_address_two_sign_ins_and_an_invite_link(running: Installation) -> None:
    said = running.output()
    assert f"MiTalk is running: {running.url}" in said
    assert len(re.findall(r"sign in as  \S+@demo.mitalk.example   password  \S+", said)) == 2
    assert re.search(rf"or join by  {running.url}/i/[2-9A-Z]{{24}}/", said)


def test_the_demonstration_is_there_and_seeding_again_doubles_nothing(running: Installation) -> None:
    count = "from accounts.models import User; from rooms.models import Room, Topic; "
    count += "print(User.objects.count(), Room.objects.count(), Topic.objects.count())"
    before = running.manage("shell", "-v", "0", "-c", count)
    running.manage("shell", "-v", "0", "-c", "from rooms.demo.seed import seed; seed()")
    assert running.manage("shell", "-v", "0", "-c", count) == before
    people, rooms, topics = map(int, before.split())
    assert people == len(PEOPLE) + 1
    assert rooms == len(ROOMS_TO_COME) + 1
    assert topics >= 10


def test_the_demonstration_speaker_is_live(running: Installation) -> None:
    look = "from rooms.models import Participant; print(Participant.objects.filter(left_at=None, muted=False).count())"
    running.until(
        lambda: running.manage("shell", "-v", "0", "-c", look).strip() == "1", "the speaker speaks", within=30
    )


def test_the_clock_and_the_jobs_mark_expired_invites(running: Installation) -> None:
    make = "from invites.models import Invite; from invites.services import create_invite; "
    make += "from django.utils import timezone; "
    make += (
        "invite, _ = create_invite(note='late'); Invite.objects.filter(pk=invite.pk).update(expires_at=timezone.now())"
    )
    running.manage("shell", "-v", "0", "-c", make)
    look = "from invites.models import Invite; print(Invite.objects.get(note='late').expired_at is not None)"
    running.until(lambda: running.manage("shell", "-v", "0", "-c", look).strip() == "True", "marked", within=40)


def test_a_killed_child_is_started_again(running: Installation) -> None:
    (before,) = running.pids("run_audio")
    os.kill(before, signal.SIGKILL)
    running.until(lambda: running.pids("run_audio") not in ([], [before]), "another audio worker")
    assert "audio ended (signal SIGKILL) and is started again" in running.output()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_it_ends_every_child_and_frees_the_ports(number: signal.Signals) -> None:
    with Installation() as installation:
        children = installation.pids()
        assert len(children) == 4
        assert installation.stop(number) == 0
        assert not any(map(is_running, children))
        assert is_free(installation.port, socket.SOCK_STREAM)
        assert is_free(installation.udp_port, socket.SOCK_DGRAM)
        assert "Traceback" not in installation.output()


def test_not_even_a_killed_supervisor_leaves_children() -> None:
    with Installation() as installation:
        children = installation.pids()
        assert installation.process is not None
        installation.process.kill()
        installation.process.wait()
        wait_until(lambda: not any(map(is_running, children)))


def test_a_second_one_in_the_same_folder_is_refused_with_the_line_to_type(running: Installation) -> None:
    second = Installation(MITALK_VAR_DIR=running.environment["MITALK_VAR_DIR"])
    with pytest.raises(AssertionError, match="MiTalk runs here already") as ended:
        second.start()
    assert second.process is not None
    assert second.process.wait() == 1
    assert "MITALK_VAR_DIR=" in str(ended.value)
    assert "Traceback" not in str(ended.value)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_is_one_sentence_with_the_line_to_type(kind: socket.SocketKind) -> None:
    installation = Installation()
    taken = installation.port if kind is socket.SOCK_STREAM else installation.udp_port
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", taken))
        if kind is socket.SOCK_STREAM:
            other.listen()
        with pytest.raises(AssertionError) as ended:
            installation.start()
    assert installation.process is not None
    assert installation.process.wait() == 1
    line = f"PORT={taken + 1} make run" if kind is socket.SOCK_STREAM else f"MITALK_UDP_PORT={taken + 1} make run"
    assert line in str(ended.value)
    assert "Traceback" not in str(ended.value)
