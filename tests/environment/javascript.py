"""Checks the types of static/js and tests/javascript with TypeScript, which it installs by its hashes when they are new."""

import hashlib
import os
import subprocess
import sys

from tests.environment.installation import ROOT

FOLDER = ROOT / "tests" / "javascript"
_LOCK = FOLDER / "package-lock.json"
_STAMP = FOLDER / "node_modules" / ".installed"


def main() -> int:
    """0 when every type fits."""
    install()
    return subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "--project", "."], cwd=FOLDER, check=False
    ).returncode


def install() -> None:
    """Bring what the lock file names, once and again when it changes. No package's own scripts are run.

    Raises:
        SystemExit: npm could not; its reason is above.
    """
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if _STAMP.exists() and _STAMP.read_text() == digest:
        return
    environment = {**os.environ, "NO_COLOR": "1"}
    command = ["npm", "ci", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run(command, cwd=FOLDER, env=environment, check=False).returncode != 0:
        sys.exit("npm could not install what checks the types; the reason is above. When it is mended, run this again.")
    _STAMP.write_text(digest)


if __name__ == "__main__":
    sys.exit(main())
