"""A Firefox of one's own: Debian's, driven by puppeteer over WebDriver BiDi (driver.mjs is the far end)."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 20.0

_FOLDER = Path(__file__).parent
_PROGRAM = "/usr/bin/firefox-esr"

# Firefox's own microphone for tests: a tone of 1000 Hz, given without asking. What may sound is left as people have it.
FAKE_MICROPHONE = {"media.navigator.streams.fake": True, "media.navigator.permission.disabled": True}


class Firefox:
    """One browser with one page."""

    def __init__(
        self, environment: dict[str, str], *, scripts: list[str], preferences: dict[str, Any], width: int = 1240
    ) -> None:
        settings = {
            "program": _PROGRAM,
            "patience": PATIENCE_SECONDS * 1000,
            "preferences": preferences,
            "scripts": scripts,
            "width": width,
        }
        self._process = subprocess.Popen(
            ["node", "driver.mjs", json.dumps(settings)],
            cwd=_FOLDER,
            env={**os.environ, **environment},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "Firefox did not start; the reason is above"

    def does(self, what: str, *options: Any) -> Any:
        """The answer of one of the driver's acts."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, *options]) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"{what} {options}: {answer['error']}")
        return answer["result"]

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
