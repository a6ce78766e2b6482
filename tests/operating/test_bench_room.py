"""`manage.py bench room` measures a small room, and leaves nothing behind; its people are made in no database of others."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.environment.installation import ROOT
from tests.factories import a_member

_FIGURES = {
    "hand_p50_ms",
    "hand_p95_ms",
    "hand_max_ms",
    "bytes_per_listener_per_s",
    "web_cpu_ms_per_s",
    "joins_per_s",
    "join_p95_ms",
    "void",
}


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files whose path is short: sockets are in it."""
    with tempfile.TemporaryDirectory(prefix="mitalk-") as folder:
        yield Path(folder)


def test_a_small_room_is_measured_without_a_trace(tmp_path: Path, temporary: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "manage.py", "bench", "room", "--listeners", "5", "--seconds", "2", "--churn", "1"]
    said = subprocess.run(
        [*command, "--json", str(file)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary), "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    measured = json.loads(file.read_text())
    assert measured.keys() >= _FIGURES
    assert measured["hands"] > 0
    assert measured["hand_p95_ms"] < 5_000
    assert measured["bytes_per_listener_per_s"] > 0
    assert measured["web_cpu_ms_per_s"] > 0
    assert (measured["not_in"], measured["unexpected_closes"], measured["gaps"]) == (0, 0, 0)
    assert not list(temporary.iterdir())
    assert _processes_with(str(temporary)) == []


def _processes_with(folder: str) -> list[str]:
    """The command lines of processes whose environment names a folder."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if folder.encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue
    return found


@pytest.mark.django_db
def test_people_for_a_bench_are_not_made_among_others() -> None:
    a_member()
    with pytest.raises(CommandError, match="1 other people have an account"):
        call_command("make_bench_people", "3")
