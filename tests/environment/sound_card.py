"""A sound card that nobody hears. Firefox plays nothing at all on a machine without one; Chromium makes one up."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_READY_WITHIN_SECONDS = 15.0
_SINK = "module-null-sink sink_name=nobody rate=48000"
_SOCKET = "module-native-protocol-unix auth-anonymous=1 socket="
_ALONE = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--realtime=no"]


@contextmanager
def sound_card() -> Iterator[dict[str, str]]:
    """The environment (PULSE_SERVER) in which a program finds it."""
    with tempfile.TemporaryDirectory(prefix="mitalk-sound-") as name:
        folder = Path(name)
        environment = {**os.environ, "HOME": name, "XDG_RUNTIME_DIR": name}
        command = ["pulseaudio", *_ALONE, f"--load={_SINK}", f"--load={_SOCKET}{folder / 'native'}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                _wait_for(folder / "native", folder / "log")
                yield {"PULSE_SERVER": f"unix:{folder / 'native'}"}
            finally:
                process.terminate()
                process.wait(10)


def _wait_for(socket: Path, log: Path) -> None:
    end = time.monotonic() + _READY_WITHIN_SECONDS
    while not socket.exists():
        if time.monotonic() > end:
            raise RuntimeError(f"No sound card:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)
