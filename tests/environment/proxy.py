"""A real nginx with the configuration of deploy/nginx, on ports and folders of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.environment.programs import find

TEMPLATE = ROOT / "deploy" / "nginx" / "mitalk.conf.template"
EXAMPLE = ROOT / "deploy" / "nginx" / "nginx.conf.example"
_READY_WITHIN_SECONDS = 15.0
_TEMPORARY = """
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""
_WHOLE = """
pid {folder}/pid;
error_log {folder}/error.log warn;
worker_processes 1;
daemon off;
master_process off;
worker_shutdown_timeout 2s;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    include {folder}/mitalk.conf;
"""


@dataclass(frozen=True)
class Proxy:
    """Where it is, and what it wrote."""

    url: str
    plain_url: str
    folder: Path

    def log(self) -> str:
        """Its access log."""
        return (self.folder / "access.log").read_text()


def filled_in(folder: Path, **values: str) -> str:
    """The template as envsubst fills it in; logs go into the folder, and it listens on loopback alone."""
    text = TEMPLATE.read_text()
    for name, value in values.items():
        text = text.replace(f"${{PROXY_{name.upper()}}}", value)
    text = text.replace("/var/log/nginx", str(folder)).replace("listen [::]:", "listen [::1]:")
    return text.replace(f"listen {values['http']}", f"listen 127.0.0.1:{values['http']}").replace(
        f"listen {values['https']}", f"listen 127.0.0.1:{values['https']}"
    )


def write(folder: Path, *, http: int, https: int, web: list[int], certificate: Path, static: Path, change=str) -> Path:
    """The configuration of a whole nginx. `change` may break what a test wants broken."""
    servers = " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in web)
    text = filled_in(
        folder,
        host="localhost",
        web=servers,
        certificate=str(certificate),
        static=str(static),
        http=str(http),
        https=str(https),
    )
    (folder / "mitalk.conf").write_text(change(text))
    whole = folder / "nginx.conf"
    whole.write_text((_WHOLE + _TEMPORARY + "}}\n").format(folder=folder))
    return whole


def write_example(folder: Path) -> Path:
    """The example of deploy/ around the `mitalk.conf` that `write` left in the folder; what nginx writes goes there."""
    text = EXAMPLE.read_text()
    for theirs, ours in {
        "/etc/nginx/conf.d": folder,
        "/var/log/nginx": folder,
        "/run/nginx.pid": folder / "pid",
    }.items():
        assert theirs in text, theirs
        text = text.replace(theirs, str(ours))
    whole = folder / "example.conf"
    whole.write_text(text.replace("http {", "http {" + _TEMPORARY.format(folder=folder)))
    return whole


def syntax_check(whole: Path) -> subprocess.CompletedProcess[str]:
    """`nginx -t`."""
    command = [find("nginx"), "-t", "-c", str(whole)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def proxy(
    folder: Path, *, web: list[int], certificate: Path, static: Path, https: int | None = None, change=str
) -> Iterator[Proxy]:
    """A running one."""
    folder.mkdir()
    http, https = free_port(), https or free_port()
    whole = write(folder, http=http, https=https, web=web, certificate=certificate, static=static, change=change)
    outcome = syntax_check(whole)
    assert outcome.returncode == 0, outcome.stderr
    process = subprocess.Popen([find("nginx"), "-c", str(whole)], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + _READY_WITHIN_SECONDS
        while not (folder / "pid").exists() or not (folder / "pid").read_text():
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield Proxy(f"https://localhost:{https}", f"http://localhost:{http}", folder)
    finally:
        process.terminate()
        process.wait(10)
