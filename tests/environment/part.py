"""One process of an installation that a test starts, kills, freezes and starts again by itself."""

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

_READY_WITHIN_SECONDS = 90.0
_STOP_WITHIN_SECONDS = 20.0
_LOOK_SECONDS = 0.02


class Part:
    """A command with a log of its own. It leads a process group: what is killed is killed with its children."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        ready: Callable[[], bool] = lambda: True,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.environment = dict(os.environ if environment is None else environment)
        self._ready = ready
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> float:
        """Start, and wait until it is ready; the seconds that took. Settings given here are for this life only."""
        assert not self.runs, f"{self.name} runs already"
        began = time.monotonic()
        self._process = subprocess.Popen(
            self.command,
            env=self.environment | environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._keep_log, args=(self._process.stdout,), daemon=True).start()
        while not self._ready():
            assert self.runs, f"{self.name} ended at once:\n{self.said()}"
            assert time.monotonic() - began < _READY_WITHIN_SECONDS, f"{self.name} did not start:\n{self.said()}"
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9, it and its children."""
        self.signal(signal.SIGKILL)
        self._wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, and wait for that; who does not is killed."""
        if not self.runs:
            return
        assert self._process is not None
        self._process.send_signal(number)
        try:
            self._process.wait(_STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def end(self) -> None:
        """Be gone, if it runs; nothing is to be learned from how."""
        if self.runs:
            self.kill()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and its children."""
        assert self._process is not None
        os.killpg(self._process.pid, number)

    @property
    def runs(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    def said(self, most: int = 6000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-most:] if self.log.exists() else ""

    def fill_disk(self, full: bool = True) -> None:
        """Let no file of this process grow any more, as on a full disk; or again."""
        _soft, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))

    def _keep_log(self, output: IO[bytes]) -> None:
        # Ours to write: a process whose disk is full can still say so.
        with output, self.log.open("ab", buffering=0) as log:
            for line in output:
                log.write(line)

    def _wait(self) -> None:
        assert self._process is not None
        self._process.wait(_STOP_WITHIN_SECONDS)
