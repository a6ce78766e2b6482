"""The innermost loops of the engine in C, where there is a compiler: `loops()` is None where there is none, and what needs
them then does the same in Python (docs/decisions/0013).

The library is made once, beside its source, when it is first wanted or beforehand by `python -m rooms.audio.native`.
"""

import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from cffi import FFI

logger = logging.getLogger(__name__)

_SOURCE = Path(__file__).with_name("loops.c")
_DECLARATIONS = Path(__file__).with_name("loops.h")
_FOLDER = Path(__file__).with_name("built")
_FLAGS = ("-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror")
_COMPILES_WITHIN_SECONDS = 60
_SWITCH = "MITALK_NATIVE"  # "off" in the environment: Python alone, to compare

ffi = FFI()
ffi.cdef(_DECLARATIONS.read_text())


class NotBuilt(RuntimeError):
    """There is no compiler, it refused, or nothing can be written beside the source."""


@cache
def loops() -> Any:
    """The library (see `loops.h`), or None."""
    if os.environ.get(_SWITCH) == "off":
        return None
    try:
        return ffi.dlopen(str(build()))
    except (NotBuilt, OSError) as error:
        logger.warning("audio.native_missing", extra={"reason": str(error)})
        return None


def build() -> Path:
    """The library's file, made if this source has none yet.

    Raises:
        NotBuilt: it has none and none can be made.
    """
    made = _FOLDER / f"loops-{_version()}.so"
    if made.exists():
        return made
    compiler = shutil.which(os.environ.get("CC") or "cc")
    if compiler is None:
        raise NotBuilt("no C compiler: install gcc, or set CC")
    try:
        _FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
            fresh = Path(folder) / made.name
            _compile(compiler, fresh)
            os.replace(fresh, made)  # two processes may do this at once
    except OSError as error:
        raise NotBuilt(str(error)) from error
    return made


def _compile(compiler: str, target: Path) -> None:
    command = [compiler, *_FLAGS, "-o", str(target), str(_SOURCE), "-lm"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_COMPILES_WITHIN_SECONDS)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise NotBuilt(f"{error} {getattr(error, 'stderr', '') or ''}".strip()) from error


def _version() -> str:
    about = "\0".join(
        (_SOURCE.read_text(), _DECLARATIONS.read_text(), " ".join(_FLAGS), platform.machine(), platform.system())
    )
    return hashlib.sha256(about.encode()).hexdigest()[:16]
