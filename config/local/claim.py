"""One running MiTalk a folder: two would share a database, a bus and a demonstration, and take each other's places."""

import fcntl
import os
from pathlib import Path
from typing import TextIO


class FolderTaken(Exception):
    """Another MiTalk runs in the folder; the message says what to type."""


def claim_folder(folder: Path) -> TextIO:
    """Claim a folder for as long as the returned file stays open; the kernel lets go of it however this process ends.

    Raises:
        FolderTaken: another process holds it.
    """
    (folder / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "run" / "claim").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise FolderTaken(
            f"MiTalk runs here already (process {holder}). Stop it with Ctrl-C, or give this one a folder of its own: "
            "MITALK_VAR_DIR=var/second PORT=8001 MITALK_UDP_PORT=7883 make run"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
