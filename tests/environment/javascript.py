"""Brings what tests need from npm, by its hashes; checks the types of static/js and tests/javascript with TypeScript."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.environment.installation import ROOT

FOLDER = ROOT / "tests" / "javascript"


def main() -> int:
    """0 when every type fits."""
    install(FOLDER)
    return subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "--project", "."], cwd=FOLDER, check=False
    ).returncode


def install(folder: Path) -> None:
    """Bring what a folder's lock file names, once and again when it changes. No package's own scripts are run.

    Raises:
        SystemExit: npm could not; its reason is above.
    """
    stamp = folder / "node_modules" / ".installed"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    environment = {**os.environ, "NO_COLOR": "1"}
    command = ["npm", "ci", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
        sys.exit("npm could not install what the tests need; the reason is above. When it is mended, run this again.")
    stamp.write_text(digest)


if __name__ == "__main__":
    sys.exit(main())
