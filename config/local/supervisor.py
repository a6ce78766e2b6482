"""Children of one command: started, relayed, restarted when they die, ended together.

A child never outlives its supervisor, not even one that was killed: on Linux the kernel sees to it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_STOP_WITHIN_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.1
_SHORTEST_LIFE_SECONDS = 5.0  # a child that lives shorter died at once
_MOST_DEATHS_AT_ONCE = 5
_LONGEST_WAIT_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process by name, and how it has fared."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    ends_by: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths_at_once: int = 0
    restart_at: float | None = None
    relay: threading.Thread | None = field(default=None, repr=False)


class GaveUp(Exception):
    """A child died at once too often."""


class Supervisor:
    """See the module. `say` gets one line at a time, from several threads."""

    def __init__(self, say: Callable[[str], None], environment: Mapping[str, str]) -> None:
        self._say = say
        self._environment = dict(environment)
        self._children: list[Child] = []
        self._stopping = threading.Event()

    def start(
        self,
        name: str,
        *command: str,
        environment: Mapping[str, str] | None = None,
        ends_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a child: `python manage.py …` is written as its arguments. `environment` is its own in addition; `ends_by` is
        the signal that ends it soon, whatever others wait for."""
        child = Child(name, [sys.executable, *command], dict(environment or {}), ends_by)
        self._children.append(child)
        self._launch(child)

    def stop(self) -> None:
        """Ask `watch` to end everything; may be called from a signal handler."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    def watch(self) -> None:
        """Restart what dies until `stop` is called, then end every child.

        Raises:
            GaveUp: one of them cannot live; the others were ended.
        """
        try:
            while not self._stopping.wait(_LOOK_EVERY_SECONDS):
                self.look()
        finally:
            self.end()

    def look(self) -> None:
        """Look at every child once.

        Raises:
            GaveUp: one died at once too often.
        """
        now = time.monotonic()
        for child in self._children:
            if child.restart_at is not None:
                if now >= child.restart_at:
                    self._launch(child)
            elif child.process is not None and child.process.poll() is not None:
                self._bury(child, now)

    def end(self) -> None:
        """End every child: politely, then not."""
        running = []
        for child in self._children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(child.ends_by)
                running.append(child.process)
        deadline = time.monotonic() + _STOP_WITHIN_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self._children:
            if child.relay is not None:
                child.relay.join(timeout=1)

    def _launch(self, child: Child) -> None:
        child.restart_at = None
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.command,
            env=self._environment | child.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which ends the children in order
            preexec_fn=_die_with_parent(os.getpid()),
        )
        child.relay = threading.Thread(target=self._relay, args=(child.name, child.process), daemon=True)
        child.relay.start()

    def _relay(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._say(f"{name:>6} │ {line.decode(errors='replace').rstrip()}")

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        lived = now - child.started_at
        child.deaths_at_once = child.deaths_at_once + 1 if lived < _SHORTEST_LIFE_SECONDS else 1
        if child.deaths_at_once >= _MOST_DEATHS_AT_ONCE:
            raise GaveUp(f"{child.name} ended {child.deaths_at_once} times at once; what it said is above.")
        wait = min(_LONGEST_WAIT_SECONDS, 0.1 * 2 ** (child.deaths_at_once - 1))
        self._say(f"{child.name} ended ({_how(child.process.returncode)}) and is started again.")
        child.restart_at = now + wait


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def between_fork_and_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before we could ask to be told

    return between_fork_and_exec
