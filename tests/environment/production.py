"""Production on this machine, as deploy/ has it: honcho with the Procfile, nginx in front, coturn beside it, real engines."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.environment.certificates import Authority
from tests.environment.doctoring import doctor
from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.environment.proxy import Proxy, proxy
from tests.environment.turn_server import TurnServer, deployed_turn_server

SECRETS = {
    "MITALK_SECRET_KEY": "only-for-tests-a-Secret-of-many-Letters-0123456789-abcdefghijkl",
    "MITALK_DATA_KEYS": "only-for-tests-another-Key-of-many-Letters-9876543210-zyxwvutsr",
}
_READY_WITHIN_SECONDS = 90.0


@dataclass
class Production:
    """What runs, and how it is told."""

    environment: dict[str, str]
    proxy: Proxy
    turn: TurnServer
    authority: Authority
    web_ports: list[int]
    spare_https: int  # of another proxy in front of the same processes
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py in it; what it printed."""
        return manage(self.environment, *arguments)


def settings_of(engines: dict[str, str], var: Path, **more: str) -> dict[str, str]:
    """The environment of an installation in production."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MITALK_", "DJANGO_"))}
    return {
        **kept,
        **engines,
        **SECRETS,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "MITALK_VAR_DIR": str(var),
        "MITALK_PUBLIC_IP": "127.0.0.1",
        "MITALK_UDP_BIND": "127.0.0.1",
        "MITALK_PROXY_COUNT": "1",
        "MITALK_ORIGINS": "https://localhost:9",
        **more,
    }


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of manage.py; what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def production(folder: Path, engines: dict[str, str]) -> Iterator[Production]:
    """All of it, once the doctor finds its processes."""
    authority, https, spare, var = Authority(folder), free_port(), free_port(), folder / "var"
    web_ports, udp_ports = [free_port(), free_port()], [free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)]
    certificate = authority.issue("certificate", days=80)
    with deployed_turn_server("a-shared-secret", peers=["127.0.0.1"]) as turn:
        environment = settings_of(
            engines,
            var,
            MITALK_ORIGINS=f"https://localhost:{https}",
            MITALK_TURN_URLS=turn.url,
            MITALK_TURN_SECRET=turn.secret,
            MITALK_BACKUP_DIR=str(folder / "backups"),
            SSL_CERT_FILE=str(authority.trusted),
            PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        )
        served = {**environment, "MITALK_ORIGINS": f"https://localhost:{https},https://localhost:{spare}"}
        for command in ("migrate", "collectstatic"):
            manage(environment, command, "--no-input")
        with (
            proxy(
                folder / "nginx", web=web_ports, certificate=certificate, static=var / "static", https=https
            ) as in_front,
            _honcho(folder, served, web_ports, udp_ports) as (process, log),
        ):
            yield Production(environment, in_front, turn, authority, web_ports, spare, log, process)


@contextmanager
def _honcho(
    folder: Path, environment: dict[str, str], web_ports: list[int], udp_ports: list[int]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The Procfile with other ports, and nothing else changed."""
    text = (ROOT / "deploy" / "Procfile").read_text()
    for was, now in zip(("8001", "8002", "7882", "7883"), [*web_ports, *udp_ports], strict=True):
        text, times = re.subn(rf"\b{was}\b(?=$| )", str(now), text, flags=re.MULTILINE)
        assert times == 1
    procfile, log = folder / "Procfile", folder / "log"
    procfile.write_text(text)
    command = ["honcho", "-d", str(ROOT), "-f", str(procfile), "start"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            end = time.monotonic() + _READY_WITHIN_SECONDS
            while not _lives(environment):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()[-4000:]
            yield process, log
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _lives(environment: dict[str, str]) -> bool:
    found = doctor(environment, "processes", "jobs")
    whole = "2 carry" in found["processes.web"]["what"] and "2 live" in found["processes.audio"]["what"]
    return whole and {"jobs.alive", "jobs.clock"} <= {id for id, one in found.items() if one["verdict"] == "ok"}
