"""A TURN server of the tests' own: coturn on loopback ports, with a secret as MiTalk shares one with it."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environment.ports import free_port

_READY_WITHIN_SECONDS = 15.0
DEPLOYED = Path(__file__).resolve().parents[2] / "deploy" / "coturn" / "turnserver.conf"


@dataclass(frozen=True)
class TurnServer:
    """Where it is, and what it shares with MiTalk."""

    url: str
    secret: str


@contextmanager
def turn_server(secret: str) -> Iterator[TurnServer]:
    """coturn over TCP, as for a network that lets no UDP through."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mitalk-turn-") as name:
        folder = Path(name)
        command = [
            *("turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--realm=mitalk.test", "--simple-log"),
            *("--listening-ip=127.0.0.1", f"--listening-port={port}", "--relay-ip=127.0.0.1", "--allow-loopback-peers"),
            *("--use-auth-secret", f"--static-auth-secret={secret}", "--fingerprint", "--verbose", "--log-file=stdout"),
            *(f"--pidfile={folder / 'pid'}", f"--userdb={folder / 'users'}"),
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
            try:
                _wait_for(port, folder / "log")
                yield TurnServer(f"turn:127.0.0.1:{port}?transport=tcp", secret)
            finally:
                process.terminate()
                process.wait(10)


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + _READY_WITHIN_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > end:
            raise RuntimeError(f"No TURN server:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


@contextmanager
def deployed_turn_server(secret: str, *, peers: list[str]) -> Iterator[TurnServer]:
    """coturn with the configuration of deploy/coturn, filled in as its end says; it relays to these peers only."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mitalk-turn-") as name:
        folder = Path(name)
        text = (DEPLOYED.read_text()).replace("listening-port=3478", f"listening-port={port}", 1)
        own = ["realm=localhost", f"static-auth-secret={secret}", *(f"allowed-peer-ip={peer}" for peer in peers)]
        (folder / "turnserver.conf").write_text("\n".join([text, *own]) + "\n")
        # What only a test wants: loopback, where nobody else is, and files of its own.
        command = [
            *("turnserver", "-c", str(folder / "turnserver.conf"), "--no-tls", "--no-dtls", "--allow-loopback-peers"),
            *("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
            *(f"--pidfile={folder / 'pid'}", f"--userdb={folder / 'users'}"),
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
            try:
                _wait_for(port, folder / "log")
                yield TurnServer(f"turn:127.0.0.1:{port}?transport=tcp", secret)
            finally:
                process.terminate()
                process.wait(10)
