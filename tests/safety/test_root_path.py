"""Nobody but us says where we live: daphne believes a header of any browser's (`Daphne-Root-Path`), which would stand before
every link that we write, also in mails to others, and would change which address a request is for."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import pytest
import requests

from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.safety.test_body_limits import answers

_SERVE = """
from config.web_server import LimitedServer
from config.asgi import AtTheRoot
async def application(scope, receive, send):
    said = f"{scope['root_path']}|{scope['path']}|{[name for name, _ in scope['headers'] if b'daphne' in name]}"
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": said})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said.encode()})
LimitedServer(application=AtTheRoot(application), endpoints=["tcp:port=%d:interface=127.0.0.1"]).run()
"""
CLAIMS = ["//evil.example", "@evil.example", ".evil.example", "/accounts", "%2f%2fevil.example"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mitalk-root-") as folder:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "MITALK_VAR_DIR": folder}
        process = subprocess.Popen([sys.executable, "-c", _SERVE % port], cwd=ROOT, env=environment)
        try:
            answers(process, port)
            yield port
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("name", ["Daphne-Root-Path", "DAPHNE-ROOT-PATH"])
def test_a_browser_does_not_say_where_we_live(port: int, name: str, claim: str) -> None:
    answer = requests.get(f"http://127.0.0.1:{port}/accounts/login/", headers={name: claim}, timeout=10)
    assert answer.text == "|/accounts/login/|[]"


def test_nor_by_a_socket(port: int) -> None:
    from websockets.sync.client import connect

    claim = {"Daphne-Root-Path": "//evil.example"}
    with connect(f"ws://127.0.0.1:{port}/ws/check/", additional_headers=claim, proxy=None) as socket:
        assert socket.recv(10) == "|/ws/check/|[]"


def test_the_whole_application_stands_behind_it() -> None:
    source = (ROOT / "config" / "asgi.py").read_text()
    assert re.search(r"^application = AtTheRoot\(", source, re.MULTILINE)
