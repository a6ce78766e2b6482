"""`manage.py doctor`, asked by a test."""

import json
import subprocess
import sys
import time

from tests.environment.installation import ROOT

_WELL_WITHIN_SECONDS = 30.0


def is_well(environment: dict[str, str], *things: str) -> set[str]:
    """Wait until it finds nothing to say of these, as of processes that have just started; what it looked at, by id."""
    end = time.monotonic() + _WELL_WITHIN_SECONDS
    while True:
        found = doctor(environment, *things)
        ill = {id: one["what"] for id, one in found.items() if one["verdict"] != "ok"}
        if found and not ill:
            return set(found)
        assert time.monotonic() < end, ill


def doctor(environment: dict[str, str], *things: str) -> dict[str, dict[str, str]]:
    """What it finds, by id; of several with one id, the worst."""
    command = [sys.executable, "manage.py", "doctor", "--json", "--only", ",".join(things)]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert done.stdout, done.stderr
    findings = json.loads(done.stdout)
    failed = any(one["verdict"] == "fail" for one in findings)
    assert done.returncode == int(failed), done.stderr
    order = ("ok", "warn", "fail")
    return {one["id"]: one for one in sorted(findings, key=lambda one: order.index(one["verdict"]))}


def verdicts(findings: dict[str, dict[str, str]]) -> dict[str, str]:
    """By id; each that is not well comes with what to do."""
    assert all(bool(one["remedy"]) == (one["verdict"] != "ok") for one in findings.values())
    return {id: one["verdict"] for id, one in findings.items()}
