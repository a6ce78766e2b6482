"""Every process of a worker logs alike: lines for machines with the room, the worker and the process, and nobody's words."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rooms.audio import control
from rooms.audio.media_link import start_process
from rooms.audio.pipe import Pipe
from rooms.audio.speech import watch
from rooms.audio.speech.messages import BY_KIND, Setup
from rooms.audio.transport.ice_lite import listen
from rooms.seeing.child_log import ChildLog

LOG = ChildLog(as_json=True, worker="worker-1")
AN_ORDER = control.Open(1, "a-room", "quokka", "amara", 7, "cname", 111, True, True, "remote", "ours", "password")


@contextmanager
def stderr_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen]]:
    """What is started says what it says where the test reads it."""
    started: list[subprocess.Popen] = []
    popen = subprocess.Popen

    def start(*arguments, **options) -> subprocess.Popen:
        started.append(popen(*arguments, **options, stderr=subprocess.PIPE, text=True))
        return started[-1]

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", start)
        yield started


def events(process: subprocess.Popen) -> list[dict]:
    """What it logged by its end."""
    _out, said = process.communicate(timeout=20)
    return [json.loads(line) for line in said.splitlines()]


def test_the_media_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, listen("127.0.0.1", 0) as port, stderr_into_a_pipe(monkeypatch) as started:
        start_process(port, theirs, LOG)
        theirs.close()
        pipe = Pipe(ours)
        pipe.send(AN_ORDER)
        pipe.send(control.Unlock(1, 99, b"no key", b"none"))  # fails
        pipe.send(control.CensusWanted(1))
        ours.setblocking(True)
        ours.settimeout(10)
        while not any(isinstance(message, control.Census) for message in pipe.receive()):
            pass
    (event,) = events(started[0])
    assert (event["event"], event["order"]) == ("media.order_failed", "Unlock")
    assert (event["process"], event["worker"], event["level"]) == ("media", "worker-1", "error")
    assert "quokka" not in json.dumps(event)


def test_the_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, stderr_into_a_pipe(monkeypatch) as started:
        watch.start_process(theirs, LOG)
        theirs.close()
        Pipe(ours, BY_KIND).send(Setup("vosk", {"en": "/nowhere"}))
        (event,) = events(started[0])
    assert event["event"] in ("speech.engine_missing", "speech.recogniser_failed")
    assert (event["process"], event["worker"], event["level"]) == ("recogniser", "worker-1", "error")


def test_for_people_it_is_a_line_of_text() -> None:
    command = [
        *(sys.executable, "-c"),
        "from rooms.seeing import child_log; child_log.begin('media'); "
        "import logging; logging.getLogger('rooms').error('engine.room_failed', extra={'room': 'r1'})",
    ]
    environment = os.environ | ChildLog().environment()
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=True)
    assert "engine.room_failed" in done.stderr
    assert "room=r1" in done.stderr.replace(" ", "")
    assert not done.stderr.startswith("{")


def test_what_nobody_catches_is_told_without_its_words() -> None:
    command = [
        *(sys.executable, "-c"),
        "from rooms.seeing import child_log; child_log.begin('media'); raise ValueError('quokka')",
    ]
    done = subprocess.run(command, env=os.environ | LOG.environment(), text=True, capture_output=True, check=False)
    event = json.loads(done.stderr)
    assert (event["event"], event["process"], event["worker"]) == ("process.failed", "media", "worker-1")
    assert "ValueError" in event["exception"]
    assert "quokka" not in done.stderr.replace("raise ValueError('quokka')", "")
