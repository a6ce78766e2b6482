"""The way from a fresh checkout to a Python with everything: what goes wrong is one sentence with the line to type."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The bootstrap script, a lock, and nothing else."""
    (tmp_path / "config" / "local").mkdir(parents=True)
    shutil.copy(ROOT / "config" / "local" / "bootstrap.sh", tmp_path / "config" / "local")
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "requirements-test.lock").write_text("# more\n")
    (tmp_path / "bin").mkdir()
    for tool in ("cksum", "cat", "rm", "basename", "sh", "env"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def a_python(checkout: Path, name: str, script: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def bootstrap(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "config/local/bootstrap.sh", "requirements.lock"],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_named_with_the_line_to_type(checkout: Path) -> None:
    a_python(checkout, "python3", 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "MiTalk needs Python 3.11 or newer and found Python 3.9.2. Type: sudo apt-get install python3.11 python3.11-venv"
    )


def test_no_python_at_all_is_said_too(checkout: Path) -> None:
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert "found no Python" in done.stderr


def test_a_missing_venv_module_is_named_with_the_line_to_type(checkout: Path) -> None:
    a_python(checkout, "python3.11", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Type: sudo apt-get install python3.11-venv")


def test_what_is_installed_is_not_installed_again(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$2" in pip) echo pip >>calls;; esac\nexit 0\n')
    python.chmod(0o755)
    for _ in range(3):
        assert bootstrap(checkout).returncode == 0
    assert (checkout / "calls").read_text() == "pip\n"
    (checkout / "requirements.lock").write_text("# changed\n")
    assert bootstrap(checkout).returncode == 0
    assert (checkout / "calls").read_text() == "pip\npip\n"


def test_failed_packages_are_tried_again_next_time(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$2" in pip) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    done = bootstrap(checkout)
    assert done.returncode == 1
    assert "type the same line again" in done.stderr
    assert not (checkout / ".venv" / ".installed").exists()


def test_the_makefile_lists_its_commands() -> None:
    done = subprocess.run(["make", "-s"], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True)
    for command in ("run", "test", "lint", "format", "bench", "help"):
        assert f"make {command} " in done.stdout
