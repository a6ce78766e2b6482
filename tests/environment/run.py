"""What `make test` does: stage after stage, each a process of its own, with one summary at the end.

STAGE=name runs one stage, or several with commas between them; ARGS goes to pytest.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.environment import migrated, namespaces, programs
from tests.environment.engines import engines
from tests.environment.installation import ROOT

# What differs between engines: everything that reads or writes rows, or speaks over the bus.
ON_ENGINES_TOO = ("main_job", "coming_back", "hands")  # of the browser tests
# Of the faults, those in which neither rows nor the bus are in play.
THE_SAME_ON_BOTH = ("crowds", "hostile_media", "networks", "promotion", "slow_reader", "speech")
# Those that start engines of their own, and kill them.
ON_OWN_ENGINES = ("clocks", "full_disk", "jobs_die", "restarts")
# A stage of its own: it needs machines with a network between them.
ON_MACHINES = ("partitions",)
# The longest walk of all is done once, on the engines of production.
ON_ENGINES_ALONE = ("tests/permissions/test_over_the_socket.py",)
ON_BOTH_ENGINES = (
    "tests/accounts",
    "tests/invites",
    "tests/moderation",
    "tests/own_data",
    "tests/permissions",
    "tests/rooms",
    "tests/safety/test_every_route.py",
    "tests/safety/test_nul.py",
    "tests/signalling",
)
_FAILED = re.compile(r"^(?:(?:FAILED|ERROR) .*|not ok .*)", re.MULTILINE)
_MOST_OF_A_REASON = 400
_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass
class Stage:
    """One process, or several in a row."""

    name: str
    commands: list[list[str]]
    environment: dict[str, str] = field(default_factory=dict)
    needs_engines: bool = False


@dataclass
class Outcome:
    """How a stage went."""

    name: str
    ok: bool
    seconds: float
    counts: dict[str, int]
    failed: list[str]


def stages() -> list[Stage]:
    """All of them, in order: the quick ones first."""
    python = sys.executable
    tool = [python, "-m"]
    pytest = [*tool, "pytest", "-q", *shlex.split(os.environ.get("ARGS", ""))]
    return [
        Stage(
            "lint",
            [
                [*tool, "ruff", "check", "--quiet", "."],
                [*tool, "ruff", "format", "--check", "--quiet", "."],
                [*tool, "mypy"],
                [str(ROOT / ".venv/bin/lint-imports"), "--no-logo"],
                [python, "manage.py", "makemigrations", "--check", "--dry-run"],
                [*tool, "tests.environment.javascript"],
            ],
        ),
        Stage("unit", [[*pytest, "-n", "2", *(f"--ignore={path}" for path in ON_ENGINES_ALONE)]]),
        Stage("engines", [[*pytest, "-n", "2", *ON_BOTH_ENGINES]], needs_engines=True),
        Stage("javascript", [["node", "--test", *sorted(map(str, (ROOT / "tests/javascript").glob("*.test.mjs")))]]),
        Stage("faults", [[*pytest, "tests/faults", *_without((*ON_OWN_ENGINES, *ON_MACHINES))]]),
        Stage(
            "faults on engines",
            [[*pytest, "tests/faults", *_without((*THE_SAME_ON_BOTH, *ON_MACHINES))]],
            needs_engines=True,
        ),
        Stage("partitions", [[*pytest, *(f"tests/faults/test_{name}.py" for name in ON_MACHINES)]]),
        Stage("operating", [[*pytest, "-p", "no:asyncio", "tests/operating"]]),
        Stage("browser", [[*pytest, "-p", "no:asyncio", "tests/browser"]], {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}),
        Stage("firefox", [[*pytest, "-p", "no:asyncio", "tests/firefox"]], {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}),
        Stage(
            "browser on engines",
            [[*pytest, "-p", "no:asyncio", *(f"tests/browser/test_{name}.py" for name in ON_ENGINES_TOO)]],
            {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
            needs_engines=True,
        ),
    ]


def _possible(stage: Stage) -> bool:
    return stage.name != "partitions" or namespaces.may_be_made()


def _without(names: tuple[str, ...]) -> list[str]:
    return [f"--ignore=tests/faults/test_{name}.py" for name in names]


def main() -> int:
    """Run what was asked for; 0 when all of it went well."""
    wanted = [name.strip() for name in os.environ.get("STAGE", "").split(",") if name.strip()]
    there = {stage.name: stage for stage in stages()}
    for name in wanted:
        if name not in there:
            sys.exit(f"There is no stage {name!r}. Choose one of: {', '.join(there)}.")
    programs.demand(lint_only=wanted == ["lint"])
    chosen = [there[name] for name in wanted] or [stage for stage in there.values() if _possible(stage)]
    left_out = [stage.name for stage in there.values() if not wanted and stage not in chosen]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ[migrated.FOLDER] = str(migrated.folder())
    if any(stage.needs_engines for stage in chosen):
        with engines() as environment:
            outcomes = [run(stage, environment if stage.needs_engines else {}) for stage in chosen]
    else:
        outcomes = [run(stage, {}) for stage in chosen]
    return summary(outcomes, left_out)


def run(stage: Stage, engine_environment: dict[str, str]) -> Outcome:
    """Run one stage to its end, whatever the others did."""
    _say(f"\n── {stage.name} {'─' * (70 - len(stage.name))}")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "160",
        **stage.environment,
        **engine_environment,
    }
    began = time.monotonic()
    ok, counts, failed = True, {}, []
    for command in stage.commands:
        code, output = _relay(command, environment)
        for number, word in _COUNT.findall(output.splitlines()[-1] if output.splitlines() else ""):
            counts[word] = counts.get(word, 0) + int(number)
        ok = ok and code == 0
        failed += _FAILED.findall(output)
    if os.environ.get("CI") and counts.get("skipped"):
        _say("A skip is a failure here.")
        ok = False
    return Outcome(stage.name, ok, time.monotonic() - began, counts, failed)


def _relay(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    lines = []
    try:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
        return process.wait(), "".join(lines)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def summary(outcomes: list[Outcome], left_out: list[str]) -> int:
    """Print how it went, and what this machine cannot do; 0 when all went well."""
    _say(f"\n{'─' * 73}")
    for outcome in outcomes:
        counts = ", ".join(f"{number} {word}" for word, number in outcome.counts.items())
        _say(f"{'ok  ' if outcome.ok else 'FAIL'} {outcome.name:<20} {outcome.seconds:6.1f} s  {counts}")
        for test in outcome.failed:  # at the very end, where the tail of a long log still shows it
            _say(f"     {test[:_MOST_OF_A_REASON]}")
    for name in left_out:
        _say(f"Left out: {name}. This process may not make network namespaces: be root, outside most containers.")
    _say(f"Screenshots of every page: {(ROOT / 'var' / 'screenshots').relative_to(ROOT)}/")
    passed = sum(outcome.counts.get("passed", 0) for outcome in outcomes)
    failed = sum(number for outcome in outcomes for word, number in outcome.counts.items() if word != "passed")
    failed += sum(not outcome.ok and not set(outcome.counts) - {"passed"} for outcome in outcomes)
    _say(f"{passed} passed, {failed} failed")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
