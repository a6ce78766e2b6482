"""What the product is made of is known, to the package: `make sbom` names everything that the lock pins."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.environment.installation import ROOT

_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def test_every_locked_package_is_listed_with_its_hashes(tmp_path: Path) -> None:
    made = tmp_path / "sbom.json"
    tool = Path(sys.executable).with_name("cyclonedx-py")
    command = [str(tool), "requirements", "requirements.lock", "--pyproject", "pyproject.toml", "-o", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    listed = {
        (part["name"], part["version"]): part["externalReferences"]
        for part in json.loads(made.read_text())["components"]
    }
    pinned = set(_PINNED.findall((ROOT / "requirements.lock").read_text()))
    assert len(pinned) > 60
    assert set(listed) == pinned
    assert all(any(reference.get("hashes") for reference in references) for references in listed.values())


def test_every_line_of_a_lock_is_pinned_by_hashes_and_from_the_index() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert all("==" in block and "--hash=sha256:" in block for block in blocks if not block.startswith("#")), name
        assert not re.search(r"https?://|git\+|file:", text), name
